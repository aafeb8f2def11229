"""Trouble on demand, for those who write clients: what networks and proxies do to right answers.

The same seed brings the same trouble to the same requests in the same order. Wrong answers are the faults' part.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from itertools import count
from random import Random
from typing import TYPE_CHECKING

from profile_relations_server.service.messages import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Receive, Scope, Send

# A client is told to come back after this time, and can't ask the server to sleep for longer than the other.
RETRY_SECONDS = 1
MOST_SECONDS = 60.0
# How a slow body comes: in so many pieces, with this time between them.
_PIECES, _PAUSE_SECONDS = 10, 0.2
_TRANSIENT = frozenset({429, 503})
CLOSE, WRITE = "relations.close", "relations.write"
"""Keys of a scope for what ASGI knows no words for: to end a connection, and to write to it behind a reply."""


@dataclass(frozen=True, kw_only=True)
class Mishap:
    """What befalls one reply.

    Attributes:
        delay: Seconds that pass before the request is looked at.
        code: HTTP status of a proxy's answer, which comes in place of the server's; None where it does not.
        is_dropped: Whether the connection is closed in the middle of the reply.
        is_cut: Whether the reply is whole for HTTP, and only half of its body.
        is_slow: Whether the body comes piece by piece.
    """

    delay: float = 0.0
    code: int | None = None
    is_dropped: bool = False
    is_cut: bool = False
    is_slow: bool = False


NONE = Mishap()


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Which mishaps there are, and how often; a share is between 0 and 1.

    Attributes:
        delay: The least and the most seconds that pass before a request is looked at.
        fail: The share of requests that get a status, by that status.
        drop: The share of replies in whose middle the connection is closed.
        cut: The share of replies whose body is cut.
        is_slow: Whether bodies come piece by piece.
        prefer: Whether a request can ask for a mishap by the header `Prefer`.
        seed: The same brings the same.
    """

    delay: tuple[float, float] = (0.0, 0.0)
    fail: Mapping[int, float] = field(default_factory=dict)
    drop: float = 0.0
    cut: float = 0.0
    is_slow: bool = False
    prefer: bool = False
    seed: int = 0


class Mishaps:
    """Deals out trouble, request by request.

    Args:
        trouble: Of which kinds, and how much.
    """

    def __init__(self, trouble: Trouble) -> None:
        self._trouble = trouble
        self._numbers = count()

    def next(self, prefer: str | None) -> Mishap:
        """Gives what befalls the next request.

        Args:
            prefer: The request's header of that name, where it has one.
        """
        drawn = self._draw()
        return _preferred(drawn, prefer) if prefer and self._trouble.prefer else drawn

    def _draw(self) -> Mishap:
        trouble = self._trouble
        # Each request has its own numbers, so that one kind of trouble more does not change where another one falls.
        draw = Random(f"{trouble.seed} {next(self._numbers)}")  # noqa: S311 - repeatable, and no secret
        delay, code, drop, cut = (draw.random() for _ in range(4))
        return Mishap(
            delay=trouble.delay[0] + delay * (trouble.delay[1] - trouble.delay[0]),
            code=_chosen(trouble.fail, code),
            is_dropped=drop < trouble.drop,
            is_cut=cut < trouble.cut,
            is_slow=trouble.is_slow,
        )


def _chosen(shares: Mapping[int, float], drawn: float) -> int | None:
    for code, share in shares.items():
        drawn -= share
        if drawn < 0:
            return code
    return None


def _preferred(mishap: Mishap, prefer: str) -> Mishap:
    """Reads the header `Prefer`: `code=429`, `delay=2` in seconds, `drop`, `truncate`, `slow-body`, in any number."""
    for part in prefer.split(","):
        name, _, value = (text.strip().lower() for text in part.partition("="))
        if name == "code" and value.isdecimal() and int(value) in {int(status) for status in HTTPStatus}:
            mishap = replace(mishap, code=int(value))
        elif name == "delay" and re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", value):
            mishap = replace(mishap, delay=min(float(value), MOST_SECONDS))
        else:
            mishap = replace(
                mishap,
                is_dropped=mishap.is_dropped or name == "drop",
                is_cut=mishap.is_cut or name == "truncate",
                is_slow=mishap.is_slow or name == "slow-body",
            )
    return mishap


def proxys_reply(code: int) -> Reply:
    """Makes the answer of a proxy, which knows nothing of the envelope."""
    text = f"{code} {HTTPStatus(code).phrase}"
    page = f"<html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>\n"
    headers = {"content-type": "text/html"} | ({"retry-after": str(RETRY_SECONDS)} if code in _TRANSIENT else {})
    return Reply(code, page.encode(), headers)


async def send_with(mishap: Mishap, reply: Reply, scope: Scope, receive: Receive, send: Send) -> None:
    """Sends a reply to which something happens on the way."""
    content = reply.content[: len(reply.content) // 2] if mishap.is_cut else reply.content
    length = str(len(content)).encode()
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
    head = {"type": "http.response.start", "status": reply.status, "headers": [*headers, (b"content-length", length)]}
    sent = content[: len(content) // 2] if mishap.is_dropped else content
    await send(head)
    for piece in _pieces(sent) if mishap.is_slow else [sent]:
        if piece is not sent:
            await asyncio.sleep(_PAUSE_SECONDS)
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    if mishap.is_dropped:
        if CLOSE in scope:
            scope[CLOSE]()
            while (await receive())["type"] != "http.disconnect":
                pass
        return
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _pieces(content: bytes) -> list[bytes]:
    size = max(1, -(-len(content) // _PIECES))
    return [content[start : start + size] for start in range(0, len(content), size)]
