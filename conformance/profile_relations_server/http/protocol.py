"""The limits of one connection: what goes beyond one is refused with the envelope, and the connection is closed.

What is refused here never comes to the service as a call, since no whole request was read.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from profile_relations_server.http.app import send_reply
from profile_relations_server.http.uvicorn_connection import Connection
from profile_relations_server.service.messages import (
    HEADERS_TOO_LARGE,
    INCORRECT_REQUEST,
    TOO_SLOW,
    UNAVAILABLE,
    Refusal,
    Reply,
)

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

    from profile_relations_server.http.limits import Limits


class LimitedProtocol(Connection):
    """The server's side of a connection.

    Args:
        limits: What it takes from the client.
        refuse: Writes the reply to a request that is not read further.
        uvicorns: What uvicorn passes to a protocol.
    """

    def __init__(self, *, limits: Limits, refuse: Callable[[Refusal], Reply], **uvicorns: Any) -> None:  # noqa: ANN401 - uvicorn's
        super().__init__(idle_seconds=limits.idle_seconds, **uvicorns)
        self._limits = limits
        self._refuse = refuse
        # Whether a request has begun to come in and is not whole; and whether that is true of its headers.
        self._incomplete = False
        self._in_headers = False
        # Size of the last piece that came in, and of all that came in since the request began or its body went on.
        self._piece = 0
        self._further = 0
        self._deadline: asyncio.TimerHandle | None = None
        # What is said last, when the requests that came before are answered.
        self._last: Refusal | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets the connection."""
        self._stop_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Reads what came in; a request that comes in one piece costs no timer."""
        if self._last is not None:
            return
        self._piece = len(data)
        self._further += self._piece
        super().data_received(data)
        if self._incomplete and not self.transport.is_closing():
            self._watch()

    def _watch(self) -> None:
        """Bounds the time and the size of a request that is not whole."""
        if self._deadline is None:
            self._deadline = self.loop.call_later(self._limits.request_seconds, self._cut_off)
        # Behind the headers this counts what surrounds the parts of a body, and what follows the last of them.
        if self._further > self._limits.header_bytes or (self._in_headers and self._headers_are_too_large()):
            self._break_off(self._headers_too_large())

    def start_of_request_read(self) -> None:
        """Notes that a request has begun."""
        self._incomplete = self._in_headers = True
        self._further = 0

    def head_read(self) -> None:
        """Has a request refused whose headers are wrong, or that is one too many."""
        self._in_headers = False
        if self._headers_are_too_large():
            self._refuse_with(self._headers_too_large())
        elif self.lacks_host:
            self._refuse_with(Refusal(INCORRECT_REQUEST, "the request must have one Host header", transport=True))
        elif len(self.connections) > self._limits.connections:
            text = "the server has too many connections, try again later"
            self._refuse_with(Refusal(UNAVAILABLE, text, transport=True))

    def part_of_body_read(self) -> None:
        """Counts anew what is no body; the body itself is watched by the application."""
        self._further = 0

    def request_read(self) -> None:
        """Notes that a request came in whole."""
        self._incomplete = False
        self._stop_deadline()

    def reply_sent(self) -> None:
        """Says the last word, when nobody waits for a reply any more."""
        if not self.is_answering:
            self._say_last()

    def no_request_read(self) -> None:
        """Answers what is no HTTP."""
        self._break_off(Refusal(INCORRECT_REQUEST, "this is no HTTP request that can be read", transport=True))

    def _headers_are_too_large(self) -> bool:
        most = self._limits.header_bytes
        # Most requests come in one piece, which is too small for their headers to need counting.
        return self._piece + self._further > most and self.head_bytes > most

    def _headers_too_large(self) -> Refusal:
        text = f"the URL and the headers are larger than {self._limits.header_bytes} bytes"
        return Refusal(HEADERS_TOO_LARGE, text, transport=True)

    def _stop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _cut_off(self) -> None:
        limit = f"the request did not come in whole within {self._limits.request_seconds:g} seconds"
        self._break_off(Refusal(TOO_SLOW, limit, transport=True))

    def _break_off(self, refusal: Refusal) -> None:
        """Reads no more, and closes the connection with a refusal when the requests that came before are answered."""
        self._stop_deadline()
        self._last = refusal
        if self._incomplete and not self._in_headers:
            # The application waits for the rest of a body.
            (self.transport.close if self.has_begun_to_answer else self._say_last)()
        elif not self.is_answering:
            self._say_last()

    def _say_last(self) -> None:
        """Answers outside of the application and closes the connection."""
        if self._last is None or self.transport.is_closing():
            return
        reply = self._refuse(self._last)
        headers = {**reply.headers, "content-length": len(reply.content), "connection": "close"}
        lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.transport.write("\r\n".join([*lines, "", ""]).encode("latin-1") + reply.content)
        self.transport.close()

    def _refuse_with(self, refusal: Refusal) -> None:
        """Makes a refusal the answer to the request whose headers were read, and the connection's last."""
        reply = self._refuse(refusal)

        async def answer(_: Scope, __: Receive, send: Send) -> None:
            await send_reply(Reply(reply.status, reply.content, {**reply.headers, "connection": "close"}), send)

        self.answer_with(answer)
