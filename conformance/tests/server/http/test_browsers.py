"""A page of another origin can ask the server from a browser where that is allowed, and not where it is not."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import httpx
import pytest
from profile_relations_server.http.app import App, Surroundings

from tests.helpers.asked_service import JOHN, make_service

if TYPE_CHECKING:
    from profile_relations_server.contract import Contract
    from profile_relations_server.world.model import World

ORIGIN = "https://shop.example.com"
ENDPOINT = "/api/v1.1/relations/get"
PREFLIGHT = {
    "origin": ORIGIN,
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type, authorization",
}


class Browser:
    """Asks an application as a page of an origin does."""

    def __init__(self, app: App) -> None:
        self._app = app

    def ask(self, method: str, path: str, headers: dict[str, str], content: bytes = b"") -> httpx.Response:
        """Sends one request."""

        async def answer() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
                return await client.request(method, path, headers=headers, content=content)

        return asyncio.run(answer())


def browser(world: World, contract: Contract, *origins: str) -> Browser:
    return Browser(App(make_service(world, contract).service, Surroundings(origins=origins)))


@pytest.mark.parametrize("allowed", [ORIGIN, "*"])
def test_a_page_of_an_allowed_origin_asks_the_endpoint(world: World, contract: Contract, allowed: str) -> None:
    page = browser(world, contract, allowed)
    before = page.ask("OPTIONS", ENDPOINT, PREFLIGHT)
    assert before.status_code == 200
    assert before.headers["access-control-allow-origin"] == allowed
    assert "POST" in before.headers["access-control-allow-methods"]
    assert {"content-type", "authorization"} <= set(before.headers["access-control-allow-headers"].split(", "))
    body = json.dumps({"token": world.tokens[0], "rel_id": 2, "profile_id": JOHN}).encode()
    reply = page.ask("POST", ENDPOINT, {"origin": ORIGIN}, body)
    assert reply.json()["error"] == 0
    assert reply.headers["access-control-allow-origin"] == allowed


@pytest.mark.parametrize("path", ["/openapi.json", "/openapi.yaml", "/docs"])
def test_a_page_of_an_allowed_origin_reads_the_contract(world: World, contract: Contract, path: str) -> None:
    reply = browser(world, contract, ORIGIN).ask("GET", path, {"origin": ORIGIN})
    assert (reply.status_code, reply.headers["access-control-allow-origin"]) == (200, ORIGIN)


@pytest.mark.parametrize("origins", [(), (ORIGIN,)])
def test_a_page_of_another_origin_is_not_let_in(world: World, contract: Contract, origins: tuple[str, ...]) -> None:
    page = browser(world, contract, *origins)
    headers = PREFLIGHT | {"origin": "https://evil.example.com"}
    assert "access-control-allow-origin" not in page.ask("OPTIONS", ENDPOINT, headers).headers
    reply = page.ask("GET", "/docs", {"origin": "https://evil.example.com"})
    assert reply.status_code == 200
    assert "access-control-allow-origin" not in reply.headers


def test_a_question_for_the_methods_is_no_preflight(world: World, contract: Contract) -> None:
    reply = browser(world, contract, ORIGIN).ask("OPTIONS", ENDPOINT, {})
    assert (reply.status_code, reply.headers["allow"]) == (405, "POST")
