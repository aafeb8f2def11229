"""Keeps the token out of whatever is written, and values of the target file, unless they are to be shown.

What a server tells of profiles that the target file does not name is shown as it came.
"""

from __future__ import annotations

import html
import json
import re
from itertools import takewhile
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Self

from profile_relations_conformance.errors import UsageError
from profile_relations_conformance.target.placeholders import (
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

    from profile_relations_conformance.contract.document import Contract
    from profile_relations_conformance.target.model import Target, Token

SHORTEST_SECRET = 4
"""A shorter value is too common to be looked for in a text; it is hidden where a request's field holds it."""
TELLING_BEGINNING = 8
"""So many characters of the token give it away, also where the rest is cut off."""


NO_SECRETS: Mapping[str, str] = MappingProxyType({})

NOTHING = r"(?!)"
"""A regular expression that matches nothing."""


class Pattern(NamedTuple):
    """A regular expression for a text that must not be shown, and what is shown for it."""

    regex: str
    shown: str


class Found(NamedTuple):
    """A part of a text that must not be shown: where it is, and what is shown for it."""

    start: int
    end: int
    shown: str


class Redactor:
    """Puts placeholders in the place of what must not be shown.

    Args:
        token: The token, which is hidden everywhere, as is any telling beginning of it.
        personal: Values that are hidden as well.
        common: Words that are hidden only where a request's field holds them, since the contract itself has them.
        secrets: Further secrets by what stands for them, which are hidden everywhere too.
    """

    def __init__(
        self,
        token: Token,
        personal: Iterable[Hidden] = (),
        common: Collection[str] = (),
        secrets: Mapping[str, str] = NO_SECRETS,
    ) -> None:
        self._token = Hidden(TOKEN, token.reveal(), TOKEN)
        self._personal = tuple(personal)
        self._filling = Filling(self._token, *self._personal)
        self._patterns: dict[str, Pattern] = {}
        self._secrets = tuple(secrets.values())
        for name, secret in secrets.items():
            for spelling in spellings(secret):
                self._add(spelling, f"{{{{{name}}}}}")
        for hidden in (self._token, *self._personal):
            self._hide(hidden, common)
        self._whole = escaped(token.reveal())
        self._head = self._whole[:TELLING_BEGINNING] if len(self._whole) > TELLING_BEGINNING else ""
        self._longest = max(map(len, self._patterns), default=0)

    def __repr__(self) -> str:
        return f"Redactor({len(self._personal)} values and the token)"

    @property
    def secrets(self) -> tuple[str, ...]:
        """All secrets, the token first, for looking for them in what would be written."""
        return str(self._token.value), *self._secrets

    @classmethod
    def of(
        cls, contract: Contract, target: Target, *, show_data: bool, secrets: Mapping[str, str] = NO_SECRETS
    ) -> Self:
        """Makes the redactor of a run.

        Args:
            contract: The contract; the fields that every request has and the mode tell of no person.
            target: The target, whose token and values are hidden.
            show_data: Whether values are shown; the token never is.
            secrets: Further secrets by what stands for them.
        """
        public = {*contract.common, contract.mode_field, "field_name", "resource_id"}
        personal = [] if show_data else [item for item in personal_values(target) if item.field not in public]
        common = {*contract.fields, *contract.modes, *contract.relation["properties"]}
        return cls(target.token, personal, common, secrets)

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
        shown = "".join(self._pieces(window, end, self._present(window)))
        return shown.encode("utf-8", "backslashreplace").decode()

    def template(self, content: bytes) -> tuple[str, bool]:
        """Writes a request's body down, and says whether the very bytes can be made of it again."""
        text = content.decode("utf-8", "surrogateescape")
        patterns = self._present(text) | self._cut_off(text)
        written = "".join(self._pieces(text, len(text), patterns, literal))
        try:
            return written, self._filling.fill(written) == content
        except UsageError:
            return written, False

    def _pieces(
        self, text: str, end: int, patterns: Mapping[str, Pattern], between: Callable[[str], str] = str
    ) -> Iterator[str]:
        """Yields a text up to its end piece by piece: what may be shown, and what is shown for the rest."""
        position = 0
        for found in self._found(text, patterns):
            if found.start >= end:
                break
            yield between(text[position : found.start])
            yield found.shown
            position = found.end
        yield between(text[position:end])

    def _found(self, text: str, patterns: Mapping[str, Pattern]) -> Iterator[Found]:
        """Yields what must not be shown, from left to right; where several values begin, the longest is taken."""
        regexes = {self._head: re.escape(self._head)} if self._head else {}
        regexes |= {hidden: pattern.regex for hidden, pattern in patterns.items()}
        search = re.compile("|".join(regexes[hidden] for hidden in sorted(regexes, key=len, reverse=True)) or NOTHING)
        position = 0
        while (match := search.search(text, position)) is not None:
            start, hidden = match.start(), match.group(0)
            found = Found(start, match.end(), patterns[hidden].shown) if hidden in patterns else self._cut(text, start)
            yield found
            position = found.end

    def _cut(self, text: str, start: int) -> Found:
        """Gives the token's beginning, as far as the text goes on with it."""
        length = _shared(self._whole, text[start : start + len(self._whole)])
        return Found(start, start + length, f"{{{{{TOKEN}[:{length}]}}}}")

    def _present(self, text: str) -> dict[str, Pattern]:
        """Gives the patterns that are needed for a text; looking for a plain text first is many times faster."""
        return {known: pattern for known, pattern in self._patterns.items() if known in text}

    def _cut_off(self, text: str) -> dict[str, Pattern]:
        """Gives what a body that breaks off within a hidden value has of it."""
        found = {}
        for hidden in (self._token, *self._personal):
            shared = _shared_end(text, escaped(str(hidden.value)))
            if shared and shared not in self._patterns:
                found[shared] = Pattern(rf"{re.escape(shared)}\Z", f"{{{{{hidden.key}[:{len(shared)}]}}}}")
        return found


def _shared(one: str, other: str) -> int:
    """Counts the characters that two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _shared_end(text: str, whole: str) -> str:
    """Gives the longest beginning of a value, if it is worth hiding, with which a text ends."""
    tail, head = text[max(0, len(text) - len(whole) + 1) :], whole[:SHORTEST_SECRET]
    start = tail.find(head)
    while len(head) == SHORTEST_SECRET and start >= 0:
        if whole.startswith(tail[start:]):
            return tail[start:]
        start = tail.find(head, start + 1)
    return ""


def shows(token: str, *texts: str) -> bool:
    """Says whether any of the texts shows the token, however often it is escaped there."""
    spelt = set(spellings(token))
    bare = {_bare(text) for text in spelt} - {""}
    return any(it in text for text in texts for it in spelt) or any(
        it in text for text in map(_bare, texts) for it in bare
    )


def _bare(text: str) -> str:
    """Gives a text without the escapes of HTML, and without backslashes, however many JSON in JSON has put there."""
    return html.unescape(text).replace("\\", "")
