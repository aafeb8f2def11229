"""How a client makes its calls, what it calls, and what is wrong with what it was given."""

from __future__ import annotations

import base64
import contextlib
import math
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import httpx
from attrs import field, frozen

from .base_errors import ConfigurationError
from .environment import certificates, is_loopback, proxy_from_environment, proxy_of
from .redaction import Secret
from .retries import Retries
from .route import Route

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from ssl import SSLContext

DEFAULT_TIMEOUT = 30.0
DEFAULT_MAX_REPLY_SIZE = 64 * 1024 * 1024
DEFAULT_LIMITS = httpx.Limits(max_connections=32, max_keepalive_connections=32, keepalive_expiry=5.0)
# Headers whose values are secrets, by their names.
_SECRET_HEADER = re.compile("auth|token|key|secret|cookie|password", re.IGNORECASE)


@frozen
class Credential:
    """A credential that the contract asks for, and what a client was given for it."""

    name: str
    """The field of a request that carries it."""
    value: Secret
    header: str = ""
    """The header that carries it instead; empty where it is sent in the body."""
    prefix: str = ""
    """What stands before it in the header."""

    @classmethod
    def of(cls, name: str, value: Any, place: Any = "body", header: str = "", prefix: str = "") -> Credential:
        """Checks what a client was given.

        Args:
            name: The field of a request.
            value: The credential.
            place: Where it is sent: `body` or `header`.
            header: The header that the contract has for it.
            prefix: What stands before it there.

        Raises:
            ConfigurationError: It is no credential, or can't be sent there.
        """
        if value is None or value == "":
            raise ConfigurationError(f"{name} is {'None' if value is None else 'empty'}: is the variable set?")
        if not isinstance(value, str):
            raise ConfigurationError(f"{name} must be a string")
        if place not in ("body", "header"):
            raise ConfigurationError(f"{name}_in must be 'body' or 'header'")
        if place == "body":
            return cls(name, Secret(value))
        if not fits_header(value):
            raise ConfigurationError(f"{name} has a character that a header can't carry; send it in the body")
        return cls(name, Secret(value), header, prefix)


def fits_header(value: str) -> bool:
    """Whether a credential can be sent in a header: ASCII characters that can be seen."""
    return bool(re.fullmatch("[!-~]+", value))


@frozen
class Settings:
    """How a client makes its calls."""

    base_url: httpx.URL
    """Without a user's name and password, which are in a header."""
    credentials: Mapping[str, Credential] = field(repr=False)
    """What every call carries, by the name of the field."""
    headers: Mapping[str, str] = field(repr=False)
    """What every request carries."""
    secrets: tuple[Secret, ...] = field(repr=False)
    """What must be shown nowhere."""
    timeout: float | None
    retries: Retries
    max_reply_size: int

    @classmethod
    def of(  # noqa: PLR0913, PLR0917 - they are what a client is given
        cls,
        base_url: Any,
        credentials: Sequence[Credential],
        headers: Mapping[str, str] | None,
        timeout: float | None,
        retries: int | Retries,
        max_reply_size: int,
    ) -> Settings:
        """Checks what a client was given.

        Raises:
            ConfigurationError: A part of it can't be.
        """
        url = _url(base_url)
        check_timeout(timeout)
        sent = _headers(url, headers or {}, credentials)
        secrets = [credential.value for credential in credentials]
        secrets += [Secret(value) for name, value in sent.items() if _SECRET_HEADER.search(name)]
        if url.password:
            secrets.append(Secret(url.password))
        return cls(
            base_url=url.copy_with(username=None, password=None),
            credentials={credential.name: credential for credential in credentials},
            headers=sent,
            secrets=tuple(secrets),
            timeout=timeout,
            retries=retries if isinstance(retries, Retries) else Retries(retries),
            max_reply_size=max_reply_size,
        )

    @property
    def shown_url(self) -> str:
        """The base URL, without what may be secret in it."""
        return shown(self.base_url)


