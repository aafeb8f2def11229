"""What passes between the steps of the service: a call, what was found for it, a refusal, and a reply."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from profile_relations_server.world.model import Relation

Json = Any
Body = dict[str, Any]

METHOD = "POST"

# The platform's guide uses HTTP's own numbers, so further reasons are numbered alike.
INCORRECT_REQUEST = 400
TOKEN_REQUIRED = 401
NO_ACCESS = 403
NOT_FOUND = 404
WRONG_METHOD = 405
TOO_SLOW = 408
TOO_LARGE = 413
WRONG_CONTENT_TYPE = 415
HEADERS_TOO_LARGE = 431
SERVER_ERROR = 500
UNAVAILABLE = 503

# What became of a call, by the code of its refusal; 0 is a success, and None any code that is not here.
OUTCOMES = {
    0: "success",
    INCORRECT_REQUEST: "incorrect_request",
    TOKEN_REQUIRED: "token_required",
    NO_ACCESS: "no_access",
    NOT_FOUND: "not_found",
    WRONG_METHOD: "wrong_method",
    TOO_LARGE: "too_large",
    WRONG_CONTENT_TYPE: "wrong_content_type",
    SERVER_ERROR: "server_error",
    UNAVAILABLE: "unavailable",
    None: "other",
}


@dataclass(slots=True)
class Trace:
    """What the steps leave of a call for the log and the metrics: nothing that the request held but its mode.

    Attributes:
        mode: The mode that the call was answered by; None where it was refused before that was known.
        code: Why it was refused; 0 where it was not.
    """

    mode: str | None = None
    code: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the endpoint as it came in.

    Attributes:
        raw: The body.
        content_type: The header of that name, where there is one.
        method: The HTTP method.
        query: What stands behind the question mark of the URL.
        authorization: The header of that name, where there is one.
        cookie: The header of that name, where there is one.
        trace: Written by the steps that answer the call.
    """

    # A body holds a token, and the query of a misplaced request may.
    raw: bytes = field(repr=False)
    content_type: str | None = None
    method: str = METHOD
    query: str = field(default="", repr=False)
    authorization: str | None = field(default=None, repr=False)
    cookie: str | None = field(default=None, repr=False)
    trace: Trace = field(default_factory=Trace, compare=False)


@dataclass(frozen=True, slots=True)
class Found:
    """What a request found.

    Attributes:
        rel_id: The type of relation that was asked for.
        profile_id: The profile, or None where there is no such profile and that is no error.
        relations: All relations of the type that are directed to the profile.
    """

    rel_id: int
    profile_id: str | None
    relations: Sequence[Relation] = ()


class Refusal(Exception):  # noqa: N818 - a refusal is an answer like another, and no error of the server
    """The request is not carried out.

    Args:
        code: Why, as one of the numbers of this module.
        text: Why, for people. It repeats nothing of the request but names of the contract's own.
        transport: Whether HTTP itself went wrong, so that the HTTP status tells it whatever the variants say.
    """

    def __init__(self, code: int, text: str, *, transport: bool = False) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.transport = transport


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP response.

    Attributes:
        status: HTTP status.
        content: The body.
        headers: Header names in lower case with their values, all but content-length.
        behind: What is written to the connection behind the reply; a correct server writes nothing there.
    """

    status: int
    content: bytes
    headers: Mapping[str, str]
    behind: bytes = b""
