"""Keeps the token out of whatever is written, and values of the target file, unless they are to be shown.

What a server tells of profiles that the target file does not name is shown as it came.
"""

from __future__ import annotations

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
from profile_relations_conformance.target.plain_copy import plain, public_copy
from profile_relations_conformance.target.secret import BEARER, Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from profile_relations_conformance.contract.document import Contract
    from profile_relations_conformance.target.model import Target, Token

SHORTEST_SECRET = 4
"""A shorter value is too common to be looked for in a text; it is hidden where a request's field holds it."""
TELLING_BEGINNING = 8
"""So many characters of the token give it away, also where the rest is cut off."""
WIDEST = 12
"""Characters of a text that a disguise takes for one of the token, at most."""
ANY_TOKEN = f"{{{{{TOKEN}}}}}"

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
        public: What stands in any report, whatever a run finds.

    Attributes:
        is_ordinary: Whether the token is ordinary text of any report; it is hidden only where it stands as the token.
    """

    def __init__(
        self,
        token: Token,
        personal: Iterable[Hidden] = (),
        common: Collection[str] = (),
        secrets: Mapping[str, str] = NO_SECRETS,
        public: str = "",
    ) -> None:
        self._token = Hidden(TOKEN, token.reveal(), TOKEN)
        guarded = [Secret(token.reveal(), ANY_TOKEN, public)]
        guarded += [Secret(secret, f"{{{{{name}}}}}", public) for name, secret in secrets.items()]
        self._guarded = tuple(guarded)
        self.is_ordinary = guarded[0].is_ordinary
        self._personal = tuple(personal)
        self._filling = Filling(self._token, *self._personal)
        self._patterns: dict[str, Pattern] = {}
        for name, secret in secrets.items():
            for spelling in spellings(secret):
                self._add(spelling, f"{{{{{name}}}}}")
        for hidden in (self._token, *self._personal):
            self._hide(hidden, common)
        self._whole = escaped(token.reveal())
        head = self._whole[:TELLING_BEGINNING] if len(self._whole) > TELLING_BEGINNING else ""
        is_public = plain(head) and plain(head).lower() in public_copy(public).lower()
        self._head = "" if is_public else head
        self._longest = max(WIDEST * len(self._whole), *map(len, self._patterns), 0)

    def __repr__(self) -> str:
        return f"Redactor({len(self._personal)} values and the token)"

    @classmethod
    def of(
        cls,
        contract: Contract,
        target: Target,
        *,
        show_data: bool,
        secrets: Mapping[str, str] = NO_SECRETS,
        public: str = "",
    ) -> Self:
        """Makes the redactor of a run.

        Args:
            contract: The contract; the fields that every request has and the mode tell of no person.
            target: The target, whose token and values are hidden.
            show_data: Whether values are shown; the token never is.
            secrets: Further secrets by what stands for them.
            public: What stands in any report, whatever a run finds.
        """
        no_person = {*contract.common, contract.mode_field, "field_name", "resource_id"}
        personal = [] if show_data else [item for item in personal_values(target) if item.field not in no_person]
        common = {*contract.fields, *contract.modes, *contract.relation["properties"]}
        return cls(target.token, personal, common, secrets, public)

    def _hide(self, hidden: Hidden, common: Collection[str]) -> None:
        for name, text in hidden.changed():
            is_common = self.is_ordinary if hidden is self._token else hidden.value in common
            if len(text) < SHORTEST_SECRET or (is_common and len(text) <= len(str(hidden.value))):
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
        if hidden is self._token and text:
            self._add(f"{BEARER}{text}", f"{BEARER}{{{{{name}}}}}", after=r"(?!\w)")

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
        exact = self._found(window, self._present(window))
        shown = "".join(_pieces(window, end, _apart([*exact, *self._disguised(window)])))
        return shown.encode("utf-8", "backslashreplace").decode()

    def template(self, content: bytes) -> tuple[str, bool]:
        """Writes a request's body down, and says whether the very bytes can be made of it again."""
        text = content.decode("utf-8", "surrogateescape")
        exact = list(self._found(text, self._present(text) | self._cut_off(text)))
        written = "".join(_pieces(text, len(text), [*exact, *self._between(text, exact)], literal))
        try:
            return written, self._filling.fill(written) == content
        except UsageError:
            return written, False

    def leaks(self, *texts: str) -> bool:
        """Says whether any of the texts shows the token or another secret, in whatever disguise."""
        return any(secret.stands_in(text) for secret in self._guarded for text in texts)

    def _disguised(self, text: str) -> Iterator[Found]:
        for secret in self._guarded:
            yield from (Found(*place, secret.shown) for place in secret.found(text))

    def _between(self, text: str, exact: Sequence[Found]) -> Iterator[Found]:
        """Yields disguises between what was found as it is."""
        starts, ends = [0, *(found.end for found in exact)], [*(found.start for found in exact), len(text)]
        for start, end in zip(starts, ends, strict=True):
            for found in self._disguised(text[start:end]):
                yield Found(start + found.start, start + found.end, found.shown)

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


def _apart(found: Iterable[Found]) -> Iterator[Found]:
    """Yields what must not be shown from left to right, what overlaps as one."""
    last: Found | None = None
    for item in sorted(found, key=lambda item: (item.start, -item.end)):
        if last is None or item.start >= last.end:
            if last is not None:
                yield last
            last = item
        elif item.end > last.end:
            last = Found(last.start, item.end, ANY_TOKEN)
    if last is not None:
        yield last


def _pieces(text: str, end: int, found: Iterable[Found], between: Callable[[str], str] = str) -> Iterator[str]:
    """Yields a text up to its end piece by piece: what may be shown, and what is shown for the rest."""
    position = 0
    for item in sorted(found):
        if item.start >= end:
            break
        yield between(text[position : item.start])
        yield item.shown
        position = item.end
    yield between(text[position:end])


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
