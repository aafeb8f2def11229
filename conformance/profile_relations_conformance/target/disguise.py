"""Finds a secret in a text whatever it is written as there: escaped, spaced, in base64 or in hexadecimal digits.

Every run of eight or more of its characters counts, letter case apart. The time grows with the text's length alone.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, NamedTuple

from profile_relations_conformance.target.plain_copy import SIGNS, PlainCopy, plain, public_copy

if TYPE_CHECKING:
    from collections.abc import Iterator

TELLING = 8
"""So many characters of a secret give it away."""
_WEB_SAFE = str.maketrans("-_", "+/")


class _Spelling(NamedTuple):
    """One way to write a secret, as pieces of which any run that gives it away has one.

    Attributes:
        runs: All runs of the shortest length that gives it away.
        length: That length.
        pieces: The pieces at the places that are looked at.
        step: Every so many characters are looked at, so that each run has a piece that begins there.
        size: Characters of a piece.
    """

    runs: frozenset[str]
    length: int
    pieces: frozenset[str]
    step: int
    size: int

    @classmethod
    def of(cls, length: int, *texts: str, public: str = "") -> _Spelling:
        step = (length + 1) // 2
        size = length - step + 1
        found = (text[start : start + length] for text in texts for start in range(len(text) - length + 1))
        runs = frozenset(run for run in found if run not in public)
        pieces = frozenset(run[start : start + size] for run in runs for start in range(step))
        return cls(runs, length, pieces, step, size)

    def found(self, text: str) -> Iterator[tuple[int, int]]:
        """Yields the runs in a text, those that overlap as one."""
        begun = ended = -1
        for place in range(0, len(text) - self.size + 1, self.step):
            if text[place : place + self.size] not in self.pieces:
                continue
            for start in range(max(0, place - self.step + 1), place + 1):
                if text[start : start + self.length] in self.runs:
                    if start > ended:
                        if ended > 0:
                            yield begun, ended
                        begun = start
                    ended = start + self.length
        if ended > 0:
            yield begun, ended


class Disguise:
    """What a secret may look like.

    Args:
        secret: The secret; one of fewer than eight characters has no disguise.
        public: What anybody may read. A part of the secret that stands there too, such as a word, tells nothing.
    """

    def __init__(self, secret: str, public: str = "") -> None:
        bare = plain(secret)
        data = bare.encode("utf-8", "surrogatepass")
        self._is_short = len(bare) < TELLING
        self._plain = _Spelling.of(TELLING, _lower(bare), public=_lower(public_copy(public)))
        self._base64 = _Spelling.of(TELLING * 8 // 6, *(_stable_base64(data, before) for before in range(3)))
        self._hex = _Spelling.of(TELLING * 2, data.hex())

    def __repr__(self) -> str:
        return "Disguise(…)"

    @property
    def is_telling(self) -> bool:
        """Whether the secret has any part that nobody may read."""
        return self._is_short or bool(self._plain.runs)

    def found(self, text: str) -> Iterator[tuple[int, int]]:
        """Yields the places in a text where the secret is given away, in no order; they may overlap."""
        if any(sign in text for sign in SIGNS):  # one may stand before the secret by chance
            yield from self._runs(text)
        if any(True for _ in self._runs(plain(text))):
            copy = PlainCopy(text)
            yield from (copy.place(start, end) for start, end in self._runs(copy.text))

    def _runs(self, copy: str) -> Iterator[tuple[int, int]]:
        lower = _lower(copy)
        yield from self._plain.found(lower)
        yield from self._base64.found(copy.translate(_WEB_SAFE))
        yield from self._hex.found(lower)


def _lower(text: str) -> str:
    """Gives a text in small letters, each at its place."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)


def _stable_base64(data: bytes, before: int) -> str:
    """Gives the characters of base64 that a secret decides alone, with so many bytes before it in a group of three."""
    text = b64encode(bytes(before) + data).decode().rstrip("=")
    first = -(-before * 8 // 6)
    return text[first : (before + len(data)) * 8 // 6]
