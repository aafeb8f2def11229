"""Where the server itself fails, a call is answered all the same, and the log tells where without telling what."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from profile_relations_server.errors import StoreUnavailableError
from profile_relations_server.service.messages import Call, Trace
from profile_relations_server.service.pipeline import Service
from profile_relations_server.service.variants import Variants

from tests.helpers.asked_service import JOHN, Asked
from tests.helpers.store_model import MemoryStore

if TYPE_CHECKING:
    from profile_relations_server.contract import Contract
    from profile_relations_server.service.messages import Body
    from profile_relations_server.world.model import World


class Failing(Service):
    """Fails with an error that holds what the request held."""

    def find_by_profile_id(self, body: Body) -> list[str]:
        """Raises the error."""
        raise KeyError(body["token"])


def test_a_failure_is_answered_and_logged_once(
    world: World, contract: Contract, caplog: pytest.LogCaptureFixture
) -> None:
    token = world.tokens[0]
    server = Asked(Failing(contract, MemoryStore(world), world.tokens, Variants()), token)
    for _ in range(2):
        reply = server.reply(profile_id=JOHN)
        assert reply.status == 500
        assert json.loads(reply.content) == {"error": 500, "error_text": "the server failed to answer"}
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "KeyError" in caplog.text
    assert "find_by_profile_id" in caplog.text
    assert token not in caplog.text


class Unreachable(MemoryStore):
    """A store whose database is gone."""

    def has_profile(self, profile_id: str) -> bool:  # noqa: ARG002 - nobody is looked up
        """Fails, as a look-up does that got no answer."""
        raise StoreUnavailableError


def test_a_store_that_does_not_answer_is_told_apart_from_a_failure(
    world: World, contract: Contract, caplog: pytest.LogCaptureFixture
) -> None:
    server = Asked(Service(contract, Unreachable(world), world.tokens, Variants()), world.tokens[0])
    reply = server.reply(profile_id=JOHN)
    assert reply.status == 503
    assert json.loads(reply.content) == {"error": 503, "error_text": "the store does not answer, try again later"}
    assert not caplog.records


@pytest.mark.parametrize(("store", "service", "code"), [(Unreachable, Service, 503), (MemoryStore, Failing, 500)])
def test_the_trace_of_a_call_tells_what_became_of_it(
    world: World, contract: Contract, store: type[MemoryStore], service: type[Service], code: int
) -> None:
    server = Asked(service(contract, store(world), world.tokens, Variants()), world.tokens[0])
    call = Call(json.dumps({"token": server.token, "rel_id": 2, "profile_id": JOHN}).encode())
    server.call(call)
    assert call.trace == Trace("profile_id", code)


def test_no_repr_shows_a_token(server: Asked, world: World) -> None:
    call = Call(json.dumps({"token": server.token}).encode(), method="GET", query=f"token={server.token}")
    assert server.token not in f"{server.service!r} {world!r} {call!r}"
