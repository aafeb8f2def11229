"""The way to the server: certificates, a proxy, and the connections that are made of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpcore
from attrs import frozen

from .deadline import DeadlineBackend

if TYPE_CHECKING:
    from ssl import SSLContext

    import httpx


@frozen
class Route:
    """What connections to the server are made of."""

    ssl_context: SSLContext | None
    """How certificates are checked; None where nothing is encrypted."""
    proxy: httpx.Proxy | None
    """The proxy to go through."""
    limits: httpx.Limits
    """How many idle connections are kept, and for how long."""
    http2: bool = False
    """Whether HTTP/2 is offered."""

    def pool(self) -> httpcore.ConnectionPool:
        """New connections for threads, which keep deadlines."""
        arguments: dict[str, Any] = {**self._arguments(), "network_backend": DeadlineBackend()}
        if self.proxy is None:
            return httpcore.ConnectionPool(**arguments)
        kind = httpcore.SOCKSProxy if self._is_socks else httpcore.HTTPProxy
        return kind(**arguments, **self._of_the_proxy(self.proxy))

    def async_pool(self) -> httpcore.AsyncConnectionPool:
        """New connections for coroutines."""
        arguments = self._arguments()
        if self.proxy is None:
            return httpcore.AsyncConnectionPool(**arguments)
        kind = httpcore.AsyncSOCKSProxy if self._is_socks else httpcore.AsyncHTTPProxy
        return kind(**arguments, **self._of_the_proxy(self.proxy))

    @property
    def _is_socks(self) -> bool:
        return self.proxy is not None and self.proxy.url.scheme.startswith("socks")

    def _arguments(self) -> dict[str, Any]:
        return {
            "ssl_context": self.ssl_context,
            # One call at a time uses it, so there is never more than one that is open.
            "max_connections": None,
            "keepalive_expiry": self.limits.keepalive_expiry,
            "http2": self.http2,
        }

    def _of_the_proxy(self, proxy: httpx.Proxy) -> dict[str, Any]:
        url = httpcore.URL(
            scheme=proxy.url.raw_scheme, host=proxy.url.raw_host, port=proxy.url.port, target=proxy.url.raw_path
        )
        arguments: dict[str, Any] = {"proxy_url": url, "proxy_auth": proxy.raw_auth}
        if not self._is_socks:
            arguments["proxy_headers"] = proxy.headers.raw
            # httpcore takes one only for a proxy that it reaches by https.
            arguments["proxy_ssl_context"] = proxy.ssl_context if proxy.url.scheme == "https" else None
        return arguments
