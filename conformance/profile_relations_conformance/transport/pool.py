"""The pool of connections to a server, made of the options that say how it is reached."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import unquote, urlsplit

import httpcore
import httpx

from profile_relations_conformance.errors import UsageError
from profile_relations_conformance.transport.connection import without_credentials
from profile_relations_conformance.transport.deadline import DeadlineBackend, DeadlineTransport

if TYPE_CHECKING:
    from pathlib import Path

    from profile_relations_conformance.transport.connection import ConnectionOptions

CONNECTIONS = 16
"""Connections at a time."""


def make_transport(options: ConnectionOptions, url: str) -> DeadlineTransport:
    """Opens the way to a server. Nothing is connected yet.

    Args:
        options: How it is reached.
        url: Where requests go.

    Raises:
        UsageError: If a file, or what names the proxy, can't be used.
    """
    context = _context(options)
    if options.client_cert is not None:
        _show(context, options.client_cert)
    shared: dict[str, Any] = {
        "ssl_context": context,
        "max_connections": CONNECTIONS,
        "max_keepalive_connections": CONNECTIONS,
        "network_backend": DeadlineBackend(),
    }
    proxy = options.proxy_for(url)
    if proxy is None:
        return DeadlineTransport(httpcore.ConnectionPool(**shared))
    parts = urlsplit(proxy)
    credentials = None if parts.username is None else (unquote(parts.username), unquote(parts.password or ""))
    trusted = _context(options) if parts.scheme == "https" else None
    address = without_credentials(proxy)
    return DeadlineTransport(httpcore.HTTPProxy(address, proxy_auth=credentials, proxy_ssl_context=trusted, **shared))


def _context(options: ConnectionOptions) -> ssl.SSLContext:
    if options.insecure:
        return httpx.create_ssl_context(verify=False)
    try:
        if options.ca_file is not None:
            return ssl.create_default_context(cafile=options.ca_file)
        return httpx.create_ssl_context(trust_env=not options.no_env)
    except (OSError, ValueError) as error:
        named = "SSL_CERT_FILE" if options.ca_file is None else f"--ca-file {options.ca_file}"
        raise UsageError(f"{named} can't be used ({_words(error)})", "Name certificates in PEM") from None


def _show(context: ssl.SSLContext, file: Path) -> None:
    def refuse() -> NoReturn:
        raise UsageError(f"the key in --client-cert {file} is encrypted", "Name a file whose key is not")

    try:
        context.load_cert_chain(file, password=refuse)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"--client-cert {file} can't be used ({_words(error)})", "Name a certificate and its key in one PEM file"
        ) from None


def _words(error: Exception) -> str:
    return getattr(error, "strerror", None) or getattr(error, "reason", None) or str(error)
