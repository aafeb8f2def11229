"""How a reply is read before it is judged: its envelope, and its relations also where they stand in another shape."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = Any

REDIRECTS = range(300, 400)
CLIENT_ERRORS = range(400, 500)
SERVER_ERRORS = range(500, 600)
OK = 200
FORBIDDEN = 403
TOO_FAST = (429, 503)
"""What a server or a proxy in front of it answers to requests that come too fast; they are waited for."""
TOO_LARGE = (413, 414, 431)
"""What a proxy in front of a server answers in its own words to what is too large for it."""


class _Absent(Enum):
    ABSENT = "absent"


ABSENT = _Absent.ABSENT
"""Stands for a member that the reply does not have."""


UNNAMED = "a profile that is not named"


def is_integer(value: Json) -> bool:
    """Says whether a JSON value is an integer, as JSON Schema does: 2.0 is one, true is none."""
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def strings(value: Json) -> Iterator[str]:
    """Yields every string in a JSON value, the names of members too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


@dataclass(frozen=True)
class Reply:
    """A reply as it came.

    Attributes:
        status: HTTP status.
        headers: Header fields by lower-case name.
        content: The decoded body.
        milliseconds: Time from the request's start to the body's end.
    """

    status: int
    headers: dict[str, str]
    content: bytes
    milliseconds: float

    @cached_property
    def text(self) -> str:
        """The body as text; what is not UTF-8 is replaced."""
        return self.content.decode("utf-8", "replace")

    @cached_property
    def json(self) -> Json:
        """The parsed body, or ABSENT where it is no JSON in UTF-8 without a mark before it (RFC 8259, section 8.1)."""
        try:
            return json.loads(self.content.decode("utf-8"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            return ABSENT

    def member(self, name: str) -> Json:
        """Gives a member of the envelope, or ABSENT."""
        return self.json.get(name, ABSENT) if isinstance(self.json, dict) else ABSENT

    @property
    def error(self) -> Json:
        """The envelope's `error`, or ABSENT."""
        return self.member("error")

    @property
    def location(self) -> str | None:
        """Where a redirect leads, or None where the reply is none."""
        return self.headers.get("location") if self.status in REDIRECTS else None

    @property
    def has_envelope(self) -> bool:
        """Whether the body is an object with an integer `error` and a text."""
        return is_integer(self.error) and isinstance(self.member("error_text"), str)

    @property
    def is_success(self) -> bool:
        """Whether the envelope says that the call was carried out."""
        return self.error == 0 and not isinstance(self.error, bool)

    @property
    def is_refusal(self) -> bool:
        """Whether the call was refused: by the envelope, or by a client error without one."""
        if self.is_success:
            return False
        return self.error is not ABSENT or self.status in CLIENT_ERRORS

    @property
    def is_too_large_for_a_proxy(self) -> bool:
        """Whether a proxy refused the request for its size, in its own words."""
        return self.status in TOO_LARGE and not self.has_envelope

    @property
    def is_xml(self) -> bool:
        """Whether the reply says that it is XML, and no server error; a request in XML may be answered so."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return kind.endswith(("/xml", "+xml")) and self.status not in SERVER_ERRORS

    @property
    def is_of_a_firewall(self) -> bool:
        """Whether the request was forbidden in words that are no JSON, as a firewall in front of a server does."""
        return self.status == FORBIDDEN and self.json is ABSENT

    @cached_property
    def entries(self) -> list[Json] | None:
        """The relations that the reply lists, in any shape that shows some; None where nothing of the kind can be read.

        The page's table calls `data` an object, so an object is read as one entry or as a map of entries. Where there
        is no such `data`, whatever looks like a relation counts, wherever it stands.
        """
        data = self.member("data")
        if isinstance(data, list):
            return data or list(_relations_within(self.json))
        if isinstance(data, dict):
            if "profile_id_a" in data:
                return [{name: value for name, value in data.items() if name != "total_count"}]
            within = _entries_within(data)
            return within or list(_relations_within(data)) or within
        return list(_relations_within(self.json)) or ([] if data is None else None)

    @property
    def total(self) -> Json:
        """`total_count`, beside `data` or, as the page's table has it, in it; or ABSENT."""
        total = self.member("total_count")
        data = self.member("data")
        if total is ABSENT and isinstance(data, dict):
            return data.get("total_count", ABSENT)
        return total

    @property
    def owners(self) -> set[Json]:
        """The profiles whose relations are shown: each `profile_id_a`, in lower case, or that it is not named."""
        shown = [entry.get("profile_id_a", UNNAMED) for entry in self.entries or () if isinstance(entry, dict)]
        return {item.lower() if isinstance(item, str) else str(item) for item in shown}


def _entries_within(data: dict[str, Json]) -> list[Json] | None:
    values = [value for name, value in data.items() if name != "total_count"]
    lists = [value for value in values if isinstance(value, list)]
    if len(lists) == 1 and len(values) == 1:
        return list(lists[0])
    return values if all(isinstance(value, dict) for value in values) else None


def _relations_within(value: Json) -> Iterator[Json]:
    """Yields every object in a JSON value that has an identifier of one of a relation's sides."""
    if isinstance(value, dict):
        if "profile_id_a" in value or "profile_id_b" in value:
            yield value
        else:
            for item in value.values():
                yield from _relations_within(item)
    elif isinstance(value, list):
        for item in value:
            yield from _relations_within(item)
