"""Carries requests over connections that belong to the process or the event loop which made them.

Each call that is under way has a pool of its own, of one connection, and leaves it to the next call. A pool of many
would look at each of its connections for each other one whenever a request comes or goes, and it loses a connection
where a call is cancelled at the wrong moment.
"""

from __future__ import annotations

import contextlib
from collections import deque
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import anyio
import httpcore
import httpx

from .scopes import PerLoop, PerProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from .route import Route

Pool = TypeVar("Pool", httpcore.ConnectionPool, httpcore.AsyncConnectionPool)


_OWN = (httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request)


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
    return method not in _OWN or str(getattr(method, "__module__", "")).partition(".")[0] != "httpx"


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Any, done: Callable[[], None]) -> None:
        self._stream = stream
        self._done = done

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        if hasattr(self._stream, "close"):
            self._stream.close()
        self._done()


class _AsyncBody(httpx.AsyncByteStream):
    def __init__(self, stream: Any, done: Callable[[], Awaitable[None]]) -> None:
        self._stream = stream
        self._done = done

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            yield part

    async def aclose(self) -> None:
        if hasattr(self._stream, "aclose"):
            await self._stream.aclose()
        await self._done()


class Idle(Generic[Pool]):
    """The pools that no call uses, the last one that was used on top.

    Args:
        make: Makes a pool.
        most: How many are kept; None for all.
    """

    def __init__(self, make: Callable[[], Pool], most: int | None) -> None:
        self._make: Callable[[], Pool] = make
        self._most = most
        self._pools: deque[Pool] = deque()

    def take(self) -> Pool:
        """One for a call."""
        with contextlib.suppress(IndexError):
            return self._pools.pop()
        return self._make()

    def give(self, pool: Pool) -> list[Pool]:
        """Takes one back, and returns those that are to be closed: too many, or with a connection that has expired."""
        if not pool.connections:
            return [pool]
        self._pools.append(pool)
        with contextlib.suppress(IndexError):
            is_one_too_many = self._most is not None and len(self._pools) > self._most
            if is_one_too_many or _has_expired(self._pools[0]):
                return [self._pools.popleft()]
        return []

    def empty(self) -> list[Pool]:
        """All of them, which are to be closed."""
        pools = list(self._pools)
        self._pools.clear()
        return pools


def _has_expired(pool: httpcore.ConnectionPool | httpcore.AsyncConnectionPool) -> bool:
    return all(connection.has_expired() for connection in pool.connections)


class NetworkTransport(httpx.BaseTransport):
    """Carries requests for threads. What goes wrong is raised as httpcore's own errors."""

    def __init__(self, route: Route) -> None:
        self._of_the_tool = PerProcess(httpx.HTTPTransport)
        self._idle = PerProcess(lambda: Idle(route.pool, route.limits.max_keepalive_connections))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request, and returns its reply as soon as its head is there."""
        if _is_replaced(httpx.HTTPTransport.handle_request):
            return self._of_the_tool.get().handle_request(request)
        idle = self._idle.get()
        pool = idle.take()
        try:
            response = pool.handle_request(_of_httpcore(request))
        except BaseException:
            pool.close()
            raise

        def done() -> None:
            for superfluous in idle.give(pool):
                superfluous.close()

        return _of_httpx(response, _Body(response.stream, done))

    def close(self) -> None:
        """Closes the connections of this process."""
        idle = self._idle.drop()
        for pool in idle.empty() if idle is not None else ():
            pool.close()
        if (stand_in := self._of_the_tool.drop()) is not None:
            stand_in.close()


async def _close_all(idle: Idle[httpcore.AsyncConnectionPool]) -> None:
    for pool in idle.empty():
        await pool.aclose()


class AsyncNetworkTransport(httpx.AsyncBaseTransport):
    """Carries requests for coroutines. What goes wrong is raised as httpcore's own errors."""

    def __init__(self, route: Route) -> None:
        self._of_the_tool = PerLoop(httpx.AsyncHTTPTransport, httpx.AsyncHTTPTransport.aclose)
        self._idle = PerLoop(lambda: Idle(route.async_pool, route.limits.max_keepalive_connections), _close_all)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request, and returns its reply as soon as its head is there."""
        if _is_replaced(httpx.AsyncHTTPTransport.handle_async_request):
            return await (await self._of_the_tool.get()).handle_async_request(request)
        idle = await self._idle.get()
        pool = idle.take()
        try:
            response = await pool.handle_async_request(_of_httpcore(request))
        except BaseException:
            with anyio.CancelScope(shield=True):
                await pool.aclose()
            raise

        async def done() -> None:
            for superfluous in idle.give(pool):
                with anyio.CancelScope(shield=True):
                    await superfluous.aclose()

        return _of_httpx(response, _AsyncBody(response.stream, done))

    async def aclose(self) -> None:
        """Closes the connections of this event loop."""
        await self._idle.drop()
        await self._of_the_tool.drop()
