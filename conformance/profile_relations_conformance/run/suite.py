"""One whole run of the suite: preflight, checks, verdict and reports."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from profile_relations_conformance.contract.ledger import load_ledger
from profile_relations_conformance.contract.selection import select
from profile_relations_conformance.errors import SuiteError
from profile_relations_conformance.judging.known_failing import excuse, read_known_failing, today
from profile_relations_conformance.judging.results import Result
from profile_relations_conformance.judging.verdict import ExitCode, Run, draw
from profile_relations_conformance.report.publisher import publish
from profile_relations_conformance.run.preflight import check_target
from profile_relations_conformance.run.runner import BROKEN_OFF, Runner
from profile_relations_conformance.run.setup import run_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from profile_relations_conformance.run.settings import RunSettings
    from profile_relations_conformance.transport.pace import Pace

    Progress = Callable[[Pace], AbstractContextManager[Callable[[Run], None]]]


def no_progress(_: Pace) -> AbstractContextManager[Callable[[Run], None]]:
    """Shows nothing while a run is under way."""
    return nullcontext(lambda _: None)


def run_suite(settings: RunSettings, files: Mapping[str, Path], progress: Progress = no_progress) -> ExitCode:
    """Judges a server, prints the report and writes the files.

    A server that can't be judged gets its files too, which say why; the terminal is left to the error.

    Args:
        settings: What is judged, and how.
        files: The file of each view of the report.
        progress: Makes what shows how far the run is, from what its requests are counted by.

    Raises:
        SuiteError: If nothing can be judged, or a report can't be written.
    """
    listed = () if settings.known_failing is None else read_known_failing(settings.known_failing)
    ledger = load_ledger()
    requirements = select(ledger, settings.select, settings.skip)
    with run_parts(settings) as parts:
        started = datetime.now(UTC)
        try:
            check_target(parts)
        except (Exception, KeyboardInterrupt) as stopped:
            nothing = Run({name: Result(item) for name, item in requirements.items()}, requests=parts.client.pace.sent)
            record = parts.record(nothing, ledger, draw(nothing, ledger, strict=False), started)
            publish(record.unasked(_why(stopped)), files, printed=False)
            raise
        with progress(parts.client.pace) as shown:
            runner = Runner(parts, requirements, progress=shown)
            excuse(runner.run.results, listed, today())
            run = runner()
        verdict = draw(run, ledger, strict=settings.strict, listed=listed)
        publish(parts.record(run, ledger, verdict, started), files)
    return verdict.exit_code


def _why(stopped: BaseException) -> str:
    """Says in a report why nothing was asked."""
    if isinstance(stopped, SuiteError):
        return str(stopped)
    if isinstance(stopped, KeyboardInterrupt):
        return BROKEN_OFF
    return f"an error of the suite itself ({type(stopped).__name__}: {stopped})"
