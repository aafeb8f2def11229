"""What the client sends back, what it follows, and when it gives up."""

from __future__ import annotations

import json
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from profile_relations_conformance.commands.main import main
from profile_relations_conformance.errors import CannotJudgeError
from profile_relations_conformance.judging.assertions import describe
from profile_relations_conformance.run.reference_server import bundled_target
from profile_relations_conformance.transport.client import SILENT_REQUESTS, Client
from profile_relations_conformance.transport.exchange import Exchange, Request
from profile_relations_conformance.transport.pace import Pace
from profile_relations_conformance.transport.pool import CONNECTIONS

from tests.client.hostile import Connection, HostileServer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.client.hostile import Script

ENVELOPE = json.dumps({"error": 400, "error_text": "no"}).encode()
EMPTY = json.dumps({"error": 0, "error_text": "Successful operation", "data": [], "total_count": 0}).encode()
SILENT_AFTER = 30
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
    assert found.trouble.startswith("no reply within 1 s")
    assert read[0] < size


def test_an_empty_body_is_told_as_such() -> None:
    def say_nothing(connection: Connection) -> None:
        connection.read_request()
        connection.reply(b"")

    found, _ = ask(say_nothing)
    assert describe(found[0]) == "HTTP 200 with an empty body; expected JSON"


def test_a_server_that_stops_answering_ends_the_run_within_a_few_time_outs() -> None:
    asked: list[int] = []

    def leak(connection: Connection) -> None:
        connection.read_request()
        asked.append(1)
        if len(asked) > 3:
            connection.stall()
        connection.reply(ENVELOPE)

    with HostileServer(leak) as server, closing(Client(server.url, timeout=0.2, pace=Pace())) as client:
        for _ in range(3):
            assert client.send(REQUEST, fresh=True).reply is not None
        for _ in range(SILENT_REQUESTS):
            assert client.send(REQUEST, fresh=True).trouble.startswith("no reply within 0.2 s")
        for _ in range(3):
            with pytest.raises(CannotJudgeError, match="the server stopped answering after 3 refused requests"):
                client.send(REQUEST, fresh=True)
        assert len(asked) == 3 + SILENT_REQUESTS


def test_a_server_that_is_silent_now_and_then_does_not_end_the_run() -> None:
    asked: list[int] = []

    def doze(connection: Connection) -> None:
        connection.read_request()
        asked.append(1)
        if len(asked) % SILENT_REQUESTS:
            connection.stall()
        connection.reply(ENVELOPE)

    found, _ = ask(doze, times=2 * SILENT_REQUESTS, timeout=0.2)
    assert sum(item.reply is not None for item in found) == 2


def test_a_run_ends_where_the_server_falls_silent_and_says_so(tmp_path: Path) -> None:
    asked: list[int] = []

    def answer(connection: Connection) -> None:
        connection.read_request()
        asked.append(1)
        if len(asked) > SILENT_AFTER:
            connection.stall()
        connection.reply(ENVELOPE if len(asked) > 1 else EMPTY)

    report = tmp_path / "report.json"
    with HostileServer(answer) as server, bundled_target() as target:
        what = ["run", "--target", str(target), "--base-url", server.url, "--timeout", "0.3", "--time-budget", "60"]
        code = main([*what, "--report-json", str(report)])
    told = json.loads(report.read_text("utf-8"))
    assert code == 1
    assert told["interrupted"].startswith(f"the server stopped answering after {SILENT_AFTER - 1} refused requests")
    assert len(asked) <= SILENT_AFTER + SILENT_REQUESTS + CONNECTIONS
