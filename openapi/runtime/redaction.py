"""Keeps credentials out of what is shown, logged, raised or pickled, also where a server repeats them in disguise."""

from __future__ import annotations

import base64
import json
import re
from functools import cached_property
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HIDDEN = "***"
# A run of so many characters of a credential is hidden wherever it stands. Fewer are found in any text.
_RUN = 8
# Something shorter is no secret, and is a part of too many words to be taken out of them.
_SHORTEST = 4
# One character as it may be written in a URL, in JSON, in strings of programs and in HTML, or a stretch of plain ones.
_UNIT = re.compile(
    rb"%([0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|&#(\d{1,7});?|&#[xX]([0-9a-fA-F]{1,6});?"
    rb"|(&(?:amp|quot|apos|lt|gt);)|([^%\\&]+|.)",
    re.DOTALL,
)
# What a byte counts as in a comparison: letters and digits without their case, and nothing for what may separate them.
_FOLDED = bytes(byte if byte >= 0x80 or chr(byte).isalnum() else 0 for byte in bytes(range(256)).lower())  # noqa: PLR2004


class Secret:
    """A credential that shows itself to nobody who doesn't ask for it by `reveal`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The credential itself."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({HIDDEN})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a credential can't be copied or pickled")


class Redactor:
    """Takes credentials out of text that a server may have repeated them in.

    They are found as they are, escaped as in a URL, in JSON or in HTML, in base64 and in hexadecimal digits, in another
    case, with other characters between their own, and in part.
    """

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self._secrets = [secret for secret in secrets if len(secret.reveal()) >= _SHORTEST]

    def text(self, text: str) -> str:
        """The text without the credentials."""
        return self.body(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")

    def body(self, body: bytes) -> bytes:
        """The bytes without the credentials."""
        for spelling in self._spellings:
            body = body.replace(spelling, HIDDEN.encode())
        shown = bytearray()
        end = 0
        for span in self._disguised(body):
            shown += body[end : span.start] + HIDDEN.encode()
            end = span.stop
        return bytes(shown + body[end:])

    @cached_property
    def _spellings(self) -> list[bytes]:
        """The credentials as the usual ways of writing them have it, the longest first: one may be part of another."""
        spellings: set[bytes] = set()
        for value in (secret.reveal() for secret in self._secrets):
            raw = value.encode("utf-8", "surrogatepass")
            written = (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], quote(raw, safe=""))
            spellings |= {raw, *(one.encode("utf-8", "surrogatepass") for one in (*written, quote_plus(raw)))}
        return sorted(spellings, key=len, reverse=True)

    @cached_property
    def _runs(self) -> frozenset[bytes]:
        """Every run of characters that gives a credential away."""
        given = [secret.reveal() for secret in self._secrets]
        values = {case for value in given for case in (value, value.lower(), value.upper())}
        forms = {_folded(form) for value in values for form in _forms(value.encode("utf-8", "surrogatepass"))}
        return frozenset(form[start : start + _RUN] for form in forms for start in range(len(form) - _RUN + 1))

    def _disguised(self, body: bytes) -> list[range]:
        """Where credentials stand in disguise, in order and apart from each other."""
        spans: list[range] = []
        for span in sorted(self._found(body), key=lambda span: span.start) if self._runs else ():
            if spans and span.start < spans[-1].stop:
                spans[-1] = range(spans[-1].start, max(spans[-1].stop, span.stop))
            else:
                spans.append(span)
        return spans

    def _found(self, body: bytes) -> Iterator[range]:
        """Every place of a run, unescaped and as it stands: the sign of an escape may be before it by chance."""
        for letters, places in (_letters(body), _letters_as_they_stand(body)):
            for run in self._runs:
                for start in _occurrences(run, letters):
                    yield range(places[start].start, places[start + _RUN - 1].stop)


def _forms(value: bytes) -> Iterator[bytes]:
    """A credential, and what becomes of it in hexadecimal digits and in base64, wherever in a longer text it stands."""
    yield value
    yield value.hex().encode()
    for before, spoilt in enumerate((0, 2, 3)):
        encoded = base64.b64encode(b"\0" * before + value)
        yield encoded[spoilt : len(encoded) - (4 if encoded.endswith(b"=") else 0)]


def _folded(value: bytes) -> bytes:
    return value.translate(_FOLDED).replace(b"\0", b"")


def _letters(body: bytes) -> tuple[bytes, list[range]]:
    """What counts of a body, unescaped and without its case, and where each byte of it stands."""
    letters = bytearray()
    places: list[range] = []
    for match in _UNIT.finditer(body):
        octets, plain = _unescaped(match), match.lastindex == _UNIT.groups
        for offset, byte in enumerate(octets):
            if folded := _FOLDED[byte]:
                letters.append(folded)
                start = match.start() + (offset if plain else 0)
                places.append(range(start, start + 1 if plain else match.end()))
    return bytes(letters), places


def _letters_as_they_stand(body: bytes) -> tuple[bytes, list[range]]:
    """What counts of a body as it is, without its case, and where each byte of it stands."""
    folded = body.translate(_FOLDED)
    return folded.replace(b"\0", b""), [range(place, place + 1) for place, byte in enumerate(folded) if byte]


def _unescaped(match: re.Match[bytes]) -> bytes:
    percent, json_digits, octet, decimal, hexadecimal, entity, plain = match.groups()
    if plain is not None:
        return bytes(plain)
    if entity is not None:
        return b""
    if percent or octet:
        return bytes([int(percent or octet, 16)])
    code = int(decimal) if decimal else int(json_digits or hexadecimal, 16)
    return chr(code).encode("utf-8", "surrogatepass") if code <= 0x10FFFF else b""  # noqa: PLR2004 - the last character


def _occurrences(run: bytes, letters: bytes) -> Iterator[int]:
    start = letters.find(run)
    while start >= 0:
        yield start
        start = letters.find(run, start + 1)
