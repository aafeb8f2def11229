"""One run from the command line: target, preflight, checks, reports and exit code."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from profile_relations_conformance.commands.progress import Progress
from profile_relations_conformance.contract.document import load_contract
from profile_relations_conformance.contract.ledger import load_ledger
from profile_relations_conformance.contract.selection import select
from profile_relations_conformance.errors import CannotJudgeError
from profile_relations_conformance.judging.known_failing import excuse, read_known_failing, today
from profile_relations_conformance.report import files as reporting
from profile_relations_conformance.report.publisher import Publisher
from profile_relations_conformance.run.preflight import check_target
from profile_relations_conformance.run.runner import Runner
from profile_relations_conformance.run.setup import choose_target, make_ask

if TYPE_CHECKING:
    import argparse


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
