"""What the environment says about the way to a server: proxies and certificates."""

from __future__ import annotations

import contextlib
import os
import ssl
import urllib.request
from importlib.util import find_spec
from ipaddress import ip_address, ip_network
from pathlib import Path

import httpx

from .base_errors import ConfigurationError


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def certificates(verify: ssl.SSLContext | str | bool, *, trust_env: bool) -> ssl.SSLContext:
    """How certificates are checked.

    Args:
        verify: A context, a file or folder of trusted certificates, or whether they are checked at all.
        trust_env: Whether `SSL_CERT_FILE` and `SSL_CERT_DIR` are read.

    Raises:
        ConfigurationError: There are no certificates where they should be.
    """
    if isinstance(verify, ssl.SSLContext):
        return verify
    if isinstance(verify, str):
        return _trusting("verify", verify)
    for variable in ("SSL_CERT_FILE", "SSL_CERT_DIR") if verify and trust_env else ():
        if place := os.environ.get(variable):
            return _trusting(variable, place)
    return httpx.create_ssl_context(verify=verify, trust_env=False)


def _trusting(source: str, place: str) -> ssl.SSLContext:
    try:
        if Path(place).is_dir():
            return ssl.create_default_context(capath=place)
        return ssl.create_default_context(cafile=place)
    except OSError as error:
        reason = error.strerror or str(error)
    raise ConfigurationError(f"{source} names no certificates that can be read: {place} ({reason})")


def proxy_from_environment(url: httpx.URL) -> tuple[str, httpx.Proxy] | None:
    """The proxy that the environment names for a URL, with its variable; None where there is none.

    Every variable is looked at, also those that are not for this URL, so that a slip shows at once. This machine is
    never reached through a proxy.

    Raises:
        ConfigurationError: A variable can't be read.
    """
    named = urllib.request.getproxies()
    proxies = {
        scheme: proxy_of(_variable(scheme), named[scheme]) for scheme in ("http", "https", "all") if named.get(scheme)
    }
    spared = _is_spared(url.host, named.get("no", ""))
    scheme = url.scheme if url.scheme in proxies else "all"
    if spared or is_loopback(url.host) or scheme not in proxies:
        return None
    return _variable(scheme), proxies[scheme]


def proxy_of(source: str, given: httpx.Proxy | httpx.URL | str) -> httpx.Proxy:
    """The proxy that a variable or an argument names.

    Raises:
        ConfigurationError: It names none. What it says is not repeated, since a password may be in it.
    """
    if isinstance(given, httpx.Proxy):
        return given
    if isinstance(given, str) and "://" not in given:
        given = f"http://{given}"
    proxy = None
    with contextlib.suppress(ValueError, TypeError, httpx.InvalidURL):
        proxy = httpx.Proxy(given)
    if proxy is None or not proxy.url.host:
        raise ConfigurationError(f"{source} names no proxy: it must be http://, https:// or socks5://, and a host")
    if proxy.url.scheme.startswith("socks") and find_spec("socksio") is None:
        raise ConfigurationError(f"{source} names a SOCKS proxy, which needs a package: pip install 'httpx[socks]'")
    return proxy


def _variable(scheme: str) -> str:
    """The variable that names a proxy, as it is spelled in the environment."""
    name = f"{scheme}_proxy"
    return name if name in os.environ else name.upper()


def _is_spared(host: str, listed: str) -> bool:
    """Whether `NO_PROXY` lists a host."""
    entries = [entry.strip().lower() for entry in listed.split(",") if entry.strip()]
    for entry in entries:
        if "[" in entry or "]" in entry:
            raise ConfigurationError(f"{_variable('no')} lists {entry}; write an IPv6 address without brackets")
    return any(_covers(entry, host) for entry in entries)


def _covers(entry: str, host: str) -> bool:
    if entry == "*":
        return True
    try:
        return ip_address(host) in ip_network(entry, strict=False)
    except ValueError:
        name = entry.rpartition("://")[2].partition(":")[0].removeprefix("*").removeprefix(".")
    return host == name or host.endswith(f".{name}")
