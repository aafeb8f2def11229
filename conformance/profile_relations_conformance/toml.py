"""Reads files of TOML, and writes lines of it between comments, which no library that writes files keeps in place."""

from __future__ import annotations

import textwrap
import tomllib
from typing import TYPE_CHECKING, Any

import tomli_w

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from profile_relations_conformance.errors import UsageError

WIDTH = 118


def read(path: Path, error: type[UsageError], hint: str) -> dict[str, Any]:
    """Reads a file.

    Args:
        path: The file.
        error: What to raise where it can't be read.
        hint: What to do where it is not there.

    Raises:
        UsageError: As `error` says, naming the file and what to do.
    """
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as reason:
        raise error(f"{path}: can't be read ({reason.strerror})", hint) from None
    except UnicodeDecodeError:
        raise error(f"{path}: is not UTF-8 text", "Save it as UTF-8") from None
    except tomllib.TOMLDecodeError as reason:
        raise error(f"{path}: is not TOML ({reason})", "Mend that line") from None


def line(key: str, value: Any) -> str:  # noqa: ANN401 - any value of TOML
    """Writes a key and its value in one line."""
    if isinstance(value, list):
        return f"{key} = [{', '.join(line('', item).partition('= ')[2] for item in value)}]"
    return tomli_w.dumps({key: value}).strip()


def comment(text: str) -> Iterator[str]:
    """Writes a comment, in as many lines as it takes; control characters, which TOML forbids there, become spaces."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    return (f"# {piece}" for piece in textwrap.wrap(printable, WIDTH, break_on_hyphens=False))
