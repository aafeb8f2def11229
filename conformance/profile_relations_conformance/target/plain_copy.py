"""A plain copy of a text, without escapes and without what stands between characters, and a map back to the text.

A server may write a value as it likes: in JSON, in JSON within JSON, in HTML, percent-encoded, spaced, or broken by
characters of no width. In the plain copy it stands as it is.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

SIGNS = "\\%&"
"""What escapes begin with."""
# Each way begins with a character of its own, by which the regular expression finds its places eight times as fast.
_ESCAPES = (
    r"\\\\*(?:u(?P<wide>[0-9a-fA-F]{4})|x(?P<byte>[0-9a-fA-F]{2}))"
    r"|%(?:(?P<ascii>[0-7][0-9a-fA-F])|(?P<other>[89a-fA-F][0-9a-fA-F](?:%[89a-fA-F][0-9a-fA-F]){0,3}))"
    r"|&(?P<entity>#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});?"
)
_UNSEEN = (
    r"\s\x00-\x1f\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e01ef"
)
"""Space, controls, formats, and letters and marks that are drawn as nothing."""
_ESCAPE, _IGNORED = re.compile(_ESCAPES), re.compile(rf"[\\{_UNSEEN}]+")
_EITHER = re.compile(rf"{_ESCAPES}|\\+|[{_UNSEEN}]+")
MOST_PASSES = 5
"""How often a text may have been escaped."""


def plain(text: str) -> str:
    """Gives the plain copy of a text without a map, which takes a small part of the time."""
    for _ in range(MOST_PASSES):
        copy = _IGNORED.sub("", _ESCAPE.sub(_meant, text))
        if copy == text:
            break
        text = copy
    return text


@lru_cache(maxsize=4)
def public_copy(text: str) -> str:
    """Gives the plain copy of a long text that is no secret, and the same in every run of a process."""
    return plain(text)


class _Piece(NamedTuple):
    """A stretch of a copy: where it begins there, where it stands in the text, and whether it is the same in both."""

    at: int
    start: int
    end: int
    same: bool


class PlainCopy:
    """The plain copy of a text. Making it takes time that grows with the text's length alone.

    Args:
        text: The text.

    Attributes:
        text: The copy.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._maps: list[tuple[list[int], list[_Piece]]] = []
        for _ in range(MOST_PASSES):
            copy, pieces = _without_escapes(self.text)
            if len(pieces) == 1:
                break
            self.text = copy
            self._maps.append(([piece.at for piece in pieces], pieces))

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Gives the place in the text of a stretch of the copy that is not empty."""
        for starts, pieces in reversed(self._maps):
            first, last = (pieces[bisect_right(starts, index) - 1] for index in (start, end - 1))
            start = first.start + (start - first.at if first.same else 0)
            end = last.start + (end - last.at) if last.same else last.end
        return start, end


def _without_escapes(text: str) -> tuple[str, list[_Piece]]:
    """Undoes one layer of escapes; a single piece says that there was none."""
    parts: list[str] = []
    pieces: list[_Piece] = []
    at = position = 0
    for found in _EITHER.finditer(text):
        if found.start() > position:
            parts.append(text[position : found.start()])
            pieces.append(_Piece(at, position, found.start(), same=True))
            at += len(parts[-1])
        meant = _meant(found)
        if meant:
            parts.append(meant)
            pieces.append(_Piece(at, found.start(), found.end(), same=False))
            at += len(meant)
        position = found.end()
    if position == 0:
        return text, [_Piece(0, 0, len(text), same=True)]
    parts.append(text[position:])
    pieces.append(_Piece(at, position, len(text), same=True))
    return "".join(parts), [*pieces, _Piece(at + len(parts[-1]), len(text), len(text), same=True)]


def _meant(found: re.Match[str]) -> str:
    """Gives what an escape stands for; nothing for what is left out."""
    code = found["wide"] or found["byte"]
    if code:
        return chr(int(code, 16))
    if found["ascii"] or found["other"]:
        return unquote(found.group(0))
    if not found["entity"]:
        return ""  # it is left out
    meant = html.unescape(found.group(0))
    return "" if meant.isspace() else meant
