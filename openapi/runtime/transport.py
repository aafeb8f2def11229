"""Carries requests over connections that belong to the process or the event loop which made them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import httpcore
import httpx

from .scopes import Kept, PerLoop, PerProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from .route import Route

_FEW = 100


def _of_httpcore(request: httpx.Request) -> httpcore.Request:
    url = request.url
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


def _of_httpx(response: httpcore.Response, body: httpx.SyncByteStream | httpx.AsyncByteStream) -> httpx.Response:
    extensions = cast("dict[str, Any]", response.extensions)
    return httpx.Response(response.status, headers=response.headers, stream=body, extensions=extensions)


def _is_replaced(method: Any) -> bool:
    """Whether a tool for tests has put its own method in the place of one of httpx; the tool then gets the requests."""
    return str(getattr(method, "__module__", "")).partition(".")[0] != "httpx"


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        if hasattr(self._stream, "close"):
            self._stream.close()


class _AsyncBody(httpx.AsyncByteStream):
    def __init__(self, stream: Any, pool: Kept[httpcore.AsyncConnectionPool]) -> None:
        self._stream = stream
        self._pool = pool

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            yield part

    async def aclose(self) -> None:
        if hasattr(self._stream, "aclose"):
            await self._stream.aclose()


class NetworkTransport(httpx.BaseTransport):
    """Carries requests for threads. What goes wrong is raised as httpcore's own errors."""

    def __init__(self, route: Route) -> None:
        self._pool = PerProcess(route.pool)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request, and returns its reply as soon as its head is there."""
        if _is_replaced(httpx.HTTPTransport.handle_request):
            return httpx.HTTPTransport().handle_request(request)
        response = self._pool.get().handle_request(_of_httpcore(request))
        return _of_httpx(response, _Body(response.stream))

    def close(self) -> None:
        """Closes the connections of this process."""
        pool = self._pool.drop()
        if pool is not None:
            pool.close()


class AsyncNetworkTransport(httpx.AsyncBaseTransport):
    """Carries requests for coroutines. What goes wrong is raised as httpcore's own errors."""

    def __init__(self, route: Route) -> None:
        self._pool = PerLoop(route.async_pool, httpcore.AsyncConnectionPool.aclose)
        # A call that is cancelled may leave a connection in the pool that was never opened, so there may be more than
        # calls at a time. Once there are many of them, the pool is replaced.
        self._most_connections = 2 * (route.limits.max_connections or _FEW)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request, and returns its reply as soon as its head is there."""
        if _is_replaced(httpx.AsyncHTTPTransport.handle_async_request):
            return await httpx.AsyncHTTPTransport().handle_async_request(request)
        pool = await self._pool.get()
        try:
            response = await pool.thing.handle_async_request(_of_httpcore(request))
        finally:
            if len(pool.thing.connections) > self._most_connections:
                self._pool.forget()
        return _of_httpx(response, _AsyncBody(response.stream, pool))

    async def aclose(self) -> None:
        """Closes the connections of this event loop."""
        await self._pool.drop()
