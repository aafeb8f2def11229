"""Typed reading of plain data, entry by entry, with errors that name the place and what to do.

The texts that are refused here could not be sent in a reply, or never be found by a request.
"""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from profile_relations_server.errors import WorldError
from profile_relations_server.world.model import fits_integer

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = Any

_IDENTIFIER = re.compile(r"[0-9a-f]{24}")
_DEEPEST = 64


@dataclass(frozen=True)
class Entry:
    """One value of the file and where it stands.

    Attributes:
        value: The value, as parsed.
        place: Its place, such as `profiles[3].email`; the empty string is the whole file.
        secret: Whether the value must not stand in an error.
    """

    value: Json
    place: str = ""
    secret: bool = False

    def error(self, what: str) -> WorldError:
        """Makes the error that tells what is wrong here."""
        return WorldError(f"{self.place}: {what}" if self.place else what)

    def _shown(self) -> str:
        kinds = {dict: "a mapping", list: "a list", type(None): "null"}
        return "this value" if self.secret else kinds.get(type(self.value)) or repr(self.value)[:60]

    def keys(self, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> None:
        """Checks that this is a mapping with these keys.

        Raises:
            WorldError: If it is not, lacks a required key, or has one that is not named.
        """
        mapping = self._mapping()
        for key in required:
            if key not in mapping:
                raise self.error(f"lacks {key}; add it")
        known = (*required, *optional)
        for key in mapping:
            if key not in known:
                near = difflib.get_close_matches(str(key), known, n=1)
                hint = f"did you mean {near[0]}?" if near else f"the keys here are {', '.join(known)}"
                raise self.at(key).error(f"is no key of the format; {hint}")

    def _mapping(self) -> dict[Any, Json]:
        if not isinstance(self.value, dict):
            raise self.error(f"must be a mapping of keys to values, not {self._shown()}")
        return self.value

    def at(self, key: object, *, secret: bool = False) -> Entry:
        """Goes to the value of a key; None where there is no such key."""
        return Entry(self._mapping().get(key), f"{self.place}.{key}" if self.place else str(key), secret)

    def has(self, key: str) -> bool:
        """Says whether the mapping has a value other than null under the key."""
        return self._mapping().get(key) is not None

    def items(self) -> Iterator[Entry]:
        """Goes to each element of a list, which is as secret as the list is.

        Raises:
            WorldError: If this is no list.
        """
        if not isinstance(self.value, list):
            raise self.error(f"must be a list, not {self._shown()}")
        for number, element in enumerate(self.value):
            yield Entry(element, f"{self.place}[{number}]", self.secret)

    def pairs(self) -> Iterator[tuple[str, Entry]]:
        """Goes to each key and value of a mapping whose keys are texts.

        Raises:
            WorldError: If this is no mapping, or a key is no text.
        """
        for key in self._mapping():
            name = Entry(key, f"{self.place}.{key}").text()
            yield name, self.at(key)

    def text(self) -> str:
        """Gives a text that is not empty.

        Raises:
            WorldError: If it is no text, is empty, or has a character that JSON in UTF-8 can't carry.
        """
        if not isinstance(self.value, str):
            hint = "; write it in quotes" if isinstance(self.value, int | float) else ""
            raise self.error(f"must be a text, not {self._shown()}{hint}")
        if not self.value:
            raise self.error("is empty; write a text, or leave the entry out")
        return self._unicode(self.value)

    def _unicode(self, text: str) -> str:
        try:
            text.encode()
        except UnicodeEncodeError:
            raise self.error("has half of a surrogate pair; write the whole character") from None
        return text

    def integer(self) -> int:
        """Gives a whole number that a database can hold; true and false are none.

        Raises:
            WorldError: If it is none, or has more than 64 bits.
        """
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            hint = "; remove the quotes" if isinstance(self.value, str) and self.value.isdecimal() else ""
            raise self.error(f"must be a whole number, not {self._shown()}{hint}")
        if not fits_integer(self.value):
            raise self.error("must have no more than 64 bits; write a smaller number, or a text")
        return self.value

    def identifier(self) -> str:
        """Gives a profile's identifier.

        Raises:
            WorldError: If it is not 24 lower-case hexadecimal digits.
        """
        text = self.text()
        if not _IDENTIFIER.fullmatch(text):
            hint = "; write it in lower case" if _IDENTIFIER.fullmatch(text.lower()) else ""
            raise self.error(f"{self._shown()} is no identifier of 24 lower-case hexadecimal digits{hint}")
        return text

    def json(self, depth: int = 0) -> Json:
        """Gives a value of any JSON type.

        Raises:
            WorldError: If it, or something in it, is of no JSON type, not finite, or nested too deeply.
        """
        if depth > _DEEPEST:
            raise self.error(f"is nested more than {_DEEPEST} times; flatten it")
        match self.value:
            case None | bool() | int():
                return self.value
            case str():
                return self._unicode(self.value)
            case float() if math.isfinite(self.value):
                return self.value
            case list():
                return [element.json(depth + 1) for element in self.items()]
            case dict():
                return {key: element.json(depth + 1) for key, element in self.pairs()}
        raise self.error(f"{self._shown()} is of no type that JSON has; write a text or a number")
