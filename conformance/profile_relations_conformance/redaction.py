"""Keeps the token out of whatever is written, and values of the target file, unless they are to be shown.

What a server tells of profiles that the target file does not name is shown as it came.
"""

from __future__ import annotations

import json
import re
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple, Self

from profile_relations_conformance.errors import UsageError
from profile_relations_conformance.placeholders import (
    TOKEN,
    Filling,
    Hidden,
    escaped,
    literal,
    personal_values,
    spellings,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from profile_relations_conformance.contract import Contract
    from profile_relations_conformance.target import Target, Token

SHORTEST_SECRET = 4
"""A shorter value is too common to be looked for in a text; it is hidden where a request's field holds it."""
TELLING_BEGINNING = 8
"""So many characters of the token give it away, also where the rest is cut off."""


NOTHING = r"(?!)"
"""A regular expression that matches nothing."""


class Pattern(NamedTuple):
    """A regular expression for a text that must not be shown, and what is shown for it."""

    regex: str
    shown: str


class Redactor:
    """Puts placeholders in the place of what must not be shown.

    Args:
        token: The token, which is hidden everywhere, as is any telling beginning of it.
        personal: Values that are hidden as well.
        common: Words that are hidden only where a request's field holds them, since the contract itself has them.
    """

    def __init__(self, token: Token, personal: Iterable[Hidden] = (), common: Collection[str] = ()) -> None:
        self._token = Hidden(TOKEN, token.reveal(), TOKEN)
        self._personal = tuple(personal)
        self._filling = Filling(self._token, *self._personal)
        self._patterns: dict[str, Pattern] = {}
        for hidden in (self._token, *self._personal):
            self._hide(hidden, common)
        self._longest = max(map(len, self._patterns), default=0)

    def __repr__(self) -> str:
        return f"Redactor({len(self._personal)} values and the token)"

    @classmethod
    def of(cls, contract: Contract, target: Target, *, show_data: bool) -> Self:
        """Makes the redactor of a run.

        Args:
            contract: The contract; the fields that every request has and the mode tell of no person.
            target: The target, whose token and values are hidden.
            show_data: Whether values are shown; the token never is.
        """
        public = {*contract.common, contract.mode_field, "field_name", "resource_id"}
        personal = [] if show_data else [item for item in personal_values(target) if item.field not in public]
        return cls(target.token, personal, {*contract.fields, *contract.modes, *contract.relation["properties"]})

    def _hide(self, hidden: Hidden, common: Collection[str]) -> None:
        for name, text in hidden.changed():
            if len(text) < SHORTEST_SECRET or (hidden.value in common and hidden is not self._token):
                self._hide_in_field(hidden, name, text)
            elif isinstance(hidden.value, int):
                self._add(text, f"{{{{{name}}}}}", before=r"(?<![\w.])", after=r"(?![\w]|\.\d)")
            else:
                for spelling in spellings(text):
                    self._add(spelling, f"{{{{{name}}}}}")

    def _hide_in_field(self, hidden: Hidden, name: str, text: str) -> None:
        is_number = isinstance(hidden.value, int)
        written = text if is_number else json.dumps(text)
        shown = f"{{{{{name}}}}}" if is_number else f'"{{{{{name}}}}}"'
        for colon in (":", ": "):
            self._add(f'"{hidden.field}"{colon}{written}', f'"{hidden.field}"{colon}{shown}', after=r"(?![\w.])")

    def _add(self, text: str, shown: str, *, before: str = "", after: str = "") -> None:
        if text:
            self._patterns.setdefault(text, Pattern(f"{before}{re.escape(text)}{after}", shown))

    def text(self, text: str, longest: int | None = None) -> str:
        """Gives a text without what must not be shown.

        Args:
            text: The text.
            longest: Give no more than the beginning that these characters of the text make.
        """
        end = len(text) if longest is None else min(longest, len(text))
        window = text[: end + self._longest]
        shown = "".join(_pieces(window, end, self._present(window)))
        return shown.encode("utf-8", "backslashreplace").decode()

    def template(self, content: bytes) -> tuple[str, bool]:
        """Writes a request's body down, and says whether the very bytes can be made of it again."""
        text = content.decode("utf-8", "surrogateescape")
        patterns = self._present(text) | self._cut_off(text)
        written = "".join(_pieces(text, len(text), patterns, literal))
        try:
            return written, self._filling.fill(written) == content
        except UsageError:
            return written, False

    def _present(self, text: str) -> dict[str, Pattern]:
        """Gives the patterns that are needed for a text; looking for a plain text first is many times faster."""
        found = {known: pattern for known, pattern in self._patterns.items() if known in text}
        return found | self._beginnings(text)

    def _beginnings(self, text: str) -> dict[str, Pattern]:
        """Gives the telling beginnings of the token that stand in a text."""
        whole, found = escaped(str(self._token.value)), {}
        head, start = whole[:TELLING_BEGINNING], 0
        while len(head) == TELLING_BEGINNING and (start := text.find(head, start)) >= 0:
            pairs = zip(text[start : start + len(whole)], whole, strict=False)
            shared = "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
            found[shared] = Pattern(re.escape(shared), f"{{{{{TOKEN}[:{len(shared)}]}}}}")
            start += 1
        return {shared: pattern for shared, pattern in found.items() if shared not in self._patterns}

    def _cut_off(self, text: str) -> dict[str, Pattern]:
        """Gives what a body that breaks off within a hidden value has of it."""
        found = {}
        for hidden in (self._token, *self._personal):
            whole = escaped(str(hidden.value))
            for length in range(len(whole) - 1, SHORTEST_SECRET - 1, -1):
                if text.endswith(whole[:length]):
                    shown = f"{{{{{hidden.key}[:{length}]}}}}"
                    found[whole[:length]] = Pattern(rf"{re.escape(whole[:length])}\Z", shown)
                    break
        return {shared: pattern for shared, pattern in found.items() if shared not in self._patterns}


def _pieces(text: str, end: int, patterns: Mapping[str, Pattern], between: Callable[[str], str] = str) -> Iterator[str]:
    """Cuts a text at what must not be shown; a longer match wins over a shorter one."""
    position = 0
    ranked = sorted(patterns, key=len, reverse=True)
    for found in re.finditer("|".join(patterns[known].regex for known in ranked) or NOTHING, text):
        if found.start() >= end:
            break
        yield between(text[position : found.start()])
        yield patterns[found.group(0)].shown
        position = found.end()
    yield between(text[position:end])
