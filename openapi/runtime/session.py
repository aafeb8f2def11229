"""Prepares a request, for the drivers in threads and in coroutines alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn, cast

import httpcore
import httpx

from .base_errors import ClosedError, InvalidRequestError
from .codec import encode
from .exchange import Prepared
from .operations import choose
from .redaction import Redactor, Secret
from .replies import ACCEPTED_ENCODINGS, BodyTooLargeError, BodyUnreadableError
from .settings import check_timeout, fits_header
from .types import UNSET, Unset
from .version import PACKAGE, __version__

if TYPE_CHECKING:
    from .operations import Operation
    from .settings import Settings

_HEADERS = {
    "accept": "application/json",
    "accept-encoding": ACCEPTED_ENCODINGS,
    "user-agent": f"{PACKAGE.replace('_', '-')}/{__version__}",
}
_KEPT_URLS = 64

FAILURES = (
    # What reaching a server may raise besides the errors of the libraries below: a host name that can't be encoded, a
    # socket that can't be made.
    httpx.HTTPError,
    httpx.StreamError,
    httpx.InvalidURL,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    OSError,
    UnicodeError,
    BodyTooLargeError,
    BodyUnreadableError,
)
"""What an attempt may end in."""


def _value(operation: Operation, request: Any, given: Mapping[str, Any]) -> Mapping[str, Any] | TypeError:
    """The JSON object that a request model or the fields of one make, or what to raise."""
    if isinstance(request, Unset):
        return {operation.fields[name]: encode(argument) for name, argument in given.items()}
    if given:
        return TypeError(f"{operation.name}() takes one request or the fields of one")
    if type(request) not in [variant.model for variant in operation.variants]:
        return TypeError(f"{operation.name}() takes no request of the type {type(request).__name__}")
    try:
        value: Mapping[str, Any] = request.to_dict()
    except AttributeError:
        return TypeError(f"{operation.name}(): a member of {type(request).__name__} has a wrong type")
    return value


class Session:
    """What both drivers share: preparing a request."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.is_closed = False
        self._urls: dict[str, httpx.URL] = {}

    def prepare(
        self, operation: Operation, request: Any, arguments: Mapping[str, Any], timeout: float | Unset | None
    ) -> Prepared:
        """Makes a request of a model or of arguments.

        Raises:
            InvalidRequestError: They fit no request of the contract.
            ConfigurationError: The timeout is none.
            ClosedError: The client was closed.
            TypeError: An argument stands beside a model, or the model is none of this operation.
        """
        if self.is_closed:
            raise closed()
        if isinstance(timeout, Unset):
            timeout = self.settings.timeout
        else:
            check_timeout(timeout)
        prepared = self._prepared(operation, request, arguments, timeout)
        if isinstance(prepared, Exception):
            raise prepared
        return prepared

    def prepare_item(self, operation: Operation, item: Any, timeout: float | Unset | None) -> Prepared:
        """Makes a request of a request model, or of a mapping with the arguments of one.

        Raises:
            InvalidRequestError: It fits no request of the contract, or is neither.
            ClosedError: The client was closed.
        """
        problem = ""
        is_mapping = isinstance(item, Mapping)
        arguments = cast("Mapping[str, Any]", item) if is_mapping else dict[str, Any]()
        if unknown := arguments.keys() - operation.fields.keys() - operation.parameters:
            problem = f"{operation.name}: {min(map(str, unknown))} is unknown"
        try:
            if not problem:
                request = UNSET if is_mapping else item
                return self.prepare(operation, request, arguments, timeout)
        except TypeError as error:
            problem = str(error)
        raise InvalidRequestError(problem)

    def _prepared(
        self, operation: Operation, request: Any, arguments: Mapping[str, Any], timeout: float | None
    ) -> Prepared | Exception:
        """The request, or what to raise; this frame holds the credentials, so it raises nothing itself."""
        given = {name: argument for name, argument in arguments.items() if not isinstance(argument, Unset)}
        parameters = {name: given.pop(name) for name in operation.parameters & given.keys()}
        if operation.variants and (operation.body_required or given or not isinstance(request, Unset)):
            value = _value(operation, request, given)
            if isinstance(value, TypeError):
                return value
            credentials = {name: one.value.reveal() for name, one in self.settings.credentials.items()}
            model = choose(operation, value, credentials)
            if isinstance(model, InvalidRequestError):
                return model
            parameters["body"] = model
        return self._request(operation, parameters, timeout)

    def _request(
        self, operation: Operation, parameters: Mapping[str, Any], timeout: float | None
    ) -> Prepared | Exception:
        kwargs = operation.get_kwargs(**parameters)
        headers = {**_HEADERS, **self.settings.headers}
        headers |= {name.lower(): value for name, value in kwargs.get("headers", {}).items()}
        secrets = [*self.settings.secrets]
        if "json" in kwargs:
            body = kwargs.pop("json")
            secrets += [Secret(body[name]) for name in self.settings.credentials if isinstance(body.get(name), str)]
            if not self._move_to_headers(body, headers):
                return InvalidRequestError(f"{operation.name}: a credential has a character that a header can't carry")
            try:
                kwargs["content"] = json.dumps(body, separators=(",", ":"), allow_nan=False).encode()
            except (TypeError, ValueError, RecursionError):
                return InvalidRequestError(f"{operation.name}: a member can't be written as JSON")
        kwargs["headers"] = headers
        kwargs["url"] = self._url(kwargs["url"])
        return Prepared(httpx.Request(**kwargs), Redactor(secrets), timeout)

    def _move_to_headers(self, body: dict[str, Any], headers: dict[str, str]) -> bool:
        """Moves each credential that is sent in a header there, and says whether it can be."""
        for name, credential in self.settings.credentials.items():
            if credential.header:
                value = body.pop(name, credential.value.reveal())
                if not fits_header(value):
                    return False
                headers[credential.header.lower()] = f"{credential.prefix}{value}"
        return True

    def _url(self, path: str) -> httpx.URL:
        """The whole URL of a path of the API; a few are kept, since parsing takes its time."""
        if path not in self._urls:
            if len(self._urls) >= _KEPT_URLS:
                self._urls.clear()
            self._urls[path] = httpx.URL(f"{self.settings.base_url}{path}")
        return self._urls[path]

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client can't be copied or pickled: it holds credentials and connections")


def closed() -> ClosedError:
    """The error of a call that is made after its client was closed."""
    return ClosedError("the client is closed")
