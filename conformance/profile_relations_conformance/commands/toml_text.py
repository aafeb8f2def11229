"""Reads files of TOML, and writes lines of it between comments, which no library that writes files keeps in place."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import tomli_w

if TYPE_CHECKING:
    from collections.abc import Iterator


WIDTH = 118


def line(key: str, value: Any) -> str:  # noqa: ANN401 - any value of TOML
    """Writes a key and its value in one line."""
    if isinstance(value, list):
        return f"{key} = [{', '.join(line('', item).partition('= ')[2] for item in value)}]"
    return tomli_w.dumps({key: value}).strip()


def comment(text: str) -> Iterator[str]:
    """Writes a comment, in as many lines as it takes; control characters, which TOML forbids there, become spaces."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    return (f"# {piece}" for piece in textwrap.wrap(printable, WIDTH, break_on_hyphens=False))
