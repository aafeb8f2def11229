"""One run from the command line: target, preflight, checks, reports and exit code."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from profile_relations_conformance import reporting
from profile_relations_conformance.asking import EFFORTS, Ask
from profile_relations_conformance.contract import load_contract, load_ledger
from profile_relations_conformance.errors import CannotJudgeError, UsageError
from profile_relations_conformance.exchange import Exchanger
from profile_relations_conformance.known_failing import excuse, read_known_failing, today
from profile_relations_conformance.pace import Pace
from profile_relations_conformance.preflight import check_target
from profile_relations_conformance.publishing import Publisher
from profile_relations_conformance.redaction import Redactor
from profile_relations_conformance.reference import reference_target
from profile_relations_conformance.report.progress import Progress
from profile_relations_conformance.runner import Runner
from profile_relations_conformance.selecting import select
from profile_relations_conformance.target import Target

if TYPE_CHECKING:
    import argparse

    from profile_relations_conformance.contract import Contract


def run_session(options: argparse.Namespace) -> int:
    """Judges a server as the options say, prints the report and writes the files.

    Returns:
        The exit code.

    Raises:
        SuiteError: If nothing can be judged.
    """
    files = reporting.chosen(options)
    listed = () if options.known_failing is None else read_known_failing(options.known_failing)
    ledger = load_ledger()
    requirements = select(ledger, options.select, options.skip)
    contract = load_contract(options.contract)
    with ExitStack() as stack:
        ask = make_ask(contract, choose_target(options, stack), options, stack)
        publisher = Publisher(
            ask=ask, ledger=ledger, requirements=requirements, listed=listed, options=options, files=files
        )
        try:
            check_target(ask)
        except (CannotJudgeError, KeyboardInterrupt) as stopped:
            publisher.publish_unjudged(str(stopped) or "the run was broken off")
            raise
        progress = stack.enter_context(Progress(ask.pace))
        runner = Runner(ask, requirements, progress=progress)
        excuse(runner.run.results, listed, today())
        run = runner()
        progress.erase()
        return int(publisher.publish(run))


def choose_target(options: argparse.Namespace, stack: ExitStack) -> Target:
    """Gives the target that the options name, or starts the reference server and gives that.

    Raises:
        SuiteError: If the target file can't be used, or the reference server does not start.
    """
    if options.target is not None:
        return Target.load(options.target, base_url=options.base_url, token_env=options.token_env)
    if options.base_url is not None:
        raise UsageError("--base-url needs --target", "Without what is known of its profiles, a server can't be judged")
    contract = [] if options.contract is None else ["--contract", str(options.contract)]
    return stack.enter_context(reference_target(contract))


def make_ask(contract: Contract, target: Target, options: argparse.Namespace, stack: ExitStack) -> Ask:
    """Puts together what the checks ask with."""
    pace = Pace(rate=options.rate, max_requests=options.max_requests, time_budget=options.time_budget)
    exchanger = Exchanger(target.base_url + contract.path, target.token, timeout=options.timeout, pace=pace)
    stack.callback(exchanger.close)
    return Ask(
        contract=contract,
        target=target,
        exchanger=exchanger,
        redactor=Redactor.of(contract, target, show_data=options.show_data),
        effort=EFFORTS[options.profile],
        seed=options.seed,
    )
