"""One HTTP/1.1 connection as uvicorn carries it; no other module uses a name that uvicorn does not promise to keep.

Those are the class `HttpToolsProtocol` and its callbacks; of its attributes `app`, `connections`, `cycle` with
`response_started` and `response_complete`, `headers`, `loop`, `parser`, `pipeline`, `timeout_keep_alive` with its task
and its handler, `transport` and `url`; and that the head of a reply is written as one piece. The bound of uvicorn in
`pyproject.toml` is the last release that was tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from profile_relations_server.http.trouble import CLOSE, WRITE

if TYPE_CHECKING:
    import asyncio

    from starlette.types import ASGIApp
    from uvicorn._types import ASGI3Application

_CONTINUE = b"HTTP/1.1 100 "
_UPGRADE = {b"upgrade", b"connection", b"http2-settings"}


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
        self.abort = transport.abort

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


class Connection(HttpToolsProtocol):
    """A connection that tells what comes in; whoever limits it overrides the methods that end in `_read` or `_sent`.

    Args:
        idle_seconds: How long it may stay open without a request, also before the first.
        uvicorns: What uvicorn passes to a protocol.
    """

    def __init__(self, *, idle_seconds: float, **uvicorns: Any) -> None:  # noqa: ANN401 - uvicorn's
        super().__init__(**uvicorns)
        self.timeout_keep_alive = idle_seconds  # type: ignore[assignment] # whole seconds in uvicorn's options

    def start_of_request_read(self) -> None:
        """A request has begun."""

    def head_read(self) -> None:
        """The URL and the headers of a request are there; it is answered by what `answer_with` was last given."""

    def part_of_body_read(self) -> None:
        """Some of a request's body came in."""

    def request_read(self) -> None:
        """A request came in whole."""

    def reply_sent(self) -> None:
        """A request was answered."""

    def no_request_read(self) -> None:
        """What came in is no HTTP."""

    @property
    def head_bytes(self) -> int:
        """Size of the URL and the headers that came in, of the request that is being read."""
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    @property
    def lacks_host(self) -> bool:
        """Whether the request that is being read does not name one host, as HTTP/1.1 asks."""
        return self.parser.get_http_version() == "1.1" and sum(name == b"host" for name, _ in self.headers) != 1

    @property
    def is_answering(self) -> bool:
        """Whether a request that was passed on waits for the end of its reply."""
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def has_begun_to_answer(self) -> bool:
        """Whether a reply to the last request that was passed on is under way, or that to an earlier one is awaited."""
        return bool(self.pipeline) or self.cycle.response_started

    def answer_with(self, app: ASGIApp) -> None:
        """Has the request whose head was read, and all after it, answered by another application."""
        self.app = cast("ASGI3Application", app)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in the base
        """Starts the time in which a first request must begin."""
        self._packets = _OnePacket(transport)
        super().connection_made(cast("asyncio.Transport", self._packets))
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def data_received(self, data: bytes) -> None:
        """Reads what came in. A wish to change to another protocol is not granted, and the request is read as it is."""
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as wish:
            if self.parser.get_method() == b"CONNECT":
                self.no_request_read()
                return
            # The parser reads no body of such a request, so another one is given the request without the wish.
            head = self._head_without_upgrade()
            self.parser = httptools.HttpRequestParser(self)
            self.data_received(head + data[wish.args[0] :])
        except httptools.HttpParserError:
            self.no_request_read()

    def _head_without_upgrade(self) -> bytes:
        first = b"%s %s HTTP/%s" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())
        kept = [b"%s: %s" % (name, value) for name, value in self.headers if name not in _UPGRADE]
        return b"\r\n".join([first, *kept, b"", b""])

    def on_message_begin(self) -> None:
        """Passes on that a request has begun."""
        super().on_message_begin()
        self._in_head = True
        self.start_of_request_read()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Reads a header; what stands behind the body is none, and nobody asks for it."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Passes a request on to the application."""
        self._in_head = False
        if not self.parser.should_upgrade():
            self.head_read()
            # ASGI has no words for either of them.
            self.scope[CLOSE] = self.transport.close  # type: ignore[literal-required] # more than ASGI's own keys
            self.scope[WRITE] = self.transport.write  # type: ignore[literal-required] # as above
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Passes on that a part of a body came in."""
        super().on_body(body)
        self.part_of_body_read()

    def on_message_complete(self) -> None:
        """Passes on that a request came in whole."""
        if not self.parser.should_upgrade():
            self.request_read()
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Lets out a reply without a body."""
        self._packets.flush()
        super().on_response_complete()
        self.reply_sent()
