"""Clients for the functions in `api`, as openapi-python-client has them. The typed clients don't use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import httpx
from attrs import define, evolve, field

from .settings import shown

if TYPE_CHECKING:
    import ssl
    from types import TracebackType


def _without_user(url: str) -> str:
    """A base URL as a `repr` shows it: without a user's name and password."""
    return repr(shown(httpx.URL(url)))


@define
class Client:
    """Keeps what the functions in `api` need to reach a server.

    Args:
        base_url: The URL that the paths of the API are relative to.
        raise_on_unexpected_status: Whether a status that the contract doesn't name raises `errors.UnexpectedStatus`.
        cookies: Sent with every request.
        headers: Sent with every request.
        timeout: As in httpx.
        verify_ssl: As `verify` in httpx.
        follow_redirects: As in httpx.
        httpx_args: Further arguments for `httpx.Client` and `httpx.AsyncClient`.
    """

    raise_on_unexpected_status: bool = field(default=False, kw_only=True)
    _base_url: str = field(alias="base_url", repr=_without_user)
    _cookies: dict[str, str] = field(factory=dict[str, str], kw_only=True, alias="cookies", repr=False)
    _headers: dict[str, str] = field(factory=dict[str, str], kw_only=True, alias="headers", repr=False)
    _timeout: httpx.Timeout | None = field(default=None, kw_only=True, alias="timeout")
    _verify_ssl: str | bool | ssl.SSLContext = field(default=True, kw_only=True, alias="verify_ssl")
    _follow_redirects: bool = field(default=False, kw_only=True, alias="follow_redirects")
    _httpx_args: dict[str, Any] = field(factory=dict[str, Any], kw_only=True, alias="httpx_args", repr=False)
    _client: httpx.Client | None = field(default=None, init=False, repr=False)
    _async_client: httpx.AsyncClient | None = field(default=None, init=False, repr=False)

    def with_headers(self, headers: dict[str, str]) -> Self:
        """A new client with these headers as well; connections that are open get them, too."""
        for client in (self._client, self._async_client):
            if client is not None:
                client.headers.update(headers)
        return evolve(self, headers={**self._headers, **headers})

    def with_cookies(self, cookies: dict[str, str]) -> Self:
        """A new client with these cookies as well; connections that are open get them, too."""
        for client in (self._client, self._async_client):
            if client is not None:
                client.cookies.update(cookies)
        return evolve(self, cookies={**self._cookies, **cookies})

    def with_timeout(self, timeout: httpx.Timeout) -> Self:
        """A new client with this timeout; connections that are open get it, too."""
        for client in (self._client, self._async_client):
            if client is not None:
                client.timeout = timeout
        return evolve(self, timeout=timeout)

    def set_httpx_client(self, client: httpx.Client) -> Self:
        """Uses this httpx client, with its own base URL and settings."""
        self._client = client
        return self

    def get_httpx_client(self) -> httpx.Client:
        """The httpx client, which is made on first use."""
        if self._client is None:
            self._client = httpx.Client(**self._arguments())
        return self._client

    def __enter__(self) -> Self:
        """Opens the httpx client; it can't be opened twice."""
        self.get_httpx_client().__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Closes the httpx client."""
        self.get_httpx_client().__exit__(kind, error, traceback)

    def set_async_httpx_client(self, async_client: httpx.AsyncClient) -> Self:
        """Uses this httpx client, with its own base URL and settings."""
        self._async_client = async_client
        return self

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """The httpx client for coroutines, which is made on first use."""
        if self._async_client is None:
            self._async_client = httpx.AsyncClient(**self._arguments())
        return self._async_client

    async def __aenter__(self) -> Self:
        """Opens the httpx client for coroutines; it can't be opened twice."""
        await self.get_async_httpx_client().__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Closes the httpx client for coroutines."""
        await self.get_async_httpx_client().__aexit__(kind, error, traceback)

    def _arguments(self) -> dict[str, Any]:
        return {
            "base_url": self._base_url,
            "cookies": self._cookies,
            "headers": self._headers,
            "timeout": self._timeout,
            "verify": self._verify_ssl,
            "follow_redirects": self._follow_redirects,
            **self._httpx_args,
        }


@define
class AuthenticatedClient(Client):
    """A client that sends a token in a header.

    Args:
        token: The token.
        prefix: What stands before it in the header; empty for the token alone.
        auth_header_name: The header's name.
    """

    token: str = field(repr=False)
    prefix: str = "Bearer"
    auth_header_name: str = "Authorization"

    def _arguments(self) -> dict[str, Any]:
        self._headers[self.auth_header_name] = f"{self.prefix} {self.token}" if self.prefix else self.token
        return super()._arguments()
