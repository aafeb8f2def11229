"""What a reply that is no success is told as, and what of odd replies is read all the same."""

from __future__ import annotations

import gzip
import json
import time
import tracemalloc
import zlib
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from profile_relations_client import (
    ApiError,
    ClientError,
    ConnectionFailedError,
    MalformedReplyError,
    RelationsClient,
    ReplyError,
    ReplyTooLargeError,
    RequestTimeoutError,
    Retries,
    UnexpectedStatusError,
)

from .hostile import Connection, HostileServer
from .hostile_scripts import FOUND, replies, sends
from .test_hostile_servers import CLIENTS, check_hidden

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = "canary-5f3c9a-Ключ"
ARGUMENTS: dict[str, Any] = {"rel_id": 2, "email": "john@example.com"}
NO_WAIT = Retries(first_wait=0)
BODY = json.dumps(FOUND).encode()


def error_of(script: Callable[[Connection], None], **options: Any) -> ClientError:  # noqa: ANN401
    """What a call fails with."""
    options = {"retries": 0} | options
    with HostileServer(script) as server, RelationsClient(server.url, token=TOKEN, **options) as api:
        try:
            api.get_relations(**ARGUMENTS)
        except ClientError as error:
            return error
    raise AssertionError


def read(body: bytes, *fields: str) -> int:
    """How many relations a call finds."""
    with (
        HostileServer(replies(body, "200 OK", *fields)) as server,
        RelationsClient(server.url, token=TOKEN, retries=0) as api,
    ):
        return len(api.get_relations(**ARGUMENTS))


RETRY_AFTER = st.text() | st.sampled_from(
    [
        "Sun, 99 Nov 99999 99:99:99 GMT",
        "Thu, 01 Jan 1970 00:00:00 +9999",
        "Mon, 31 Dec 9999 23:59:59 -2359",
        "Sat, 01 Jan 0001 00:00:00 +2359",
        "9" * 400,
        "-5",
        "1e9",
        "²",
        ",",
        "",
    ]
)


@given(RETRY_AFTER)
def test_retry_after_of_any_content_is_a_wait(value: str) -> None:
    wait = Retries(jitter=lambda: 0.0).wait(0, {"Retry-After": value})
    assert wait is not None
    assert 0 <= wait <= 30


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (zlib.compress(BODY), "deflate"),
        (raw_deflate(BODY), "deflate"),
        (gzip.compress(BODY), "deflate"),
        (gzip.compress(BODY), "x-gzip"),
        (gzip.compress(zlib.compress(BODY)), "deflate, gzip"),
        (gzip.compress(gzip.compress(BODY)), "gzip, gzip"),
        (gzip.compress(BODY), "identity, gzip"),
    ],
    ids=["zlib", "raw", "gzip called deflate", "x-gzip", "two layers", "gzip twice", "identity"],
)
def test_what_is_asked_for_is_read(body: bytes, encoding: str) -> None:
    assert read(body, f"Content-Encoding: {encoding}") == 0


def test_deflate_may_come_byte_by_byte() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in raw_deflate(BODY))
    script = sends(head + chunks + b"0\r\n\r\n")
    with HostileServer(script) as server, RelationsClient(server.url, token=TOKEN, retries=0) as api:
        assert len(api.get_relations(**ARGUMENTS)) == 0


def test_two_layers_of_compression_are_the_most() -> None:
    body = gzip.compress(gzip.compress(gzip.compress(BODY)))
    error = error_of(replies(body, "200 OK", "Content-Encoding: gzip, gzip, gzip"))
    assert type(error) is MalformedReplyError
    assert "compressed 3 times" in str(error)


@pytest.mark.parametrize("layers", [1, 2])
def test_a_bomb_within_layers_is_never_held_as_a_whole(layers: int) -> None:
    body = b" " * (64 << 20)
    for _ in range(layers):
        body = gzip.compress(body, 9)
    tracemalloc.start()
    error = error_of(
        replies(body, "200 OK", f"Content-Encoding: {', '.join(['gzip'] * layers)}"), max_reply_size=1 << 20
    )
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert type(error) is ReplyTooLargeError
    assert held < 8 << 20


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://other.example/api/relations/get", "https://other.example/api/relations/get"),
        ("https://user:secret@other.example/login?key=secret#secret", "https://other.example/login"),
        ("/login", "/login"),
    ],
)
def test_a_redirect_says_where_it_points(location: str, shown: str) -> None:
    for status, body in (("301 Moved", b""), ("308 Permanent", b"<html>")):
        error = error_of(replies(body, status, f"Location: {location}"))
        assert type(error) is UnexpectedStatusError
        assert str(error).endswith(f"; it points to {shown}")
        assert "secret" not in str(error)


