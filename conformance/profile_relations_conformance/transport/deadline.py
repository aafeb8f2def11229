"""Connections that keep one deadline over the whole of an exchange.

httpx bounds each read by itself, so that a server which sends a byte now and then would never time out. Here every
step, from the connection to the reply's last byte, gets what is left of the same time.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self

import httpcore
import httpx

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator


WRITTEN_AT_ONCE = 16 * 1024


class Deadline(float):
    """Seconds that an exchange may take, as httpx passes them on, and the time at which they are over.

    Attributes:
        connected: Whether a connection was opened for the exchange; an older one may have been closed meanwhile.
    """

    __slots__ = ("_ends", "connected")
    _ends: float
    connected: bool

    @classmethod
    def after(cls, seconds: float) -> Self:
        """Gives the deadline that is so many seconds from now."""
        deadline = cls(seconds)
        deadline._ends = time.monotonic() + seconds
        deadline.connected = False
        return deadline

    def left(self) -> float:
        """Seconds that are left.

        Raises:
            httpcore.ReadTimeout: If there are none.
        """
        left = self._ends - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for the exchange is over")
        return left

    def extensions(self) -> dict[str, Any]:
        """Gives what a request to httpx needs for its every step to be bound by this deadline."""
        return {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), self)}


def _left(timeout: float | None) -> float | None:
    return timeout.left() if isinstance(timeout, Deadline) else timeout


class _Stream(httpcore.NetworkStream):
    """A connection whose every operation gets what is left of the time."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # One call may wait for a slow reader again and again; each gets what is left of the time, so they are many.
        for start in range(0, len(buffer), WRITTEN_AT_ONCE):
            self._stream.write(buffer[start : start + WRITTEN_AT_ONCE], _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's own type
        return self._stream.get_extra_info(info)


class DeadlineBackend(httpcore.SyncBackend):
    """Opens such connections."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Opens a connection to a host."""
        if isinstance(timeout, Deadline):
            timeout.connected = True
        return _Stream(super().connect_tcp(host, port, _left(timeout), local_address, socket_options))


class _Body(httpx.SyncByteStream):
    """The body of a reply as it arrives."""

    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        if hasattr(self._stream, "close"):
            self._stream.close()


class DeadlineTransport(httpx.BaseTransport):
    """Sends requests over pooled connections. What goes wrong is raised as httpcore's own exceptions.

    Args:
        pool: Makes and keeps the connections, with a DeadlineBackend.
    """

    def __init__(self, pool: httpcore.ConnectionPool) -> None:
        self._pool = pool

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request and gives its reply as soon as the headers are there."""
        response = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        body = _Body(response.stream)  # type: ignore[arg-type] # of a pool that is not asynchronous
        return httpx.Response(response.status, headers=response.headers, stream=body)

    def close(self) -> None:
        """Closes all connections."""
        self._pool.close()
