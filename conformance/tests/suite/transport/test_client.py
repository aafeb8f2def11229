"""What the client sends back, what it follows, and when it gives up."""

from __future__ import annotations

import json
import threading
from contextlib import closing
from typing import TYPE_CHECKING

from profile_relations_conformance.judging.assertions import describe
from profile_relations_conformance.transport.client import Client
from profile_relations_conformance.transport.exchange import Exchange, Request
from profile_relations_conformance.transport.pace import Pace

from tests.client.hostile import Connection, HostileServer

if TYPE_CHECKING:
    from tests.client.hostile import Script

ENVELOPE = json.dumps({"error": 400, "error_text": "no"}).encode()
REQUEST = Request.of({"token": "t"}, "a request")


def ask(script: Script, times: int = 1, timeout: float = 5.0) -> tuple[list[Exchange], list[bytes]]:
    """Asks a server that follows a script, and gives what came back and what the server was sent."""
    with HostileServer(script) as server, closing(Client(server.url, timeout=timeout, pace=Pace())) as client:
        found = [client.send(REQUEST, fresh=True) for _ in range(times)]
    return found, server.requests


def test_a_cookie_is_never_returned() -> None:
    def set_cookie(connection: Connection) -> None:
        connection.read_request()
        connection.reply(ENVELOPE, "200 OK", "Set-Cookie: session=abc; Path=/")

    found, requests = ask(set_cookie, times=2)
    assert [item.reply is not None for item in found] == [True, True]
    assert len(requests) == 2
    assert not any(b"cookie" in request.lower() for request in requests)


def test_a_redirect_is_not_followed_and_told_with_its_location() -> None:
    def redirect(connection: Connection) -> None:
        connection.read_request()
        connection.reply(b"", "302 Found", "Location: https://login.example/\u202e?next=x".encode().decode("latin-1"))

    found, requests = ask(redirect)
    assert len(requests) == 1
    told = describe(found[0])
    assert told.startswith('a redirect to "https://login.example/')
    assert told.endswith('", which is not followed (HTTP 302)')
    assert "\u202e" not in told
    assert told.isprintable()


def test_writing_to_a_slow_reader_ends_with_the_timeout() -> None:
    size, read, closed = 60_000_000, [0], threading.Event()

    def read_slowly(connection: Connection) -> None:
        try:
            while not closed.wait(0.01):
                read[0] += len(connection.receive())
        finally:
            closed.set()

    with HostileServer(read_slowly) as server, closing(Client(server.url, timeout=1, pace=Pace())) as client:
        found = client.send(Request(b"x" * size, "a large request"))
        assert closed.wait(20)
    assert found.trouble == "no reply within 1 s"
    assert read[0] < size


def test_an_empty_body_is_told_as_such() -> None:
    def say_nothing(connection: Connection) -> None:
        connection.read_request()
        connection.reply(b"")

    found, _ = ask(say_nothing)
    assert describe(found[0]) == "HTTP 200 with an empty body; expected JSON"
