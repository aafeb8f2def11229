"""HTTP as it comes in: what a request has to say, in whose order answers come, and what is not read."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest
from profile_relations_server.http.app import App, Surroundings
from profile_relations_server.http.limits import Limits

from tests.helpers.asked_service import JOHN, make_service
from tests.helpers.raw_http import PATH, connected, request
from tests.helpers.server_processes import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profile_relations_server.contract import Contract
    from profile_relations_server.world.model import World

LIMITS = Limits(header_bytes=2000, request_seconds=5)
UPGRADE = b"connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n"


@pytest.fixture(scope="module")
def port(world: World, contract: Contract) -> Iterator[int]:
    with serving(App(make_service(world, contract).service, Surroundings(limits=LIMITS))) as port:
        yield port


@pytest.fixture(scope="module")
def body(world: World) -> bytes:
    return json.dumps({"token": world.tokens[0], "rel_id": 2, "profile_id": JOHN}).encode()


def test_a_wish_for_another_protocol_leaves_a_request_its_body(port: int, body: bytes) -> None:
    whole = request(body, extra=UPGRADE)
    with connected(port) as client:
        client.send(whole + whole)
        assert [client.error(), client.error()] == [0, 0]
        client.send(whole[:-9])
        client.send(whole[-9:])
        assert client.error() == 0


def test_a_tunnel_is_refused(port: int) -> None:
    with connected(port) as client:
        client.send(b"CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n")
        client.last_text(400)


@pytest.mark.parametrize("hosts", [b"", b"host: a\r\nhost: b\r\n"])
def test_a_request_that_does_not_name_one_host_is_refused(port: int, body: bytes, hosts: bytes) -> None:
    with connected(port) as client:
        client.send(request(body).replace(b"host: x\r\n", hosts))
        assert client.last_text(400) == "the request must have one Host header"


def test_a_request_of_the_older_http_needs_no_host(port: int, body: bytes) -> None:
    with connected(port) as client:
        client.send(request(body).replace(b"host: x\r\n", b"").replace(b"HTTP/1.1", b"HTTP/1.0"))
        assert client.error() == 0


def test_a_compressed_body_is_said_not_to_be_supported(port: int, body: bytes) -> None:
    with connected(port) as client:
        client.send(request(gzip.compress(body), extra=b"content-encoding: gzip\r\n"))
        envelope = client.reply()[1]
        assert envelope["error"] == 415
        assert "content-encoding gzip is not supported" in envelope["error_text"]
        client.send(request(body, extra=b"content-encoding: identity\r\n"))
        assert client.error() == 0


def test_requests_are_answered_before_what_follows_them_is_refused(port: int, body: bytes) -> None:
    with connected(port) as client:
        client.send(request(body) * 3 + b"no request\r\n\r\n")
        assert [client.error() for _ in range(3)] == [0, 0, 0]
        assert client.last_text(400) == "this is no HTTP request that can be read"


def chunked(body: bytes, behind: bytes) -> bytes:
    """Writes a request in one chunk, with more headers behind its body."""
    head = b"POST " + PATH + b" HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    return head + b"%x\r\n%s\r\n0\r\n%s\r\n" % (len(body), body, behind)


def test_what_follows_a_body_counts_for_no_header(port: int, body: bytes) -> None:
    with connected(port) as client:
        client.send(chunked(body, b"content-encoding: gzip\r\nhost: y\r\n") * 2)
        assert [client.error(), client.error()] == [0, 0]


def test_headers_behind_a_body_are_bounded(port: int, body: bytes) -> None:
    # The server closes the connection while the client writes, so the reply may be lost.
    with connected(port) as client, pytest.raises(OSError, match=r"Broken pipe|reset"):
        client.send_in_pieces(chunked(body, b"x: " + b"y" * 4_000_000 + b"\r\n"))


def test_a_body_in_many_small_chunks_is_read(port: int, body: bytes) -> None:
    parts = [b"1\r\n%c\r\n" % byte for byte in body]
    head = b"POST " + PATH + b" HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    with connected(port) as client:
        client.send(head)
        for part in parts:
            client.send(part)
        client.send(b"0\r\n\r\n")
        assert client.error() == 0


@pytest.mark.parametrize("path", [PATH, b"/", b"/docs", b"/healthz"])
def test_a_question_for_the_methods_is_answered(port: int, path: bytes) -> None:
    with connected(port) as client:
        client.send(b"OPTIONS " + path + b" HTTP/1.1\r\nhost: x\r\n\r\n")
        head, _ = client.reply()
        allowed = next(line for line in head.split(b"\r\n") if line.startswith(b"allow: "))
        assert (b"post" if path == PATH else b"get") in allowed
