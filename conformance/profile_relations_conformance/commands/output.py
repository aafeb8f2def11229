"""Standard output of the commands: whatever others supplied, it is lines of plain text."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from profile_relations_conformance.target.shown_text import shown_line

if TYPE_CHECKING:
    from collections.abc import Iterable


def say(*lines: str) -> None:
    """Writes lines at once; nothing in them is invisible, steers a terminal or is a command to a CI service."""
    say_all(lines)


def say_all(lines: Iterable[str]) -> None:
    """Writes lines as `say` does."""
    sys.stdout.write("".join(f"{shown_line(line)}\n" for line in lines))
    sys.stdout.flush()
