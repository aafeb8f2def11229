"""How a reply is read before it is judged: its envelope, and its relations also where they stand in another shape."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


SMALL = 2 * 1024
"""Bytes of a body that is parsed once and kept so; a larger one may take a hundred times its size."""
KEPT = 24 * 1024
"""Bytes of a body that are kept once it was judged."""
KEPT_TEXT, KEPT_OWNERS = 1_000, 10
LONGEST_HEADER, MOST_HEADERS = 1_000, 100
DEEPEST = 200
ENVELOPE = ("error", "error_text", "total_count")


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
    """Yields every string in a JSON value, the names of members too, in the order in which they stand there."""
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            left += [part for pair in reversed(item.items()) for part in reversed(pair)]
        elif isinstance(item, list):
            left += reversed(item)


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

    @classmethod
    def of(cls, status: int, headers: Mapping[str, str], content: bytes, milliseconds: float) -> Reply:
        """Makes a reply as it is kept: of its headers, no more than a reader needs."""
        few = {name[:LONGEST_HEADER]: value[:LONGEST_HEADER] for name, value in headers.items()}
        return cls(status, dict(islice(few.items(), MOST_HEADERS)), content, milliseconds)

    @property
    def text(self) -> str:
        """The body as text; what is not UTF-8 is replaced."""
        return self.content.decode("utf-8", "replace")

    @property
    def size(self) -> int:
        """Bytes of the whole body."""
        return len(self.content)

    @property
    def is_whole(self) -> bool:
        """Whether its relations can still be compared with others."""
        return True

    @property
    def json(self) -> Json:
        """The parsed body, or ABSENT where it is no JSON in UTF-8 without a mark before it (RFC 8259, section 8.1).

        What is nested too deep to be walked through is read as no JSON either.
        """
        return self._parsed_small if len(self.content) <= SMALL else _parsed_large(self.content)

    @cached_property
    def _parsed_small(self) -> Json:
        return _parsed(self.content)

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

    @property
    def entries(self) -> list[Json] | None:
        """The relations that the reply lists, in any shape that shows some; None where nothing of the kind can be read.

        The API documentation's table calls `data` an object, so an object is read as one entry or as a map of entries.
        Where there is no such `data`, whatever looks like a relation counts, wherever it stands.
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
        """`total_count`, beside `data` or, as the API documentation's table has it, in it; or ABSENT."""
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

    @property
    def relation_count(self) -> int | None:
        """How many relations the reply lists; None where nothing of the kind can be read."""
        return None if self.entries is None else len(self.entries)

    def condensed(self) -> Reply:
        """Gives a reply of which no more than this is kept: its beginning, a hash, and what a report says of it."""
        return self if len(self.content) <= KEPT else CondensedReply.made_of(self)


@dataclass(frozen=True)
class CondensedReply(Reply):
    """What is kept of a large reply once it was judged; its `content` is a beginning, and `entries` one at most.

    Attributes:
        sha256: Hash of the whole body.
        whole: Bytes of the whole body.
        envelope: The parsed body without its relations, or ABSENT.
        listed: How many relations it listed, or None.
        shown: Whose they were, some of them.
    """

    sha256: str
    whole: int
    envelope: Json
    listed: int | None
    shown: frozenset[str]

    @classmethod
    def made_of(cls, reply: Reply) -> CondensedReply:
        """Condenses a reply."""
        parsed = reply.json
        if isinstance(parsed, dict):
            few = ((name, parsed[name]) for name in ENVELOPE if name in parsed)
            parsed = {name: value[:KEPT_TEXT] if isinstance(value, str) else value for name, value in few}
            parsed = {name: value for name, value in parsed.items() if not isinstance(value, list | dict)}
        return cls(
            reply.status,
            reply.headers,
            reply.content[:KEPT],
            reply.milliseconds,
            sha256=sha256(reply.content).hexdigest(),
            whole=reply.size,
            envelope=parsed if isinstance(parsed, dict) else ABSENT,
            listed=reply.relation_count,
            shown=frozenset(owner[:KEPT_TEXT] for owner in islice(reply.owners, KEPT_OWNERS)),
        )

    @property
    def size(self) -> int:
        """Bytes of the whole body."""
        return self.whole

    @property
    def is_whole(self) -> bool:
        """Whether its relations can still be compared with others."""
        return False

    @property
    def json(self) -> Json:
        """The parsed body without its relations."""
        return self.envelope

    @property
    def entries(self) -> list[Json] | None:
        """Nothing but whether there were any."""
        return None if self.listed is None else [{}] * min(self.listed, 1)

    @property
    def owners(self) -> set[Json]:
        """The profiles whose relations were shown, some of them."""
        return set(self.shown)

    @property
    def relation_count(self) -> int | None:
        """How many relations the reply listed."""
        return self.listed


def _parsed(content: bytes) -> Json:
    try:
        value = json.loads(content.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return ABSENT
    return value if _is_shallow(value) else ABSENT


_parsed_large = lru_cache(maxsize=1)(_parsed)
"""Parses a large body; only the last one is kept, since all rules look at one reply after the other."""


def _is_shallow(value: Json) -> bool:
    """Says whether a value is nested no deeper than functions may call themselves for each level."""
    level, depth = [value], 0
    while level and depth <= DEEPEST:
        inner = [item.values() if isinstance(item, dict) else item for item in level if isinstance(item, dict | list)]
        level, depth = [part for parts in inner for part in parts], depth + 1
    return depth <= DEEPEST


def _entries_within(data: dict[str, Json]) -> list[Json] | None:
    values = [value for name, value in data.items() if name != "total_count"]
    lists = [value for value in values if isinstance(value, list)]
    if len(lists) == 1 and len(values) == 1:
        return list(lists[0])
    return values if all(isinstance(value, dict) for value in values) else None


def _relations_within(value: Json) -> Iterator[Json]:
    """Yields every object in a JSON value that has an identifier of one of a relation's sides."""
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, list):
            left += reversed(item)
        elif isinstance(item, dict) and ("profile_id_a" in item or "profile_id_b" in item):
            yield item
        elif isinstance(item, dict):
            left += reversed(item.values())
