"""One run from the command line: target, preflight, checks, reports and exit code."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from profile_relations_conformance import reporting
from profile_relations_conformance.asking import EFFORTS, Ask
from profile_relations_conformance.contract import load_contract, load_ledger
from profile_relations_conformance.errors import UsageError
from profile_relations_conformance.exchange import Exchanger
from profile_relations_conformance.known_failing import excuse, read_known_failing, stale, today
from profile_relations_conformance.pace import Pace
from profile_relations_conformance.preflight import check_target
from profile_relations_conformance.redaction import Redactor
from profile_relations_conformance.reference import reference_target
from profile_relations_conformance.report.document import document
from profile_relations_conformance.report.progress import Progress
from profile_relations_conformance.report.terminal import render
from profile_relations_conformance.runner import Runner
from profile_relations_conformance.selecting import select
from profile_relations_conformance.target import Target

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from pathlib import Path

    from profile_relations_conformance.contract import Contract
    from profile_relations_conformance.report.document import Document

NARROW, WIDE = 60, 120


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
        target = choose_target(options, stack)
        ask = make_ask(contract, target, options, stack)
        check_target(ask)
        progress = stack.enter_context(Progress(ask.pace))
        runner = Runner(ask, requirements, progress=progress)
        excuse(runner.run.results, listed, today())
        started = datetime.now(UTC)
        run = runner()
        progress.erase()
        verdict = run.verdict(
            ledger, strict=options.strict, stale=tuple(stale(run.results, listed, ledger.requirements, today()))
        )
        written = document(run=run, ask=ask, verdict=verdict, ledger=ledger, options=vars(options), started=started)
        _publish(written, ask.token, files)
    return int(verdict.exit_code)


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


def _publish(written: Document, token: str, files: Mapping[str, Path]) -> None:
    """Writes all files and prints the report; where the token stands in any of them, none of them."""
    color = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    width = min(WIDE, max(NARROW, shutil.get_terminal_size().columns))
    text = render(written, color=color, width=width)
    contents = reporting.render(written, files)
    reporting.refuse_leak((text, *contents.values()), token)
    reporting.write(contents)
    sys.stdout.write(text)
