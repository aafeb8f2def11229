"""Writes the views of a report to the files that the options of `run` name."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VIEWS = {
    "json": "the whole run as JSON, from which all other views are made",
    "html": "one HTML file without any outside asset, for a browser",
    "junit": "JUnit XML, for a CI service",
    "markdown": "a summary in Markdown, for the page of a CI job",
    "badge": "a badge: an SVG image, or for a name that ends in .json the data of a shields.io endpoint",
}
"""Each view and what it is; a module of its name in `report` makes it."""


def check_files(files: Mapping[str, Path]) -> None:
    """Makes sure that the files of views can be written, and makes their folders.

    Raises:
        UsageError: If a file can't be written, or is named twice.
    """
    for view, path in files.items():
        if list(files.values()).count(path) > 1:
            raise UsageError(f"--report-{view}: {path} is named twice", "Give each report a file of its own")
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

    Raises:
        UsageError: If a file can't be written.
    """
    for path, text in files.items():
        # A lone surrogate, which a hostile reply can carry, is written as its escape.
        content = text.encode("utf-8", "backslashreplace")
        try:
            if path.is_symlink() or (path.exists() and not path.is_file()):  # /dev/stdout must stay what it is
                path.write_bytes(content)
            else:
                _replace(path, content)
        except OSError as error:
            raise _unwritable(path, error) from None


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"{path}: can't be written ({error.strerror})", "Name another file")
