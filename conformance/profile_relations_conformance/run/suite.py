"""One whole run of the suite: preflight, checks, verdict and reports."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

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
    from pathlib import Path

    from profile_relations_conformance.run.settings import RunSettings
    from profile_relations_conformance.transport.pace import Pace


class Shown(Protocol):
    """What shows to a user what a run is doing."""

    def begin(self, doing: str, pace: Pace | None = None) -> None:
        """Takes what is done from now on, in words, and what the run's requests are counted by."""

    def __call__(self, run: Run) -> None:
        """Takes how far the run is."""

    def erase(self) -> None:
        """Takes away what was shown, since the report follows."""


ORDINARY = "holds ordinary text, so that reports hide it only where it stands as the token; a long random one is safe"


def run_suite(
    settings: RunSettings, files: Mapping[str, Path], shown: Shown, warn: Callable[[str], None] = lambda _: None
) -> ExitCode:
    """Judges a server, prints the report and writes the files.

    A server that can't be judged gets its files too, which say why; the terminal is left to the error.

    Args:
        settings: What is judged, and how.
        files: The file of each view of the report.
        shown: Shows what is done meanwhile.
        warn: Is told before the run what the user should know.

    Raises:
        SuiteError: If nothing can be judged, or a report can't be written.
    """
    listed = () if settings.known_failing is None else read_known_failing(settings.known_failing)
    ledger = load_ledger()
    requirements = select(ledger, settings.select, settings.skip)
    shown.begin("reading the target file" if settings.target else "starting the reference server")
    with run_parts(settings) as parts:
        started = datetime.now(UTC)
        if parts.redactor.is_ordinary:
            shown.erase()
            warn(f"{parts.target.token_env} {ORDINARY}")
        try:
            shown.begin("asking whether the server can be judged", parts.client.pace)
            check_target(parts)
        except (Exception, KeyboardInterrupt) as stopped:
            nothing = Run({name: Result(item) for name, item in requirements.items()}, requests=parts.client.pace.sent)
            shown.erase()
            record = parts.record(nothing, ledger, draw(nothing, ledger, strict=False), started)
            publish(record.unasked(_why(stopped)), files, printed=False)
            raise
        runner = Runner(parts, requirements, progress=shown)
        excuse(runner.run.results, listed, today())
        run = runner()
        shown.erase()
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
