"""Writes what a run found: the report on the terminal, and the files that its settings name."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from profile_relations_conformance.errors import LeakedTokenError, UsageError
from profile_relations_conformance.report.document import document
from profile_relations_conformance.report.files import STDOUT, render_views, write
from profile_relations_conformance.report.screen import terminal_width, wants_color
from profile_relations_conformance.report.terminal import render

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from profile_relations_conformance.report.record import RunRecord


def publish(record: RunRecord, files: Mapping[str, Path], *, printed: bool = True) -> None:
    """Writes all files and prints the report; where the token stands in any of them, writes and prints none.

    A file that can't be written keeps neither the others nor the printed report back.

    Args:
        record: The run and its verdict.
        files: The file of each view.
        printed: Whether the report goes to standard output too.

    Raises:
        LeakedTokenError: If the token stands in any of them.
        UsageError: If a file can't be written.
    """
    written = document(record)
    printed_on = sys.stderr if STDOUT in files.values() else sys.stdout
    text = (
        render(written, color=wants_color(printed_on), width=terminal_width(), written=_names(files)) if printed else ""
    )
    contents = render_views(written, files)
    if record.redactor.leaks(text, *contents.values()):
        raise LeakedTokenError("the token is in what the run would have written", "Nothing was written")
    trouble = _write_all(contents)
    printed_on.write(text)
    if trouble is not None:
        raise trouble


def _names(files: Mapping[str, Path]) -> list[str]:
    return [str(path) for path in files.values() if path != STDOUT]


def _write_all(contents: Mapping[Path, str]) -> UsageError | None:
    """Writes each file that can be written, also where its folder was removed meanwhile; gives the first trouble."""
    trouble = None
    for path, text in contents.items():
        try:
            if path == STDOUT:
                sys.stdout.write(text)
                continue
            with suppress(OSError):  # writing the file then says what is wrong
                path.parent.mkdir(parents=True, exist_ok=True)
            write({path: text})
        except UsageError as error:
            trouble = trouble or error
    return trouble
