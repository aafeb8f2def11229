"""One request and its reply: sent over pooled connections, within time, rate and number, and recorded.

Nothing here judges. A reply that never came is recorded as trouble; only what can't be asked any more is an exception.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from profile_relations_conformance.transport.reply import strings

if TYPE_CHECKING:
    from profile_relations_conformance.transport.reply import Reply
    from profile_relations_conformance.transport.trouble import Trouble

Json = Any

JSON_TYPE = "application/json"
SUSPICIOUS = re.compile(r"['\"%;<>$\\(){}\x00-\x1f]|\.\.|--")
ROOM = 24 * 1024 * 1024
WEIGHT_OF_OBJECTS = 6_000
"""Bytes that an exchange takes beside its bodies: a small reply's parsed JSON, headers and the objects themselves."""


@dataclass(frozen=True)
class Request:
    """A request as it is sent.

    Attributes:
        content: The body's bytes.
        mutation: What was changed in a request that is right, in words.
        body: The JSON value that the bytes write, where they write one; its `token` is there wherever it is sent.
        method: HTTP method.
        content_type: Value of the header, or None to send none.
        wrong_token: Whether it carries a token that is not the target's.
        bearer: The token of the `Authorization` header, or None to send none.
        apart: Whether the requirement that asks it judges its reply alone, and no rule of the run does.
    """

    content: bytes = field(repr=False)
    mutation: str
    body: Json = field(default=None, repr=False)
    method: str = "POST"
    content_type: str | None = JSON_TYPE
    wrong_token: bool = False
    bearer: str | None = field(default=None, repr=False)
    apart: bool = False

    @classmethod
    def of(cls, body: Json, mutation: str, *, wrong_token: bool = False, apart: bool = False) -> Self:
        """Makes a POST of a JSON value."""
        return cls(encode(body), mutation, body=body, wrong_token=wrong_token, apart=apart)

    @property
    def is_suspicious(self) -> bool:
        """Whether a firewall may take it for an attack: it is no plain JSON, or has marks of other languages."""
        if not isinstance(self.body, dict) or self.content_type != JSON_TYPE or self.method != "POST":
            return True
        return any(SUSPICIOUS.search(text) for text in strings(self.body))


@dataclass(frozen=True)
class Exchange:
    """A request and what came of it.

    Attributes:
        number: Its place among the requests of the run, from 1.
        request: The request.
        reply: The reply, or None where none came.
        trouble: What kept the reply from coming.
        unreachable: Why no connection could be made, or None where one was.
        stale: Whether a connection that was kept from an earlier request broke off; servers close those as they like.
    """

    number: int
    request: Request
    reply: Reply | None
    trouble: str = ""
    unreachable: Trouble | None = None
    stale: bool = False

    @property
    def is_of_a_proxy(self) -> bool:
        """Whether a proxy or firewall in front of the server answered, which says nothing of the server."""
        if self.reply is None:
            return False
        return self.reply.is_too_large_for_a_proxy or (self.reply.is_of_a_firewall and self.request.is_suspicious)

    def condensed(self) -> Exchange:
        """Gives the exchange with no more of its reply than is kept once it was judged."""
        return self if self.reply is None else replace(self, reply=self.reply.condensed())

    @property
    def weight(self) -> int:
        """Bytes that it takes in memory, about."""
        reply = 0 if self.reply is None else len(self.reply.content)
        return WEIGHT_OF_OBJECTS + len(self.request.content) + reply


class Room:
    """Memory for exchanges; a run that asks for hours, or is answered with megabytes, fills no more than this.

    Args:
        size: Bytes.
    """

    def __init__(self, size: int = ROOM) -> None:
        self._left = size

    def takes(self, exchange: Exchange) -> bool:
        """Says whether there is room for an exchange, and gives it to it."""
        if exchange.weight > self._left:
            return False
        self._left -= exchange.weight
        return True


def encode(body: Json) -> bytes:
    """Writes a JSON value the same way at every run; a lone surrogate is written as its escape."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=True).encode()