@pytest.mark.parametrize("status", ["200 OK", "302 Found", "404 Not Found", "520 Odd"])
def test_an_empty_body_is_called_so(status: str) -> None:
    assert str(error_of(replies(b"", status))) == f"HTTP {status[:3]} with an empty body"


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (replies(b"", "503 Busy"), UnexpectedStatusError),
        (replies({"error": 9, "error_text": "busy"}, "503 Busy"), ApiError),
        (Connection.reset, ConnectionFailedError),
        (Connection.stall, RequestTimeoutError),
    ],
)
def test_after_retries_an_error_says_how_many_attempts_there_were(
    script: Callable[[Connection], None], kind: type[ClientError]
) -> None:
    error = error_of(script, retries=NO_WAIT, timeout=0.3)
    assert type(error) is kind
    assert str(error).endswith(" (after 3 attempts)")
    assert "attempts" not in str(error_of(script, timeout=0.3))


LATIN_1 = "Grüße".encode("latin-1")
HEAD = b"HTTP/1.1 200 OK\r\nX-Note: " + LATIN_1 + b"\r\nContent-Length: 99\r\n"


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("body", [b"{", b'{"error": 5}' + b" " * 87])
def test_a_header_beyond_ascii_is_no_failure_of_its_own(
    client: str, body: bytes, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    with HostileServer(sends(HEAD + b"\r\n" + body)) as server:
        error = CLIENTS[client](server.url)
    assert isinstance(error, ReplyError)
    assert error.__context__ is None
    assert error.reply.headers["x-note"] == "Grüße"
    check_hidden(error, caplog, capfd)


def test_a_token_in_a_header_and_in_the_name_of_one_is_hidden() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        token = json.loads(request.content)["token"]
        headers = [(token.encode(), b"1"), (b"X-Echo", b"\xff " + token.encode())]
        return httpx.Response(401, headers=headers, json={"error": 401})

    options: Any = {"token": "canary-5f3c9a1b", "transport": httpx.MockTransport(answer)}
    with RelationsClient("https://example.com", **options) as api, pytest.raises(ApiError) as raised:
        api.get_relations(**ARGUMENTS)
    assert raised.value.reply.headers.raw[:2] == [(b"***", b"1"), (b"X-Echo", b"\xff ***")]


@pytest.mark.parametrize(
    "reply",
    [
        {"error": 5, "error_text": "long " * 100_000},
        {"error": 10**4000, "error_text": "x"},
        {"error": 0, "data": "x" * 100_000},
        "no JSON " * 100_000,
    ],
    ids=["long words", "a long number", "a long value", "no object"],
)
def test_the_words_of_an_error_are_a_few_hundred_characters(reply: object) -> None:
    error = error_of(replies(reply, "200 OK", f"Content-Type: text/{'x' * 5000}"))
    assert len(str(error)) <= 330
    assert len(repr(error)) <= 400
    assert isinstance(error, ReplyError)
    assert len(error.reply.body) <= 64 * 1024


@pytest.mark.parametrize("part", [b"[],", b"{},", b"[[[]]],", b"[ ],"])
def test_a_body_of_lists_takes_no_more_memory_than_it_is_worth(part: bytes) -> None:
    body = b'{"error": 0, "data": [' + part * (15_000_000 // len(part)) + b"[]]}"
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    with RelationsClient("https://example.com", token=TOKEN, transport=transport) as api:
        tracemalloc.start()
        with pytest.raises(ReplyError):
            api.get_relations(**ARGUMENTS)
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert held < 200_000_000


def test_writing_counts_against_the_timeout() -> None:
    def slowly(connection: Connection) -> None:
        while True:
            connection.receive(1024)
            connection.pause(0.02)

    arguments: Any = {"rel_id": 2, "field_name": "A", "field_value": "x" * 8_000_000}
    with HostileServer(slowly) as server, RelationsClient(server.url, token=TOKEN, retries=0, timeout=0.4) as api:
        started = time.monotonic()
        with pytest.raises(RequestTimeoutError):
            api.get_relations(matching="custom", **arguments)
        assert time.monotonic() - started < 4
