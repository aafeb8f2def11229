"""The service over HTTP: an ASGI application with the endpoint at the contract's path, and pages at the other paths."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

from profile_relations_server.http.browsers import allowing
from profile_relations_server.http.limits import Limits
from profile_relations_server.http.metrics import Metrics
from profile_relations_server.http.proxy import Proxy
from profile_relations_server.http.trouble import WRITE, Mishaps, proxys_reply, send_with
from profile_relations_server.service.messages import TOO_LARGE, WRONG_CONTENT_TYPE, Call, Refusal, Reply

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from profile_relations_server.http.proxy import Rate
    from profile_relations_server.http.request_log import RequestLog
    from profile_relations_server.http.trouble import Trouble
    from profile_relations_server.service.pipeline import Service

_HEARD = frozenset({b"content-type", b"content-encoding", b"prefer", b"authorization", b"cookie"})
_LONGEST_NAME = 20


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What is around the endpoint.

    Attributes:
        limits: What is taken from a client; the size of a body is watched by the application, the rest by the protocol.
        workers: Number of processes that serve.
        log: Tells of each request; None to be quiet.
        trouble: What happens to replies on their way; None for nothing.
        rate: How many requests are let through, in each process; None for any number.
        origins: Pages of these origins may ask from a browser; `*` stands for every one.
    """

    limits: Limits = field(default_factory=Limits)
    workers: int = 1
    log: RequestLog | None = None
    trouble: Trouble | None = None
    rate: Rate | None = None
    origins: tuple[str, ...] = ()


class App:
    """The application.

    Args:
        service: Answers the calls of the endpoint.
        around: What is around it.
    """

    def __init__(self, service: Service, around: Surroundings | None = None) -> None:
        around = around or Surroundings()
        self.service = service
        self.limits = around.limits
        self.metrics = Metrics([row.searches_by for row in service.contract.rows], around.workers)
        self.log = around.log
        self._proxy = Proxy(service.variants, around.rate)
        self._mishaps = Mishaps(around.trouble) if around.trouble else None
        self._path = service.contract.path
        self._pages: ASGIApp | None = None
        self._browsers: ASGIApp | None = allowing(around.origins, self._route) if around.origins else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request."""
        await (self._browsers or self._route)(scope, receive, send)

    def _route(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        return (self._endpoint if scope["path"] == self._path else self._page)(scope, receive, send)

    async def _endpoint(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = perf_counter()
        try:
            raw = await _read_body(receive, self.limits.body_bytes)
        except _Disconnected:
            return
        headers = _headers(scope)
        call = Call(
            raw or b"",
            headers.get("content-type"),
            scope["method"],
            scope["query_string"].decode("latin-1"),
            headers.get("authorization"),
            headers.get("cookie"),
        )
        refusal = self._objection(raw, headers.get("content-encoding", "identity"))
        if self._mishaps is None:
            reply = await self._reply(call, refusal)
            await send_reply(reply, send)
        else:
            mishap = self._mishaps.next(headers.get("prefer"))
            await asyncio.sleep(mishap.delay)
            reply = await self._reply(call, refusal) if mishap.code is None else proxys_reply(mishap.code)
            await send_with(mishap, reply, scope, receive, send)
        if reply.behind and WRITE in scope:
            scope[WRITE](reply.behind)
        self.metrics.count(call.trace, perf_counter() - started)
        if self.log is not None:
            self.log.call(call, self._path, reply, perf_counter() - started)

    async def _reply(self, call: Call, refusal: Refusal | None) -> Reply:
        proxys = self._proxy.answer(call.raw) if self._proxy.is_there else None
        if proxys is not None:
            call.trace.code = proxys.status
            return proxys
        if refusal is None:
            return await self.service.answer(call)
        call.trace.code = refusal.code
        return self.service.refuse(refusal)

    def _objection(self, raw: bytes | None, encoding: str) -> Refusal | None:
        """Says why a body is not read, where it is not."""
        if raw is None:
            limit = f"the body is larger than {self.limits.body_bytes} bytes"
            return Refusal(TOO_LARGE, limit, transport=True)
        if encoding.strip().lower() != "identity":
            name = encoding if encoding.isalnum() and len(encoding) < _LONGEST_NAME else "of this kind"
            return Refusal(
                WRONG_CONTENT_TYPE, f"content-encoding {name} is not supported; send the body as it is", transport=True
            )
        return None

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._pages is None:
            # The pages need a web framework, which takes longer to import than all else that a server starts with.
            from profile_relations_server.http.pages import make_pages  # noqa: PLC0415 - as said above

            self._pages = make_pages(self.service, self.metrics)
        await self._pages(scope, receive, send if self.log is None else self.log.page(scope, send))


class _Disconnected(Exception):  # noqa: N818 - the client's doing, and no error of the server
    """The client closed the connection, or was cut off, before its request was whole."""


async def _read_body(receive: Receive, limit: int) -> bytes | None:
    """Reads a request's body; gives None where it is larger than the limit; uvicorn discards the rest."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body") and message["type"] == "http.request":
        return body if len(body) <= limit else None
    chunks = [body]
    size = len(body)
    while message.get("more_body") and size <= limit:
        message = await receive()
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
    if message["type"] == "http.disconnect":
        raise _Disconnected
    return b"".join(chunks) if size <= limit else None


def _headers(scope: Scope) -> dict[str, str]:
    """Gives those headers that the endpoint looks at; of one that stands twice, the last."""
    return {name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in _HEARD}


async def send_reply(reply: Reply, send: Send) -> None:
    """Sends a reply over ASGI."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
    headers.append((b"content-length", str(len(reply.content)).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.content})