@frozen
class Setup:
    """All that a client is made of, and what its maker is to be warned of."""

    settings: Settings
    route: Route | None
    """None where a transport of the maker's carries the requests."""
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(  # noqa: PLR0913 - they are what a client is given
        cls,
        settings: Settings,
        *,
        transport: Any,
        verify: SSLContext | str | bool,
        proxy: httpx.Proxy | httpx.URL | str | None,
        trust_env: bool,
        limits: httpx.Limits,
        http2: bool,
    ) -> Setup:
        """Finds the way to the server.

        Raises:
            ConfigurationError: There is none, for what a variable of the environment or an argument says.
        """
        url, variable = settings.base_url, ""
        if http2 and find_spec("h2") is None:
            raise ConfigurationError("http2 needs a package: pip install 'httpx[http2]'")
        if transport is not None:
            return cls(settings, None, _warnings(settings, ""))
        context = certificates(verify, trust_env=trust_env)
        through = None if proxy is None else proxy_of("proxy", proxy)
        if through is None and trust_env and (found := proxy_from_environment(url)):
            variable, through = found
        route = Route(context, through, limits, http2)
        return cls(settings, route, _warnings(settings, variable))


def set_up(
    base_url: Any, credentials: Sequence[tuple[Any, ...]], options: Mapping[str, Any], transport: Any
) -> Setup | ConfigurationError:
    """Checks all that a client was given.

    What is wrong is returned and not raised, so that no traceback runs through a frame that holds a secret.

    Args:
        base_url: Where the API is.
        credentials: What makes a `Credential`, for each of them.
        options: The further arguments of `Settings.of` and `Setup.of`, by name.
        transport: What carries the requests instead of the network.
    """
    own = {name: options[name] for name in ("headers", "timeout", "retries", "max_reply_size")}
    way = {name: option for name, option in options.items() if name not in own}
    try:
        settings = Settings.of(base_url, [Credential.of(*one) for one in credentials], **own)
        return Setup.of(settings, transport=transport, **way)
    except ConfigurationError as error:
        problem = str(error)
    return ConfigurationError(problem)


def check_timeout(timeout: Any) -> None:
    """Checks a timeout.

    Raises:
        ConfigurationError: It is no number of seconds above 0, and not None.
    """
    is_number = isinstance(timeout, int | float) and not isinstance(timeout, bool)
    if timeout is not None and not (is_number and math.isfinite(timeout) and timeout > 0):
        raise ConfigurationError("timeout must be a number of seconds above 0, or None for no bound")


def shown(url: httpx.URL) -> str:
    """The URL without what may be secret in it: a user's name and password, and the query."""
    return str(httpx.URL(scheme=url.scheme, host=url.host, port=url.port, path=url.path))


def _url(given: Any) -> httpx.URL:
    if given is None or given == "":
        raise ConfigurationError(f"the base URL is {'None' if given is None else 'empty'}: is the variable set?")
    url = httpx.URL()
    # What httpx says of a wrong one may hold a part of a password, so it is not repeated.
    with contextlib.suppress(httpx.InvalidURL):
        url = httpx.URL(str(given).rstrip("/")) if isinstance(given, str | httpx.URL) else url
    if url.scheme not in ("http", "https") or not url.host or url.query or url.fragment:
        raise ConfigurationError("the base URL must be https:// or http://, a host, and at most a path")
    return url


def _headers(url: httpx.URL, given: Mapping[str, Any], credentials: Sequence[Credential]) -> dict[str, str]:
    """The headers that every request carries but those of credentials, which a request may bring itself."""
    sent: dict[str, Any] = {str(name).lower(): value for name, value in given.items()}
    taken = {credential.header.lower() for credential in credentials if credential.header}
    if url.userinfo:
        if "authorization" in sent or "authorization" in taken:
            raise ConfigurationError(
                "the base URL has a user, which needs the header Authorization, and so does another"
            )
        user = f"{url.username}:{url.password}".encode()
        sent["authorization"] = f"Basic {base64.b64encode(user).decode()}"
    if twice := taken & sent.keys():
        raise ConfigurationError(f"headers has {min(twice)}, which the credential is sent in")
    for name, value in sent.items():
        if not (isinstance(value, str) and fits_header(name) and re.fullmatch(r"[\t -~]*", value)):
            raise ConfigurationError(f"headers: {name!r} is no header of ASCII characters")
    return sent


def _warnings(settings: Settings, variable: str) -> tuple[str, ...]:
    url = settings.base_url
    if url.scheme != "http" or not settings.secrets or is_loopback(url.host):
        return ()
    way = f", through the proxy that {variable} names" if variable else ""
    return (f"credentials are sent to {url.host} unencrypted{way}; use https",)
