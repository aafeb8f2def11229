"""The report as a file: its schema, its text, and how it is read back."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from profile_relations_conformance.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA_FILE = "report.schema.json"
SCHEMA_VERSION = 1
_UNSEEN = re.compile(r"[^\n -~\w]|#(?=#\w*\[)")
"""What may be unseen, and what begins a command to a CI service that the file is shown to."""


@cache
def schema() -> dict[str, Any]:
    """Gives the published schema of a report."""
    return dict(json.loads(files(__package__).joinpath(SCHEMA_FILE).read_text("utf-8")))


def dump(document: dict[str, Any]) -> str:
    """Writes a report as the text of a file."""
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return _UNSEEN.sub(lambda found: _seen(found.group(0)), text)


def _seen(character: str) -> str:
    """Writes a character that can't be seen, or that steers what shows it, as JSON escapes it."""
    if character == "#":
        return r"\u0023"
    return character if character.isprintable() else json.dumps(character)[1:-1]


def load(path: Path) -> dict[str, Any]:
    """Reads a report and holds it against its schema.

    Raises:
        UsageError: If the file can't be read, or is no report of this version.
    """
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(
            f"{path}: can't be read ({error.strerror})", "Write one with `relations-conformance run --report-json F`"
        ) from None
    except (ValueError, RecursionError):
        raise UsageError(f"{path}: is not JSON", "Name a report that --report-json wrote") from None
    found = next(Draft202012Validator(schema()).iter_errors(document), None)
    if found is not None:
        raise UsageError(
            f"{path}: is not a report of version {SCHEMA_VERSION} ({found.json_path} does not fit the schema)",
            "Write it again with this version of the suite",
        )
    return dict(document)
