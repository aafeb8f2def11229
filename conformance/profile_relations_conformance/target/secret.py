"""A secret that nothing shows: where it stands in a text, and whether it is too ordinary to be looked for."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from profile_relations_conformance.target.disguise import TELLING, Disguise
from profile_relations_conformance.target.placeholders import TOKEN, escaped, spellings

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST = 4
"""A shorter secret is too common to be looked for in a text."""
BEARER = "Bearer "
"""What stands before the token in a header."""


class Secret:
    """A secret in whatever disguise.

    Args:
        value: The secret.
        shown: What is shown for it.
        public: What stands in any report, whatever a run finds.

    Attributes:
        is_ordinary: Whether it is ordinary text of any report; then it counts only where it stands as the token.
    """

    def __init__(self, value: str, shown: str, public: str = "") -> None:
        self.shown = shown
        self._value = value
        self._disguise = Disguise(value, public)
        if len(value) < TELLING:
            self.is_ordinary = len(value) < SHORTEST or value.lower() in public.lower()
        else:
            self.is_ordinary = not self._disguise.is_telling

    def __repr__(self) -> str:
        return f"Secret({self.shown})"

    def found(self, text: str) -> Iterator[tuple[int, int]]:
        """Yields the places where a text gives it away in disguise, in no order; they may overlap."""
        if not self.is_ordinary:
            yield from self._disguise.found(text)

    def stands_in(self, text: str) -> bool:
        """Says whether a text gives it away, as it is or in disguise."""
        if self.is_ordinary:
            whole = re.escape(escaped(self._value))
            return re.search(rf"""{TOKEN}\W{{1,12}}?{whole}["\\&]|{BEARER}{whole}\b""", text) is not None
        return _shows(self._value, text) or any(True for _ in self._disguise.found(text))


def _shows(value: str, text: str) -> bool:
    """Says whether a text shows a value, however often it is escaped there."""
    spelt = set(spellings(value))
    if any(it in text for it in spelt):
        return True
    bare = _bare(text)
    return any(it in bare for it in {_bare(it) for it in spelt} - {""})


def _bare(text: str) -> str:
    """Gives a text without the escapes of HTML, and without backslashes, however many JSON in JSON has put there."""
    return html.unescape(text).replace("\\", "")
