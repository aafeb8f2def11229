"""What a reply says: a success with its result, or the error to raise."""

from __future__ import annotations

from json import JSONDecoder
from typing import TYPE_CHECKING, Any, NoReturn

import httpx

from .base_errors import (
    ApiError,
    MalformedReplyError,
    MismatchError,
    ReplyError,
    ReplyTooLargeError,
    UnexpectedStatusError,
)
from .codec import integer, mismatch
from .replies import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .operations import Operation, Refusal, Success
    from .redaction import Redactor

# What an error keeps of a body, of the API's own words, and of a message. It is enough to see what there was.
_KEPT = 64 * 1024
_KEPT_WORDS = 4096
_LONGEST_MESSAGE = 300
# Lists and objects take far more memory than the two characters that they are written in, so there is a bound for them.
_MOST_CONTAINERS = 1_500_000


class _UnreadableError(Exception):
    """Why a body is no JSON that can be read. It is turned into an error of the package."""


def interpret(operation: Operation, reply: Reply[None], redactor: Redactor) -> Reply[Any] | ReplyError:
    """What a reply says: a success with its result, or the error to raise."""
    success = next((one for one in operation.successes if one.lowest <= reply.status <= one.highest), None)
    if success is not None and success.kind != "json":
        return _with(reply, _plain(success.kind, reply.body))
    if not reply.body.strip():
        return _unreadable(success, reply, redactor, f"HTTP {reply.status} with an empty body")
    if reply.body.count(b"[") + reply.body.count(b"{") > _MOST_CONTAINERS:
        words = f"HTTP status {reply.status}, and the body holds more than {_MOST_CONTAINERS} lists and objects"
        return ReplyTooLargeError(words, hidden(reply, redactor))
    try:
        return _read(operation, success, _json(reply), reply, redactor)
    except _UnreadableError as error:
        problem = str(error)
    except MismatchError as error:
        problem = f"the body isn't what the contract says: {error}"
    return _unreadable(success, reply, redactor, f"HTTP status {reply.status}, and {problem}")


def _read(
    operation: Operation, success: Success | None, value: Any, reply: Reply[None], redactor: Redactor
) -> Reply[Any] | ApiError:
    """Reads a JSON value. What says whether the request was carried out decides, whatever stands beside it."""
    for refusal in operation.refusals:
        code = _code(refusal, value)
        if code is not None and code != refusal.success:
            return _api_error(refusal, code, value, reply, redactor)
    if success is None:
        raise MismatchError("is a success, under a status of none" if operation.refusals else "is none that it names")
    return _with(reply, success.decode(value, True))


def _code(refusal: Refusal, value: Any) -> int | None:
    """The number that says how it went; None where a value without one is a success."""
    if not isinstance(value, dict):
        if refusal.success is None:
            return None
        raise mismatch("an object", value)
    if refusal.code in value:
        try:
            return integer(value[refusal.code])
        except MismatchError as error:
            error.enter(refusal.code)
            raise
    if refusal.success is None:
        return None
    raise MismatchError("is missing", [refusal.code])


def _json(reply: Reply[None]) -> Any:
    try:
        return _JSON.decode(reply.body.decode("utf-8-sig"))
    except RecursionError:
        reason = "nested too deeply"
    except ValueError as error:
        reason = str(error)
    media_type = reply.headers.get("content-type", "without a content type")[:100]
    raise _UnreadableError(f"the body is no JSON, but {media_type}: {reason}")


def hidden(reply: Reply[None], redactor: Redactor) -> Reply[None]:
    """The start of the reply, without the credentials that the server may have repeated in it."""
    headers = [(redactor.body(name), redactor.body(value)) for name, value in reply.headers.raw]
    return Reply(reply.status, httpx.Headers(headers), redactor.body(reply.body[:_KEPT]), None)


def short(message: str) -> str:
    """A message that is fit for one line of a log."""
    return message if len(message) <= _LONGEST_MESSAGE else f"{message[: _LONGEST_MESSAGE - 1]}…"


def _unreadable(success: Success | None, reply: Reply[None], redactor: Redactor, problem: str) -> ReplyError:
    kind = UnexpectedStatusError if success is None else MalformedReplyError
    target = _target(reply)
    message = f"{problem}; it points to {target}" if target else problem
    return kind(short(redactor.text(message)), hidden(reply, redactor))


def _target(reply: Reply[None]) -> str:
    """Where a redirect points, without what may be secret in it."""
    location = reply.headers.get("location", "")
    if not (httpx.codes.is_redirect(reply.status) and location):
        return ""
    try:
        url = httpx.URL(location)
    except httpx.InvalidURL:
        return "no URL"
    return str(url.copy_with(username=None, password=None, query=None, fragment=None))[:_LONGEST_MESSAGE]


def _api_error(
    refusal: Refusal, code: int, value: Mapping[str, Any], reply: Reply[None], redactor: Redactor
) -> ApiError:
    given = value.get(refusal.text)
    text = redactor.text(given[:_KEPT_WORDS]) if isinstance(given, str) else ""
    words = f"(code {_shown_number(code)}, HTTP status {reply.status})"
    message = f"{text[: _LONGEST_MESSAGE - len(words) - 1] or 'the API gave no reason'} {words}"
    return refusal.classes.get(code, ApiError)(message, hidden(reply, redactor), code, text)


def _shown_number(number: int) -> str:
    digits = str(number)
    return digits if len(digits) <= 40 else f"{digits[:40]}…"  # noqa: PLR2004 - more says nothing to anyone


def _with(reply: Reply[None], parsed: Any) -> Reply[Any]:
    return Reply(reply.status, reply.headers, reply.body, parsed)


def _plain(kind: str, body: bytes) -> str | bytes | None:
    if kind == "text":
        return body.decode("utf-8", "replace")
    return body if kind == "bytes" else None


def _no_such_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


_JSON = JSONDecoder(parse_constant=_no_such_number)
