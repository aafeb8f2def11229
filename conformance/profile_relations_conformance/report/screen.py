"""How a terminal shows a text: how wide, and whether in colours."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

NARROW, WIDE = 60, 120


def terminal_width() -> int:
    """Gives the columns that a text takes on this terminal; lines that are wider are hard to read."""
    return min(WIDE, max(NARROW, shutil.get_terminal_size().columns))


def wants_color(stream: TextIO) -> bool:
    """Says whether a text is coloured: on a terminal that can, unless NO_COLOR or FORCE_COLOR says otherwise."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"
