"""What hostile servers do, and the error that each of it has to end in."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING

from profile_relations_client import (
    ApiError,
    ClientError,
    ConnectionFailedError,
    MalformedReplyError,
    ReplyTooLargeError,
    RequestTimeoutError,
    TokenRequiredError,
    UnexpectedStatusError,
)

from .hostile import Connection

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = "canary-5f3c9a-Ключ"
TIMEOUT = 0.6
LIMIT = 1 << 20
FOUND = {"data": [], "error": 0, "error_text": "Successful operation", "total_count": 0}
ENTRY = {"profile_id_a": "a", "xxh_a": "b", "profile_id_b": "c", "xxh_b": "d", "db_b": 9, "props": {}}


def replies(body: bytes | object, status: str = "200 OK", *fields: str) -> Callable[[Connection], None]:
    """A script that reads the request and sends one reply."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    def script(connection: Connection) -> None:
        connection.read_request()
        connection.reply(data, status, *fields)

    return script


def steps(*parts: Callable[[Connection], object]) -> Callable[[Connection], None]:
    """A script of several parts."""

    def script(connection: Connection) -> None:
        for part in parts:
            part(connection)

    return script


def sends(data: bytes) -> Callable[[Connection], None]:
    """A script that reads the request, sends bytes as they are and closes the connection."""

    def script(connection: Connection) -> None:
        connection.read_request()
        connection.send(data)

    return script


def drips(data: bytes, at_once: bytes = b"") -> Callable[[Connection], None]:
    """A script that sends a byte every tenth of a second."""

    def script(connection: Connection) -> None:
        connection.read_request()
        connection.send(at_once)
        connection.drip(data, 0.1)

    return script


def echoes(status: str) -> Callable[[Connection], None]:
    """A script that repeats the request in a refusal, in each spelling that JSON has for it."""

    def script(connection: Connection) -> None:
        token = json.loads(connection.read_request())["token"]
        refusal = {"error": 401, "error_text": f"unknown token {token}", "token": token}
        connection.reply(json.dumps(refusal, ensure_ascii=bool(status.startswith("4"))).encode(), status)

    return script


def echoes_raw(connection: Connection) -> None:
    connection.reply(b"<html>" + connection.read_request() + b"</html>", "500 Oops", "Content-Type: text/html")


def with_relations(*entries: object) -> object:
    return FOUND | {"data": [*entries], "total_count": len(entries)}


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
HTML = "Content-Type: text/html"
BOMB = gzip.compress(b" " * (64 * LIMIT), 1)

