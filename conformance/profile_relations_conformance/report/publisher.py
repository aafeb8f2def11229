"""Writes what a run found: the report on the terminal, and the files that its options name."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from profile_relations_conformance.errors import LeakedTokenError
from profile_relations_conformance.judging.known_failing import stale, today
from profile_relations_conformance.judging.results import Result
from profile_relations_conformance.judging.verdict import ExitCode, Run
from profile_relations_conformance.report import files as reporting
from profile_relations_conformance.report.document import document
from profile_relations_conformance.report.terminal import render
from profile_relations_conformance.target.redaction import shows

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from profile_relations_conformance.checks.context import CheckContext
    from profile_relations_conformance.contract.ledger import Ledger, Requirement
    from profile_relations_conformance.judging.results import KnownFailure
    from profile_relations_conformance.report.document import Document

NARROW, WIDE = 60, 120


class Publisher:
    """Writes the reports of one run; where the token stands in any of them, none of them.

    Args:
        ask: What the run asks with.
        ledger: The ledger.
        requirements: The requirements that are judged, by id.
        listed: The list of known failures.
        options: The options of the run.
        files: The file of each view.
    """

    def __init__(  # noqa: PLR0913 - the parts of a run, put together in one place
        self,
        *,
        ask: CheckContext,
        ledger: Ledger,
        requirements: Mapping[str, Requirement],
        listed: Sequence[KnownFailure],
        options: argparse.Namespace,
        files: Mapping[str, Path],
    ) -> None:
        self._ask = ask
        self._ledger = ledger
        self._requirements = requirements
        self._listed = listed
        self._options = options
        self._files = files
        self._started = datetime.now(UTC)

    def publish(self, run: Run) -> ExitCode:
        """Writes all files, prints the report, and gives the exit code.

        Raises:
            LeakedTokenError: If the token stands in any of them.
            UsageError: If a file can't be written.
        """
        written = self._document(run, self._listed)
        text = self._text(written, color=sys.stdout.isatty() and not os.environ.get("NO_COLOR"))
        self._write(written, text)
        sys.stdout.write(text)
        return ExitCode(written["verdict"]["exit_code"])

    def publish_unjudged(self, why: str) -> None:
        """Writes all files for a run that asked nothing, and marks them so; the terminal is left to the error.

        Raises:
            LeakedTokenError: If the token stands in any of them.
            UsageError: If a file can't be written.
        """
        self._write(self._document(self._unasked(why)), "")

    def _unasked(self, why: str) -> Run:
        results = {name: Result(item, incomplete=True, reason=why) for name, item in self._requirements.items()}
        return Run(results, interrupted=why)

    def _document(self, run: Run, listed: Sequence[KnownFailure] = ()) -> Document:
        lines = tuple(stale(run.results, listed, self._ledger.requirements, today()))
        verdict = run.verdict(self._ledger, strict=self._options.strict, stale=lines)
        return document(
            run=run,
            ask=self._ask,
            verdict=verdict,
            ledger=self._ledger,
            options=vars(self._options),
            started=self._started,
        )

    def _text(self, written: Document, *, color: bool = False) -> str:
        return render(written, color=color, width=min(WIDE, max(NARROW, shutil.get_terminal_size().columns)))

    def _write(self, written: Document, text: str) -> None:
        contents = reporting.render(written, self._files)
        if shows(self._ask.token, text, *contents.values()):
            raise self._leak()
        reporting.write(contents)

    def _leak(self) -> LeakedTokenError:
        """Tells a token that was let out from one that any report has, also where nothing was asked."""
        unasked = self._document(self._unasked("nothing was asked"))
        if shows(self._ask.token, self._text(unasked), *reporting.render(unasked, self._files).values()):
            return LeakedTokenError(
                "the token also is ordinary text of a report, so that it can't be kept out, and nothing was written",
                "Have the server take a long random token, and judge it with that",
            )
        return LeakedTokenError("the token stands in what the run would have written", "Nothing was written")
