"""The errors that do not depend on the contract. Import them from `errors`, which has those of its codes as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .replies import Reply


class ClientError(Exception):
    """The base of every error that this package raises. None of them shows a credential."""


class InvalidRequestError(ClientError, ValueError):
    """The arguments fit no request of the contract. Nothing was sent."""


class ConfigurationError(ClientError, ValueError):
    """A client or a call was given what can't be, such as a base URL that is none. Nothing was sent."""


class ClosedError(ClientError):
    """The client was closed before the call. Nothing was sent."""


class ConnectionFailedError(ClientError):
    """There is no connection, or it broke before the reply was complete."""


class RequestTimeoutError(ClientError):
    """An attempt, from connecting to the last byte of the reply, took longer than its timeout."""


class ReplyError(ClientError):
    """There is a reply, in `reply`, and it is no success."""

    def __init__(self, message: str, reply: Reply[None]) -> None:
        super().__init__(message, reply)
        self.reply = reply
        """The reply as it came, without what it repeated of a credential."""

    def __str__(self) -> str:
        return str(self.args[0])

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.args[0]!r})"

    @property
    def status(self) -> int:
        """The HTTP status of the reply."""
        return self.reply.status


class MalformedReplyError(ReplyError):
    """The reply can't be read: it is no JSON, cut short, or not what the contract says."""


class ReplyTooLargeError(ReplyError):
    """The reply, decompressed, is larger than `max_reply_size`. The rest of it was not read."""


class UnexpectedStatusError(ReplyError):
    """The HTTP status says no success, and the body doesn't say why."""


class ApiError(ReplyError):
    """The API refused the request; `code` and `text` say why."""

    def __init__(self, message: str, reply: Reply[None], code: int = 0, text: str = "") -> None:
        super().__init__(message, reply)
        self.args = (message, reply, code, text)
        self.code = code
        """The number that the API gave as the reason."""
        self.text = text
        """The API's words for it."""


class MismatchError(ClientError, ValueError):
    """A value that a model can't be made of. The message says where in it and what is wrong, never the value."""

    def __init__(self, problem: str, path: Sequence[str | int] = ()) -> None:
        super().__init__(problem, path)
        self.problem = problem
        """What is wrong."""
        self.path = [*path]
        """Where: names of members and positions in arrays, from the outside in."""

    @classmethod
    def of_all(cls, mismatches: Sequence[MismatchError]) -> MismatchError:
        """One error for a value that fits none of several alternatives."""
        return cls(", or ".join(dict.fromkeys(str(mismatch) for mismatch in mismatches)))

    def enter(self, step: str | int) -> None:
        """Says that the value lies inside another one, under this name or position."""
        self.path.insert(0, step)

    def __str__(self) -> str:
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return f"{''.join(steps).removeprefix('.')} {self.problem}".strip()

    def __reduce__(self) -> tuple[type[MismatchError], tuple[str, list[str | int]]]:
        return type(self), (self.problem, self.path)


class UnexpectedStatus(ClientError):  # noqa: N818 - the generator's name for it, which its users know
    """Raised by the functions in `api` alone, where they are told to, for a status that the contract doesn't name."""

    def __init__(self, status_code: int, content: bytes) -> None:
        super().__init__(f"the status {status_code} is not in the contract")
        self.status_code = status_code
        self.content = content


__all__ = (
    "ApiError",
    "ClientError",
    "ClosedError",
    "ConfigurationError",
    "ConnectionFailedError",
    "InvalidRequestError",
    "MalformedReplyError",
    "MismatchError",
    "ReplyError",
    "ReplyTooLargeError",
    "RequestTimeoutError",
    "UnexpectedStatus",
    "UnexpectedStatusError",
)
