"""A call, step by step: an attempt, a wait where another one may help, and what comes of it.

The order of events is a generator that yields what is to be done next, so that the drivers with and without coroutines
share it.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

import httpcore
import httpx
from attrs import evolve, frozen

from .base_errors import (
    ClientError,
    ConnectionFailedError,
    MalformedReplyError,
    ReplyTooLargeError,
    RequestTimeoutError,
)
from .deadline import Deadline
from .interpretation import hidden, interpret, short
from .replies import BodyReader, BodyTooLargeError, BodyUnreadableError, Reply
from .retries import RETRIED_STATUSES
from .settings import Settings, shown
from .version import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from .operations import Operation
    from .redaction import Redactor

_log = logging.getLogger(PACKAGE)
# Enough of a reply that is too large to see what it was.
_KEPT_OF_TOO_LARGE = 4096


@frozen
class Prepared:
    """A request that is ready to be sent, and what must never be shown of it."""

    request: httpx.Request
    redactor: Redactor
    timeout: float | None


@frozen
class Send:
    """Next, send the request and collect the reply in this attempt."""

    attempt: Attempt


@frozen
class Wait:
    """Next, wait for so many seconds."""

    seconds: float


class Attempt:
    """One sending of a request, from connecting to the last byte of the reply."""

    def __init__(self, prepared: Prepared, limit: int) -> None:
        self.request = prepared.request
        self.timeout = prepared.timeout
        self._redactor = prepared.redactor
        self._limit = limit
        self._started = time.monotonic()
        self._response: httpx.Response | None = None
        self._reader: BodyReader | None = None
        self._deadline: Deadline | None = None

    def start(self) -> None:
        """Starts the clock, now that it is the turn of this attempt."""
        self._started = time.monotonic()
        self._deadline = None if self.timeout is None else Deadline.after(self.timeout)
        self.request.extensions["timeout"] = dict.fromkeys(("connect", "read", "write", "pool"), self._deadline)

    def begin(self, response: httpx.Response) -> None:
        """Takes the head of the reply."""
        self._response = response
        # A transport that doesn't use the network, such as one for tests, may give a body that httpx has read already.
        encoding = "" if response.is_stream_consumed else response.headers.get("content-encoding", "")
        self._reader = BodyReader(encoding, response.headers.get("content-length"), self._limit)
        if response.is_stream_consumed:
            self.feed(response.content)

    def feed(self, chunk: bytes) -> None:
        """Takes the next part of the body."""
        if self._deadline is not None and self._deadline.left() < 0:
            raise TimeoutError
        if self._reader is not None:
            self._reader.feed(chunk)

    def reply(self) -> Reply[None]:
        """The reply, as far as it has come."""
        if self._response is None:
            raise AssertionError("there is no reply yet")
        body = b"" if self._reader is None else self._reader.so_far
        return Reply(self._response.status_code, self._response.headers, body, None)

    def finish(self) -> Reply[None]:
        """The reply, now that all of it is there."""
        if self._reader is not None:
            self._reader.finish()
        return self.reply()

    def failure(self, error: Exception) -> ClientError:
        """The error to raise instead of one of another library."""
        # The request, which has the credentials, hangs on the errors of httpx. So their words are kept and not they.
        words = self._redactor.text(str(error)[:1000] or type(error).__name__)
        if isinstance(error, httpx.TimeoutException | httpcore.TimeoutException | TimeoutError):
            return RequestTimeoutError(f"no complete reply within {self.timeout} seconds")
        url = shown(self.request.url)
        if self._response is None:
            return ConnectionFailedError(short(f"no reply from {url}: {words}"))
        kept = hidden(self.reply(), self._redactor)
        if isinstance(error, BodyTooLargeError):
            kept = evolve(kept, body=kept.body[:_KEPT_OF_TOO_LARGE])
            return ReplyTooLargeError(
                f"HTTP status {kept.status}, and the body is larger than {self._limit} bytes", kept
            )
        if isinstance(error, BodyUnreadableError | httpx.RemoteProtocolError | httpcore.RemoteProtocolError):
            return MalformedReplyError(short(f"HTTP status {kept.status}, and the body can't be read: {words}"), kept)
        return ConnectionFailedError(short(f"the connection to {url} broke within the reply: {words}"))

    def log(self, outcome: Reply[None] | ClientError) -> None:
        """Logs how it went, and nothing of what was said."""
        if not _log.isEnabledFor(logging.DEBUG):
            return
        how = outcome.status if isinstance(outcome, Reply) else type(outcome).__name__
        milliseconds = (time.monotonic() - self._started) * 1000
        _log.debug("%s %s %s %.1f ms", self.request.method, shown(self.request.url), how, milliseconds)


def exchange(settings: Settings, operation: Operation, prepared: Prepared) -> Generator[Send | Wait, Any, Reply[Any]]:
    """The steps of a call. It is sent the outcome of each attempt, and returns or raises the result of the call."""
    attempts = 0
    while True:
        attempt = Attempt(prepared, settings.max_reply_size)
        outcome: Reply[None] | ClientError = yield Send(attempt)
        attempts += 1
        attempt.log(outcome)
        again = operation.repeatable and _may_pass(outcome)
        seconds = settings.retries.wait(attempts - 1, _asks_to_wait(outcome)) if again else None
        if seconds is None:
            break
        _log.info("the call is made again in %.1f seconds", seconds)
        yield Wait(seconds)
    result = interpret(operation, outcome, prepared.redactor) if isinstance(outcome, Reply) else outcome
    if isinstance(result, Reply):
        return result
    if attempts > 1:
        result.args = (f"{result.args[0]} (after {attempts} attempts)", *result.args[1:])
    raise result


def _may_pass(outcome: Reply[None] | ClientError) -> bool:
    if isinstance(outcome, Reply):
        return outcome.status in RETRIED_STATUSES
    return isinstance(outcome, ConnectionFailedError | RequestTimeoutError)


def _asks_to_wait(outcome: Reply[None] | ClientError) -> Mapping[str, str] | None:
    return outcome.headers if isinstance(outcome, Reply) else None
