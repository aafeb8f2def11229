"""Writes the views of a report to the files that the options of `run` name."""

from __future__ import annotations

import os
import secrets
import stat
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

STDOUT = Path("-")
"""Stands for standard output in the place of a file."""
VIEWS = {
    "json": "the whole run as JSON; the other reports are made from it",
    "html": "one HTML file for a browser; it needs no other file",
    "junit": "JUnit XML, for a CI service",
    "markdown": "a summary in Markdown, for the page of a CI job",
    "badge": "a badge as SVG; with a name that ends in .json, as data for shields.io",
}
"""Each view and what it is; a module of its name in `report` makes it."""
NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
"""Opens a file that is not there yet, and never one that somebody put there, a link among them."""


def check_files(files: Mapping[str, Path]) -> None:
    """Makes sure that the files of views can be written, and makes their folders.

    Raises:
        UsageError: If a file can't be written, or is named twice.
    """
    for view, path in files.items():
        if list(files.values()).count(path) > 1:
            raise UsageError(f"--report-{view}: {path} is named twice", "Give each report a file of its own")
        if path == STDOUT:
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(path, error) from None
        if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
            raise UsageError(f"{path}: can't be written", "Name another file")


def render_views(document: dict[str, Any], files: Mapping[str, Path]) -> dict[Path, str]:
    """Makes each chosen view of the document."""
    return {path: _render(view, document, path) for view, path in files.items()}


def _render(view: str, document: dict[str, Any], path: Path) -> str:
    if view == "json":
        from profile_relations_conformance.report.schema import dump  # noqa: PLC0415 - `--help` need not load it

        return dump(document)
    module = import_module(f"{__package__}.{view}")
    text: str = module.endpoint(document) if view == "badge" and path.suffix == ".json" else module.render(document)
    return text


def write(files: Mapping[Path, str]) -> None:
    """Writes each file beside its place and then renames it, so that nobody reads half a file.

    A file that is there keeps its mode, and a link stays one. What is written beside follows no link.

    Raises:
        UsageError: If a file can't be written.
    """
    for path, text in files.items():
        # A lone surrogate, which a hostile reply can carry, is written as its escape.
        content = text.encode("utf-8", "backslashreplace")
        try:
            if _is_device(path):
                path.write_bytes(content)
            else:
                _replace(path.resolve(), content)
        except OSError as error:
            raise _unwritable(path, error) from None


def _is_device(path: Path) -> bool:
    """Says whether a path must stay what it is, such as /dev/stdout, which is a link that is meant to be followed."""
    return path.absolute().parts[1:2] in {("dev",), ("proc",)} or (path.exists() and not path.is_file())


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else None
    try:
        with os.fdopen(os.open(beside, NEW_FILE, 0o666), "wb") as file:
            if mode is not None:
                beside.chmod(mode)
            file.write(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"{path}: can't be written ({error.strerror})", "Name another file")
