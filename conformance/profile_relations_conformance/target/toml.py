"""TOML files: read with an error that says what to do, and comments for those that are written."""

from __future__ import annotations

import textwrap
import tomllib
from typing import TYPE_CHECKING, Any

import tomlkit

from profile_relations_conformance.target.shown_text import shown_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tomlkit import TOMLDocument
    from tomlkit.items import Comment

    from profile_relations_conformance.errors import UsageError

WIDTH = 118
"""Characters of a line of comment, without its sign."""


def read_toml(path: Path, error: type[UsageError], hint: str) -> dict[str, Any]:
    """Reads a file; a byte-order mark at its start is passed over.

    Args:
        path: The file.
        error: What to raise where it can't be read.
        hint: What to do where it is not there.

    Raises:
        UsageError: As `error` says, naming the file and what to do.
    """
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as reason:
        raise error(f"{path}: can't be read ({reason.strerror})", hint) from None
    except UnicodeDecodeError:
        raise error(f"{path}: is not UTF-8 text", "Save it as UTF-8") from None
    except RecursionError:
        raise error(f"{path}: is nested too deeply", "Correct that line") from None
    except tomllib.TOMLDecodeError as reason:
        raise error(f"{path}: is not TOML ({reason})", "Correct that line") from None
    except ValueError:  # Python reads no longer number
        raise error(f"{path}: has a number of thousands of digits", "Write a smaller one") from None


def read_document(path: Path) -> TOMLDocument:
    """Reads a file that `read_toml` can read, with its comments and its order, so that more can be added at its end."""
    # Without the line break, what is added would go on in the last line.
    return tomlkit.parse(path.read_text("utf-8-sig").rstrip("\n") + "\n\n")


def comments(text: str) -> Iterator[Comment]:
    """Yields a text as comments, a line each; characters that TOML forbids there become escapes."""
    return map(tomlkit.comment, textwrap.wrap(shown_line(text), WIDTH, break_on_hyphens=False))
