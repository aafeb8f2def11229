"""Makes texts of servers and files harmless to show."""

from __future__ import annotations

import re

_INVISIBLE = re.compile(r"[^ -~\w]")
"""What may be invisible: most of it is not, which `visible` looks at one by one."""


def visible(text: str, keep: str = "") -> str:
    """Writes characters that can't be seen, or that steer a terminal or the direction of text, as escapes.

    Args:
        text: The text.
        keep: Characters that stay as they are, such as line breaks.
    """
    return _INVISIBLE.sub(lambda found: _shown(found.group(0), keep), text)


def _shown(character: str, keep: str) -> str:
    if character in keep or character.isprintable():
        return character
    return character.encode("unicode_escape").decode()


def short(text: str, longest: int) -> str:
    """Gives the text in one line, cut where it is too long."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
