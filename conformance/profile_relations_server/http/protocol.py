"""HTTP/1.1 on one connection: uvicorn's protocol, with limits that it does not have and refusals in the envelope.

What is refused here never comes to the service as a call, since no whole request was read.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from profile_relations_server.http.app import send_reply
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
    from uvicorn._types import ASGI3Application

    from profile_relations_server.http.limits import Limits


_CONTINUE = b"HTTP/1.1 100 "


class _OnePacket:
    """A transport that holds back the head of a reply until its body comes, so that both leave in one packet.

    The loop makes a system call of each write, and that takes a tenth of the time of a small call.

    Args:
        transport: What to write to.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""
        self.is_closing = transport.is_closing
        self.pause_reading = transport.pause_reading
        self.resume_reading = transport.resume_reading
        self.get_extra_info = transport.get_extra_info

    def write(self, data: bytes) -> None:
        """Writes what is no head, behind the head that is held back."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.writelines((head, data))
        elif data.startswith(b"HTTP/1.1 ") and data.endswith(b"\r\n\r\n") and not data.startswith(_CONTINUE):
            self._head = data
        else:
            self._transport.write(data)

    def flush(self) -> None:
        """Writes a head that no body followed."""
        if self._head:
            self.write(b"")

    def close(self) -> None:
        """Closes the connection once all is written."""
        self.flush()
        self._transport.close()


class LimitedProtocol(HttpToolsProtocol):
    """The server's side of a connection.

    Args:
        limits: What it takes from the client.
        refuse: Writes the reply to a request that is not read further.
        uvicorns: What uvicorn passes to a protocol.
    """

    def __init__(self, *, limits: Limits, refuse: Callable[[Refusal], Reply], **uvicorns: Any) -> None:  # noqa: ANN401 - uvicorn's
        super().__init__(**uvicorns)
        self.timeout_keep_alive = limits.idle_seconds  # type: ignore[assignment] # whole seconds in uvicorn's options
        self._limits = limits
        self._refuse = refuse
        # Whether a request has begun to come in and is not whole; and whether that is true of its headers.
        self._incomplete = False
        self._in_headers = False
        # Size of the last piece that came in, and of all pieces that came in after the one in which a request began.
        self._piece = 0
        self._further = 0
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in the base
        """Starts the time in which a first request must begin."""
        self._packets = _OnePacket(transport)
        super().connection_made(cast("asyncio.Transport", self._packets))
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets the connection."""
        self._stop_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Reads what came in; a request that comes in one piece costs no timer."""
        self._piece = len(data)
        self._further += self._piece
        super().data_received(data)
        if not self._incomplete or self.transport.is_closing():
            return
        if self._deadline is None:
            self._deadline = self.loop.call_later(self._limits.request_seconds, self._cut_off)
        if self._in_headers and (self._further > self._limits.header_bytes or self._headers_are_too_large()):
            self._close_with(self._headers_too_large())

    def on_message_begin(self) -> None:
        """Notes that a request has begun."""
        super().on_message_begin()
        self._incomplete = self._in_headers = True
        self._further = 0

    def on_headers_complete(self) -> None:
        """Passes a request on: to the application, or to a refusal where headers or connections are too many."""
        self._in_headers = False
        if self._headers_are_too_large():
            self._answer_with(self._headers_too_large())
        elif len(self.connections) > self._limits.connections:
            text = "the server has too many connections, try again later"
            self._answer_with(Refusal(UNAVAILABLE, text, transport=True))
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Notes that a request came in whole."""
        self._incomplete = False
        self._stop_deadline()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Lets out a reply without a body."""
        self._packets.flush()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the envelope says it in its own words
        """Answers what is no HTTP."""
        self._close_with(Refusal(INCORRECT_REQUEST, "this is no HTTP request that can be read", transport=True))

    def _headers_are_too_large(self) -> bool:
        most = self._limits.header_bytes
        # Most requests come in one piece, which is too small for their headers to need counting.
        if self._piece + self._further <= most:
            return False
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > most

    def _headers_too_large(self) -> Refusal:
        text = f"the URL and the headers are larger than {self._limits.header_bytes} bytes"
        return Refusal(HEADERS_TOO_LARGE, text, transport=True)

    def _stop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _cut_off(self) -> None:
        limit = f"the request did not come in whole within {self._limits.request_seconds:g} seconds"
        if self._in_headers or not self.cycle.response_started:
            self._close_with(Refusal(TOO_SLOW, limit, transport=True))
        else:
            self.transport.close()

    def _close_with(self, refusal: Refusal) -> None:
        """Answers outside of the application and closes the connection."""
        self._stop_deadline()
        if self.transport.is_closing():
            return
        reply = self._refuse(refusal)
        headers = {**reply.headers, "content-length": len(reply.content), "connection": "close"}
        lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.transport.write("\r\n".join([*lines, "", ""]).encode("latin-1") + reply.content)
        self.transport.close()

    def _answer_with(self, refusal: Refusal) -> None:
        """Makes a refusal the answer to the request whose headers are being read, and the connection's last."""
        reply = self._refuse(refusal)

        async def answer(_: Scope, __: Receive, send: Send) -> None:
            await send_reply(Reply(reply.status, reply.content, {**reply.headers, "connection": "close"}), send)

        self.app = cast("ASGI3Application", answer)
