"""What a run may cost a live server: requests, rate, time and wrong tokens; and servers that answer slowly or badly."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from profile_relations_conformance.checks.effort import EFFORTS
from profile_relations_conformance.errors import CannotJudgeError
from profile_relations_conformance.transport.client import LOST_CONNECTIONS, WRONG_TOKENS, Client
from profile_relations_conformance.transport.exchange import Request
from profile_relations_conformance.transport.pace import BudgetSpentError, Pace

from tests.client.hostile import Connection, HostileServer, Script, refusing_port
from tests.helpers.inprocess import event_loop, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

ENVELOPE = json.dumps({"error": 400, "error_text": "no"}).encode()
MOST_REQUESTS = {"quick": 250, "standard": 900}
REQUEST = Request.of({"token": "t"}, "a request")


@pytest.fixture
def clients() -> Iterator[list[Client]]:
    made: list[Client] = []
    yield made
    for client in made:
        client.close()


def client(url: str, made: list[Client], pace: Pace | None = None, timeout: float = 5.0) -> Client:
    made.append(Client(url, timeout=timeout, pace=pace or Pace()))
    return made[-1]


def refuse(connection: Connection) -> None:
    connection.read_request()
    connection.reply(ENVELOPE)


def drip_headers(connection: Connection) -> None:
    connection.read_request()
    connection.drip(b"HTTP/1.1 200 OK\r\nX-Padding: " + b"x" * 1000, 0.02)


def drip_body(connection: Connection) -> None:
    connection.read_request()
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    connection.drip(b"x" * 1000, 0.02)


def say_nothing(connection: Connection) -> None:
    connection.read_request()
    connection.stall()


@pytest.mark.parametrize("script", [drip_headers, drip_body, say_nothing])
def test_a_request_takes_no_longer_than_the_timeout(script: Script, clients: list[Client]) -> None:
    with HostileServer(script) as server:
        found = client(server.url, clients, timeout=0.3).send(REQUEST, fresh=True)
        assert (found.reply, found.trouble) == (None, "no reply within 0.3 s (--timeout)")


@pytest.mark.parametrize("script", [drip_headers, drip_body, say_nothing])
def test_a_reply_cut_off_by_the_budget_is_not_the_servers_fault(script: Script, clients: list[Client]) -> None:
    with HostileServer(script) as server, pytest.raises(BudgetSpentError, match=r"0\.3 s are used up"):
        client(server.url, clients, Pace(time_budget=0.3)).send(REQUEST, fresh=True)


def test_no_more_requests_than_allowed(clients: list[Client]) -> None:
    with HostileServer(refuse) as server:
        asks = client(server.url, clients, Pace(max_requests=3))
        for _ in range(3):
            assert asks.send(REQUEST, fresh=True).reply is not None
        with pytest.raises(BudgetSpentError, match="3 requests are used up"):
            asks.send(REQUEST, fresh=True)
        assert len(server.times) == 3


def test_the_rate_holds_for_concurrent_requests_too(clients: list[Client]) -> None:
    with HostileServer(refuse) as server:
        client(server.url, clients, Pace(rate=50)).together([REQUEST] * 10)
        assert server.times[-1] - server.times[0] > 9 / 50 * 0.9


def test_a_run_stops_sending_wrong_tokens(clients: list[Client]) -> None:
    wrong = Request.of({"token": "x"}, "a wrong token", wrong_token=True)
    with HostileServer(refuse) as server:
        asks = client(server.url, clients)
        for _ in range(WRONG_TOKENS):
            asks.send(wrong, fresh=True)
        with pytest.raises(BudgetSpentError, match="wrong token"):
            asks.send(wrong, fresh=True)
        assert asks.send(REQUEST, fresh=True).reply is not None


@pytest.mark.parametrize("name", ["quick", "standard"])
def test_a_whole_run_sends_few_requests_and_few_wrong_tokens(name: str) -> None:
    with event_loop() as loop:
        run = judge(loop, EFFORTS[name])
    assert 0 < sum(item.request.wrong_token for item in run.exchanges) <= WRONG_TOKENS
    assert len(run.exchanges) <= MOST_REQUESTS[name]


def test_a_deep_run_draws_for_as_long_as_it_may() -> None:
    effort = replace(EFFORTS["quick"], explores=True)
    with event_loop() as loop:
        short, long = (judge(loop, item, pace=Pace(time_budget=5)) for item in (EFFORTS["quick"], effort))
    assert {item.outcome.label for item in long.results.values()} == {"passed"}
    drawn = [run.results["CONTRACT-ALLOWED"].cases for run in (short, long)]
    assert drawn[1] > 5 * drawn[0]


def test_a_server_that_asks_to_wait_is_asked_again_later(clients: list[Client]) -> None:
    seen: list[float] = []

    def limit(connection: Connection) -> None:
        connection.read_request()
        seen.append(time.monotonic())
        if len(seen) == 1:
            connection.reply(ENVELOPE, "429 Too Many Requests", "Retry-After: 1")
        else:
            connection.reply(ENVELOPE)

    with HostileServer(limit) as server:
        found = client(server.url, clients).send(REQUEST, fresh=True)
    assert found.reply is not None
    assert found.reply.status == 200
    assert seen[1] - seen[0] >= 1


def test_a_server_that_always_asks_to_wait_is_not_judged(clients: list[Client]) -> None:
    def limit(connection: Connection) -> None:
        connection.read_request()
        connection.reply(ENVELOPE, "429 Too Many Requests", "Retry-After: 0")

    with HostileServer(limit) as server, pytest.raises(BudgetSpentError, match="429"):
        client(server.url, clients).send(REQUEST, fresh=True)


def test_a_connection_that_was_closed_meanwhile_is_no_trouble(clients: list[Client]) -> None:
    served: list[int] = []

    def close_after_one(connection: Connection) -> None:
        connection.read_request()
        served.append(1)
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        if len(served) == 1:
            connection.receive()  # the next request over this connection, which stays without a reply

    with HostileServer(close_after_one) as server:
        asks = client(server.url, clients)
        assert [asks.send(REQUEST, fresh=True).trouble for _ in range(2)] == ["", ""]
        assert asks.pace.sent == 3


def test_a_connection_that_breaks_off_is_trouble(clients: list[Client]) -> None:
    def hang_up(connection: Connection) -> None:
        connection.read_request()
        connection.reset()

    with HostileServer(hang_up) as server:
        found = client(server.url, clients).send(REQUEST, fresh=True)
        assert found.reply is None
        assert "broke off" in found.trouble


def test_a_server_that_is_gone_ends_the_run(clients: list[Client]) -> None:
    with refusing_port() as url:
        asks = client(url, clients)
        assert asks.send(REQUEST, fresh=True).unreachable
        for _ in range(LOST_CONNECTIONS - 2):
            asks.send(REQUEST, fresh=True)
        with pytest.raises(CannotJudgeError, match="can't be reached any more"):
            asks.send(REQUEST, fresh=True)
