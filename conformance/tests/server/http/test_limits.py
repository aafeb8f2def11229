"""What one client can take of the server: each limit ends in a clear envelope and a closed connection."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from profile_relations_server.http.app import App, Surroundings
from profile_relations_server.http.limits import Limits

from tests.helpers.asked_service import make_service
from tests.helpers.raw_http import connected, request
from tests.helpers.server_processes import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profile_relations_server.contract import Contract
    from profile_relations_server.world.model import World

LIMITS = Limits(body_bytes=3000, header_bytes=2000, request_seconds=0.4, idle_seconds=0.6, connections=3)


@pytest.fixture(scope="module")
def app(world: World, contract: Contract) -> App:
    return App(make_service(world, contract).service, Surroundings(limits=LIMITS))


@pytest.fixture(scope="module")
def port(app: App) -> Iterator[int]:
    with serving(app) as port:
        yield port


def test_headers_that_drip_are_cut_off(port: int) -> None:
    with connected(port) as client:
        client.drip(b"POST / HTTP/1.1\r\n" + b"x" * 100)
        assert client.last_text(408) == "the request did not come in whole within 0.4 seconds"


def test_a_body_that_drips_is_cut_off(port: int) -> None:
    with connected(port) as client:
        client.send(request(length=100))
        client.drip(b" " * 98)
        client.last_text(408)


def test_what_drips_on_after_its_refusal_is_cut_off_in_silence(port: int) -> None:
    with connected(port) as client:
        client.send(request(b"x" * 3001, length=9000))
        assert client.error() == 413
        client.drip(b" " * 98)
        assert client.ended()


def test_a_request_that_pauses_but_comes_in_time_is_answered(port: int) -> None:
    whole = request()
    with connected(port) as client:
        # Together they take longer than one may.
        for _ in range(4):
            client.send(whole[:30])
            time.sleep(0.15)
            client.send(whole[30:])
            assert client.error() == 401


def test_requests_in_one_packet_are_all_answered(port: int) -> None:
    with connected(port) as client:
        client.send(request() * 3 + request()[:20])
        assert [client.error() for _ in range(3)] == [401] * 3
        client.send(request()[20:])
        assert client.error() == 401


def test_a_large_body_before_it_does_not_count_as_headers(port: int) -> None:
    with connected(port) as client:
        client.send(request(b" " * 2900) + request()[:20])
        assert client.error() == 400
        client.send(request()[20:])
        assert client.error() == 401


def test_a_reply_without_a_body_comes_at_once(port: int) -> None:
    with connected(port) as client:
        client.send(b"HEAD /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        while (line := client.replies.readline()) != b"\r\n":
            assert line
        # Not only when the connection is closed, which has not happened.
        client.send(request())
        assert client.error() == 401


def test_a_client_that_asks_whether_to_go_on_is_told(port: int) -> None:
    with connected(port) as client:
        client.send(request(extra=b"expect: 100-continue\r\n")[:-2])
        assert client.replies.readline() == b"HTTP/1.1 100 Continue\r\n"
        assert client.replies.readline() == b"\r\n"
        client.send(b"{}")
        assert client.error() == 401


@pytest.mark.parametrize("replies", [0, 1])
def test_a_connection_that_asks_nothing_more_is_closed_in_silence(port: int, replies: int) -> None:
    with connected(port) as client:
        client.send(request() * replies)
        assert [client.error() for _ in range(replies)] == [401] * replies
        assert client.ended()


@pytest.mark.parametrize("size", [1900, 2100, 60_000])
def test_headers_over_the_limit_are_refused(port: int, size: int) -> None:
    with connected(port) as client:
        client.send(request(extra=b"x: " + b"y" * size + b"\r\n"))
        if size < LIMITS.header_bytes:
            assert client.error() == 401
        else:
            assert client.last_text(431) == "the URL and the headers are larger than 2000 bytes"


def test_headers_without_an_end_are_refused(port: int) -> None:
    with connected(port) as client:
        client.send(b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 1100)
        client.last_text(431)


def test_a_header_without_an_end_is_refused(port: int) -> None:
    with connected(port) as client:
        client.send(b"GET / HTTP/1.1\r\nx: ")
        time.sleep(0.1)
        client.send(b"y" * 2100)
        client.last_text(431)


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02\x00\x01\x00", b"SPELL / HTTP/1.1\r\n\r\n", b"\0" * 9])
def test_what_is_no_http_is_refused(port: int, sent: bytes) -> None:
    with connected(port) as client:
        client.send(sent)
        assert client.last_text(400) == "this is no HTTP request that can be read"


def test_more_connections_than_allowed_are_refused_until_one_closes(port: int) -> None:
    with connected(port) as first, connected(port), connected(port), connected(port) as fourth:
        # The server takes them in this order, so all are open when the last one is answered.
        fourth.send(request())
        assert fourth.last_text(503) == "the server has too many connections, try again later"
        first.send(request())
        assert first.error() == 401
    for _ in range(50):
        with connected(port) as client:
            client.send(request())
            if client.error() == 401:
                return
        time.sleep(0.05)
    pytest.fail("the server refuses connections though all others are closed")


def test_a_call_whose_client_left_is_neither_answered_nor_counted(app: App, port: int) -> None:
    before = calls(app)
    with connected(port) as client:
        client.send(request(length=3))
        time.sleep(0.1)
    with connected(port) as client:
        client.send(request())
        assert client.error() == 401
    assert calls(app) == before + 1


def calls(app: App) -> float:
    """Counts the calls that were answered, as the metrics tell."""
    return sum(sample.value for sample in next(app.metrics.collect()).samples)