SCRIPTS: dict[str, tuple[Callable[[Connection], None], type[ClientError], str]] = {
    "resets before the request": (Connection.reset, ConnectionFailedError, ""),
    "resets after the request": (steps(Connection.read_request, Connection.reset), ConnectionFailedError, ""),
    "closes without a word": (sends(b""), ConnectionFailedError, ""),
    "speaks no HTTP": (sends(b"220 mail.example ESMTP\r\n"), ConnectionFailedError, ""),
    "stalls": (Connection.stall, RequestTimeoutError, "0.6 seconds"),
    "stalls after the request": (steps(Connection.read_request, Connection.stall), RequestTimeoutError, ""),
    "stalls within the body": (
        steps(sends(HEAD + b"Content-Length: 9\r\n\r\n{"), Connection.stall),
        RequestTimeoutError,
        "",
    ),
    "drips its head": (drips(HEAD * 9), RequestTimeoutError, "0.6 seconds"),
    "drips its body": (drips(b" " * 99, HEAD + b"Content-Length: 99\r\n\r\n"), RequestTimeoutError, "0.6 seconds"),
    "drips chunks": (drips(b"1\r\n \r\n" * 99, HEAD + b"Transfer-Encoding: chunked\r\n\r\n"), RequestTimeoutError, ""),
    "HTML for a success": (replies(b"<html>Hello</html>", "200 OK", HTML), MalformedReplyError, "text/html"),
    "HTML for a failure": (replies(b"<html>Oops</html>", "500 Oops", HTML), UnexpectedStatusError, "status 500"),
    "an empty body": (replies(b""), MalformedReplyError, "HTTP 200 with an empty body"),
    "half a body": (sends(HEAD + b'Content-Length: 99\r\n\r\n{"error"'), MalformedReplyError, "can't be read"),
    "half a chunked body": (
        sends(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}   \r\n"),
        MalformedReplyError,
        "can't be read",
    ),
    "half of the JSON": (replies(b'{"error": 0, "data"'), MalformedReplyError, "no JSON"),
    "no UTF-8": (replies(b'{"error": 0, "error_text": "\xff"}'), MalformedReplyError, "no JSON"),
    "NaN": (replies(b'{"error": NaN}'), MalformedReplyError, "NaN"),
    "null": (replies(None), MalformedReplyError, "must be an object, not null"),
    "an array": (replies([FOUND]), MalformedReplyError, "must be an object, not an array"),
    "deep nesting": (replies(b"[" * 200_000), MalformedReplyError, "nested too deeply"),
    "an integer of 10,000 digits": (replies(b'{"error": ' + b"1" * 10_000 + b"}"), MalformedReplyError, "no JSON"),
    "no envelope": (replies({"relations": []}), MalformedReplyError, "error is missing"),
    "an error that is false": (replies(FOUND | {"error": False}), MalformedReplyError, "error must be an integer"),
    "an error that is a string": (replies({"error": "401", "error_text": ""}), MalformedReplyError, "not a string"),
    "a text that is a number": (
        replies({"error": 5, "error_text": 5}),
        ApiError,
        "no reason (code 5, HTTP status 200)",
    ),
    "a text that is a number in a success": (
        replies(FOUND | {"error_text": 5}),
        MalformedReplyError,
        "error_text must be a string",
    ),
    "data that is an object": (
        replies(FOUND | {"data": {}}),
        MalformedReplyError,
        "data must be an array, not an object",
    ),
    "an entry that is null": (replies(with_relations(ENTRY, None)), MalformedReplyError, "data[1] must be an object"),
    "an entry's wrong type": (
        replies(with_relations(ENTRY, ENTRY | {"db_b": "9"})),
        MalformedReplyError,
        "data[1].db_b must be an integer, not a string",
    ),
    "a property's wrong type": (
        replies(with_relations(ENTRY | {"props": {"exr": 5}})),
        MalformedReplyError,
        "data[0].props.exr must be an object, not a number",
    ),
    "a property without value": (
        replies(with_relations(ENTRY | {"props": {"exr": {}}})),
        MalformedReplyError,
        "data[0].props.exr.value is missing",
    ),
    "the table's shape": (
        replies({"error": 0, "error_text": "", "data": {"total_count": 0}}),
        MalformedReplyError,
        "data must be an array",
    ),
    "520": (replies(b"", "520 Unknown"), UnexpectedStatusError, "HTTP 520 with an empty body"),
    "520 with a refusal": (
        replies({"error": 7, "error_text": "odd"}, "520 Unknown"),
        ApiError,
        "code 7, HTTP status 520",
    ),
    "a success under 404": (replies(FOUND, "404 Not Found"), UnexpectedStatusError, "status 404"),
    "a success under 201": (replies(FOUND, "201 Created"), UnexpectedStatusError, "status 201"),
    "no content": (sends(b"HTTP/1.1 204 No Content\r\n\r\n"), UnexpectedStatusError, "HTTP 204 with an empty body"),
    "20 MB": (replies(b'{"error_text": "' + b"x" * 20_000_000 + b'"}'), ReplyTooLargeError, f"{LIMIT} bytes"),
    "20 MB that never come": (
        steps(sends(HEAD + b"Content-Length: 20000000\r\n\r\n"), Connection.stall),
        ReplyTooLargeError,
        f"{LIMIT} bytes",
    ),
    "20 MB of unknown length": (
        sends(HEAD + b"Connection: close\r\n\r\n" + b" " * 20_000_000),
        ReplyTooLargeError,
        f"{LIMIT} bytes",
    ),
    "gzip that expands": (replies(BOMB, "200 OK", "Content-Encoding: gzip"), ReplyTooLargeError, f"{LIMIT} bytes"),
    "deflate that expands": (
        replies(zlib.compress(b" " * (64 << 20)), "200 OK", "Content-Encoding: deflate"),
        ReplyTooLargeError,
        f"{LIMIT} bytes",
    ),
    "gzip that is none": (replies(b"{}", "200 OK", "Content-Encoding: gzip"), MalformedReplyError, "decompressed"),
    "gzip cut short": (
        replies(gzip.compress(json.dumps(FOUND).encode())[:-9], "200 OK", "Content-Encoding: gzip"),
        MalformedReplyError,
        "cut short",
    ),
    "an encoding not asked for": (
        replies(b"{}", "200 OK", "Content-Encoding: br"),
        MalformedReplyError,
        "'br'",
    ),
    "a refusal that repeats the token": (echoes("200 OK"), TokenRequiredError, "unknown token ***"),
    "a 4XX refusal that repeats the token": (echoes("401 Unauthorized"), TokenRequiredError, "unknown token ***"),
    "HTML that repeats the request": (echoes_raw, UnexpectedStatusError, "status 500"),
}
