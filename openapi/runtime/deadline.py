"""Connections that keep one deadline over the whole of an attempt.

httpx bounds each read by itself, so a server that sends a byte now and then would never time out. Here the timeout that
httpx hands down is a number that knows when the attempt ends, and each step gets only what is left until then.
Coroutines need none of this, since they can be cancelled.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpcore

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ssl import SSLContext

# A connection may take a part of what is written to it, and then waits anew for each further part. So it gets little at
# a time, and between two writes the time is looked at.
_WRITTEN_AT_ONCE = 4096


class Deadline(float):
    """A timeout in seconds, as httpx wants it, which also knows when the time is up."""

    expires: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """The deadline that many seconds from now."""
        deadline = cls(seconds)
        deadline.expires = time.monotonic() + seconds
        return deadline

    def left(self) -> float:
        """The seconds until it; 0 or less where it has passed."""
        return self.expires - time.monotonic()


def _left(timeout: float | None, error: type[Exception]) -> float | None:
    if not isinstance(timeout, Deadline):
        return timeout
    left = timeout.left()
    if left <= 0:
        raise error("the attempt took too long")
    return left


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _WRITTEN_AT_ONCE):
            part = buffer[start : start + _WRITTEN_AT_ONCE]
            self._stream.write(part, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout, httpcore.ConnectTimeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class DeadlineBackend(httpcore.SyncBackend):
    """Opens connections that keep deadlines."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Opens one to a host."""
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(super().connect_tcp(host, port, left, local_address, socket_options))
