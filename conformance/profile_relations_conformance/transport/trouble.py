"""What kept a reply from coming: the kind of trouble, and the words for it."""

from __future__ import annotations

import socket
import ssl
from enum import Enum

import httpcore


class Trouble(Enum):
    """Why no connection came about."""

    NO_HOST = "no such host"
    REFUSED = "no connection"
    CERTIFICATE = "the certificate is not trusted"
    TLS = "TLS failed"
    PROXY = "the proxy refuses"


CONNECT_ERRORS = (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.ProxyError, httpcore.UnsupportedProtocol)


def trouble_of(error: Exception) -> tuple[Trouble, str]:
    """Gives the kind of trouble that an exception of a connection tells of, and its words."""
    if isinstance(error, httpcore.ProxyError):
        return Trouble.PROXY, str(error) or "no reason given"
    cause = _cause(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Trouble.CERTIFICATE, cause.verify_message or cause.reason
    if isinstance(cause, ssl.SSLError):
        return Trouble.TLS, (cause.reason or str(cause)).replace("_", " ").lower()
    words = getattr(cause, "strerror", None) or str(error) or "no answer"
    return Trouble.NO_HOST if isinstance(cause, socket.gaierror) else Trouble.REFUSED, words


def is_about_tls(error: Exception) -> bool:
    """Says whether a connection broke off over TLS, as where a server misses a certificate that it asked for."""
    return isinstance(_cause(error), ssl.SSLError)


def _cause(error: BaseException) -> BaseException | None:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, OSError):
        cause = cause.__cause__ or cause.__context__
    return cause
