"""What a proxy in front refuses comes in its own words, and what it lets through is answered as ever."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from profile_relations_server.commands.main import main
from profile_relations_server.http.app import App, Surroundings
from profile_relations_server.http.proxy import Proxy, Rate
from profile_relations_server.service.variants import Variants

from tests.helpers.asked_service import JOHN, make_service
from tests.helpers.raw_http import connected, request
from tests.helpers.server_processes import serving

if TYPE_CHECKING:
    from profile_relations_server.contract import Contract
    from profile_relations_server.world.model import World

NESTED = b"[" * 101 + b"]" * 101


@pytest.mark.parametrize(
    ("option", "body", "status"),
    [
        ("large-body=html", b" " * (16 * 1024 + 1), 413),
        ("firewall=html", b"{\"phone\": \"x' OR '1'='1\"}", 403),
        ("firewall=html", b"<script>alert(1)</script>", 403),
        ("nesting=own-words", NESTED, 400),
    ],
)
def test_what_a_proxy_takes_offence_at_is_refused_in_its_own_words(option: str, body: bytes, status: int) -> None:
    reply = Proxy(Variants.parse([option])).answer(body)
    assert reply
    assert reply.status == status
    assert not reply.content.startswith(b"{")
    assert Proxy(Variants()).answer(body) is None
    assert Proxy(Variants.parse([option])).answer(b"{}") is None


def test_requests_are_let_through_at_a_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("profile_relations_server.http.proxy.monotonic", lambda: now)
    proxy = Proxy(Variants(), Rate(20, 3))
    assert [proxy.answer(b"{}") for _ in range(3)] == [None] * 3
    refused = proxy.answer(b"{}")
    assert refused
    assert (refused.status, refused.headers["retry-after"]) == (429, "1")
    now += 0.051
    assert proxy.answer(b"{}") is None
    assert proxy.answer(b"{}") is not None
    now += 60
    assert [proxy.answer(b"{}") is None for _ in range(4)] == [True, True, True, False]


@pytest.mark.parametrize("status", [429, 503])
def test_a_variant_throttles_with_either_status(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    monkeypatch.setattr("profile_relations_server.http.proxy.monotonic", lambda: 1.0)
    proxy = Proxy(Variants.parse([f"throttling={status}"]))
    replies = [proxy.answer(b"{}") for _ in range(21)]
    assert replies[:20] == [None] * 20
    assert replies[20]
    assert replies[20].status == status


def test_the_application_asks_the_proxy_first(world: World, contract: Contract) -> None:
    app = App(make_service(world, contract).service, Surroundings(rate=Rate(0.001)))
    body = json.dumps({"token": world.tokens[0], "rel_id": 2, "profile_id": JOHN}).encode()
    with serving(app) as port, connected(port) as client:
        client.send(request(body) * 2)
        assert client.error() == 0
        head, content = client.whole()
        assert head.startswith(b"http/1.1 429 ")
        assert b"retry-after: 1000" in head
        assert content.startswith(b"<html>")


@pytest.mark.parametrize("text", ["20", "0/s", "20/s:0", "x/s", "20/m"])
def test_a_rate_that_is_none_is_told(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--rate-limit", text])
    assert f"{text!r} is not a rate; write 20/s, or 20/s:5 to allow five at once" in capsys.readouterr().err
