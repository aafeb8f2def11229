"""Texts that a server, a file or a variable supplied, made harmless to show and cut to a length that can be read."""

from __future__ import annotations

import re

PROGRAM = "relations-conformance"
"""The name of the command line, where nothing tells how the user calls it."""
_BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
"""Letters and marks that are drawn as nothing, though Unicode does not class them as controls or formats."""
_INVISIBLE = re.compile(rf"[^ -~\w]|[{_BLANK}]")
"""What may be invisible: most of it is not, which `visible` looks at one by one."""
_IS_BLANK = re.compile(rf"[{_BLANK}]")


def visible(text: str, keep: str = "") -> str:
    """Writes characters that can't be seen, or that steer a terminal or the direction of text, as escapes.

    All that is shown of what others supplied goes through here. Of Unicode's controls and formats, its half surrogates
    and its separators other than a space, nothing is left.

    Args:
        text: The text.
        keep: Characters that stay as they are, such as line breaks.
    """
    return _INVISIBLE.sub(lambda found: _shown(found.group(0), keep), text)


def _shown(character: str, keep: str) -> str:
    if character in keep or (character.isprintable() and not _IS_BLANK.match(character)):
        return character
    return character.encode("unicode_escape").decode()


def short(text: str, longest: int) -> str:
    """Gives the text in one line, cut where it is too long."""
    line = " ".join(text[: 4 * longest].split())
    return line if len(line) <= longest and len(text) <= 4 * longest else f"{line[: longest - 1]}…"


def cut(text: str, longest: int) -> str:
    """Gives no more than the beginning of a text, and says how much was left out."""
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text) - longest} characters more)"


_COMMAND = re.compile(r"^((?:\s|\x1b\[[0-9;]*m)*):(?=:)|#(?=#\w*\[)", re.MULTILINE)
"""What the log of a CI service may read as a command: `::name::` where a line begins, `##[name]` anywhere."""


def without_commands(text: str) -> str:
    """Writes the first character of each command to a CI service that stands in the lines of a text as its escape."""
    return _COMMAND.sub(lambda found: r"\x23" if found.group(0) == "#" else rf"{found.group(1)}\x3a", text)


def shown_line(text: str) -> str:
    """Gives a text as one line of output: nothing in it is invisible, steers a terminal or is a command."""
    return without_commands(visible(text))


def shown_lines(text: str) -> str:
    """Gives a text as lines of output, as `shown_line` does; line breaks stay."""
    return without_commands(visible(text, keep="\n"))
