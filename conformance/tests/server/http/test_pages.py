"""The pages beside the endpoint: what they say, that they need nothing from elsewhere, and what they never show."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING

import httpx
import pytest
import yaml
from msgspec.structs import replace
from profile_relations_server.contract import Contract, contract_file
from profile_relations_server.errors import StoreUnavailableError
from profile_relations_server.http.app import App
from profile_relations_server.service.pipeline import Service
from profile_relations_server.service.variants import Variants

from tests.helpers.asked_service import make_service
from tests.helpers.store_model import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from profile_relations_server.world.model import World

    CheckContext = Callable[..., httpx.Response]


def asking(app: App) -> CheckContext:
    """Makes a function that sends one request to an application."""

    def ask(path: str, method: str = "GET", **more: str) -> httpx.Response:
        async def send() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://server") as client:
                return await client.request(method, path, headers=more)

        return asyncio.run(send())

    return ask


@pytest.fixture(scope="module")
def ask(world: World, contract: Contract) -> CheckContext:
    return asking(App(make_service(world, contract).service))


def test_the_first_page_says_what_the_server_is_and_is_not(ask: CheckContext) -> None:
    page = ask("/")
    assert page.headers["content-type"].startswith("text/html")
    for text in ("POST /api/v1.1/relations/get", "does not imitate", "quotas", "accounts", "Nothing can be written"):
        assert text in page.text


def test_every_link_of_the_pages_leads_to_a_page_of_this_server(ask: CheckContext) -> None:
    links = [link for page in ("/", "/docs") for link in re.findall(r'(?:href|src)="([^"]*)"', ask(page).text)]
    assert len(links) == 10
    assert {ask(link).status_code for link in links} == {200}


def test_the_interactive_page_can_load_nothing_from_elsewhere(ask: CheckContext) -> None:
    page = ask("/docs")
    policy = page.headers["content-security-policy"].split("; ")
    assert policy[0] == "default-src 'self'"
    assert not [source for rule in policy for source in rule.split()[1:] if "." in source or "*" in source]
    assert "//" not in page.text
    assert "//" not in ask("/docs/start.js").text


def test_the_interactive_page_shows_the_contract_and_tries_this_server(ask: CheckContext) -> None:
    script = ask("/docs/start.js").text
    assert 'fetch("/openapi.json")' in script
    assert 'servers = [{ url: "/api/v1.1" }]' in script
    assert "SwaggerUIBundle" in ask("/docs/swagger-ui-bundle.js").text


def test_the_contract_is_served_as_it_is(ask: CheckContext) -> None:
    assert ask("/openapi.yaml").content == contract_file().read_bytes()
    assert ask("/openapi.json").json() == yaml.safe_load(contract_file().read_bytes())


def test_another_contract_is_served_where_that_is_obeyed(world: World) -> None:
    document = yaml.safe_load(contract_file().read_bytes())
    document["servers"] = [{"url": "/v2"}]
    ask = asking(App(make_service(world, Contract(document)).service))
    assert yaml.safe_load(ask("/openapi.yaml").content) == ask("/openapi.json").json() == document
    assert "POST /v2/relations/get" in ask("/").text
    assert 'url: "/v2"' in ask("/docs/start.js").text


def test_it_lives_and_is_ready(ask: CheckContext) -> None:
    assert [(ask(path).status_code, ask(path).text) for path in ("/healthz", "/readyz")] == [(200, "ok")] * 2


class Unreachable(MemoryStore):
    """A store whose database is gone."""

    def has_profile(self, profile_id: str) -> bool:  # noqa: ARG002 - nobody is looked up
        """Fails, as a look-up does that got no answer."""
        raise StoreUnavailableError


def test_it_lives_but_is_not_ready_while_its_store_does_not_answer(world: World, contract: Contract) -> None:
    ask = asking(App(Service(contract, Unreachable(world), world.tokens, Variants())))
    assert (ask("/readyz").status_code, ask("/readyz").text) == (503, "the store does not answer")
    assert ask("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/nothing", "/docs/", "/docs/../app.py", "/docs/swagger-ui.js", "/openapi.xml"])
def test_a_path_that_there_is_not_is_refused_with_the_envelope(ask: CheckContext, path: str) -> None:
    text = "there is no such page; the endpoint is /api/v1.1/relations/get"
    assert (ask(path).status_code, ask(path).json()) == (404, {"error": 404, "error_text": text})


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/healthz", "/metrics"])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_the_pages_are_only_read(ask: CheckContext, path: str, method: str) -> None:
    reply = ask(path, method)
    assert (reply.status_code, reply.json()["error"], set(reply.headers["allow"].split(", "))) == (
        405,
        405,
        {"GET", "HEAD"},
    )
    assert (ask(path, "HEAD").status_code, ask(path, "HEAD").content) == (200, b"")


def test_no_page_shows_a_token_of_the_world(contract: Contract, world: World) -> None:
    secret = replace(world, tokens=("canary-5d0b",))
    ask = asking(App(make_service(secret, contract).service))
    pages = [ask(path) for path in ("/", "/docs", "/docs/start.js", "/openapi.yaml", "/metrics", "/readyz", "/canary")]
    assert "canary-5d0b" not in json.dumps([[page.text, dict(page.headers)] for page in pages])
