"""How the server is reached: whom to trust, who to be, through which proxy, and with which headers of a gateway."""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from profile_relations_conformance.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path
    from urllib.parse import SplitResult

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OWN = frozenset({"accept", "accept-encoding", "connection", "content-length", "content-type", "transfer-encoding"})
"""Header fields that the requests of the suite have by themselves."""


@dataclass(frozen=True)
class ConnectionOptions:
    """How the server is reached.

    Attributes:
        ca_file: The certificate authorities to trust, in PEM, in place of the usual ones.
        client_cert: A certificate and its key, in PEM, that the server is shown.
        proxy: URL of the proxy that all requests go through, which may have credentials.
        headers: Header fields of a gateway: the name, and the environment variable that holds the value.
        no_env: Whether variables that name a proxy or certificates are not heard.
        insecure: Whether any certificate is taken.
    """

    ca_file: Path | None = None
    client_cert: Path | None = None
    proxy: str | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = ()
    no_env: bool = False
    insecure: bool = False

    def header_values(self) -> dict[str, str]:
        """Takes the values of the gateway's headers from their variables.

        Raises:
            UsageError: If a variable is not set, or holds what no header can carry. The value is never told.
        """
        return {name: _header_value(name, variable) for name, variable in self.headers}

    def proxy_for(self, url: str) -> str | None:
        """Gives the URL of the proxy that requests to a URL go through, or None.

        A proxy that an option names is always taken. One of the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`)
        is not, where `NO_PROXY` names the host, or where the host is this machine.

        Raises:
            UsageError: If it is no URL of a proxy of HTTP.
        """
        if self.proxy is not None:
            return _checked(self.proxy, "--proxy")
        parts = urlsplit(url)
        if self.no_env or _is_this_machine(parts.hostname or "") or proxy_bypass(parts.netloc):
            return None
        proxies = getproxies()
        named = next((name for name in (parts.scheme, "all") if proxies.get(name)), None)
        return None if named is None else _checked(proxies[named], f"{named.upper()}_PROXY")

    def secrets(self, url: str) -> dict[str, str]:
        """Gives what no report may show, by what stands for it: the headers' values and the proxy's password."""
        found = {f"header {name}": value for name, value in self.header_values().items()}
        proxy = urlsplit(self.proxy_for(url) or "")
        if proxy.password:
            found |= {"proxy password": unquote(proxy.password)}
        return found

    def as_recorded(self, url: str) -> dict[str, Any]:
        """Gives what a report says of the way to a URL; no value of a header, and the proxy without credentials."""
        proxy = self.proxy_for(url)
        return {
            "ca_file": None if self.ca_file is None else str(self.ca_file),
            "client_cert": None if self.client_cert is None else str(self.client_cert),
            "proxy": None if proxy is None else without_credentials(proxy),
            "headers": [name for name, _ in self.headers],
            "no_env": self.no_env,
            "insecure": self.insecure,
        }


DIRECT = ConnectionOptions()
"""As the environment says."""


def header_of(text: str) -> tuple[str, str]:
    """Reads `NAME=ENV`: the name of a header field, and of the environment variable that holds its value.

    Raises:
        ValueError: If it is not that, or the header is one that requests have anyway.
    """
    name, _, variable = text.partition("=")
    if not _NAME.fullmatch(name) or not variable:
        raise ValueError("write it as NAME=ENV, where the environment variable ENV holds the value")
    if name.lower() in _OWN:
        raise ValueError(f"every request has its own {name}")
    return name, variable


def without_credentials(url: str) -> str:
    """Gives the scheme, the host and the port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _header_value(name: str, variable: str) -> str:
    value = os.environ.get(variable)
    if not value:
        raise UsageError(
            f"the environment variable {variable}, which holds the header {name}, is not set",
            f"Run: export {variable}=…",
        )
    if not (value.isascii() and value.isprintable() and value == value.strip()):
        raise UsageError(
            f"what {variable} holds can't be sent as the header {name}", "Look for a line break or a space"
        )
    return value


def _checked(url: str, named: str) -> str:
    """Gives the URL of a proxy; like curl, one without a scheme is of HTTP. It is never told, for its credentials."""
    url = url if "://" in url else f"http://{url}"
    try:
        parts: SplitResult | None = urlsplit(url)
        _ = parts and parts.port
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f"{named} is no http or https URL of a proxy", "Write it as http://host:port")
    return url


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
