"""Choices about who is let in: where the token is, sessions that stand for it, and wrong ones that are counted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from profile_relations_server.service.messages import Call
from profile_relations_server.service.variants import Variants

from tests.helpers.asked_service import JOHN, Asked, make_service

if TYPE_CHECKING:
    from profile_relations_server.contract import Contract
    from profile_relations_server.world.model import World

BODY = {"rel_id": 2, "profile_id": JOHN}


def served(world: World, contract: Contract, *options: str) -> Asked:
    return make_service(world, contract, Variants.parse(options))


def code(server: Asked, *, body: str | None = None, header: str | None = None, cookie: str | None = None) -> int:
    """Gives `error` of a request with a token in the body, in the header, or in a session."""
    fields = BODY if body is None else BODY | {"token": body}
    call = Call(json.dumps(fields).encode(), "application/json", authorization=header, cookie=cookie)
    found: int = json.loads(server.call(call).content)["error"]
    return found


RIGHT = "8a28168486844c8bae2673a51d4433ff"
IN_HEADER = f"Bearer {RIGHT}"
# The token in the body and the header, and `error` where the token is read in the body, in the header, or in either.
PLACES: list[tuple[str | None, str | None, tuple[int, int, int]]] = [
    (RIGHT, None, (0, 401, 0)),
    (None, IN_HEADER, (401, 0, 0)),
    (None, IN_HEADER.replace("Bearer", "bearer"), (401, 0, 0)),
    (None, None, (401, 401, 401)),
    (None, "Bearer wrong", (401, 401, 401)),
    (None, f"Basic {RIGHT}", (401, 401, 401)),
    (None, RIGHT, (401, 401, 401)),
    (None, "Bearer ", (401, 401, 401)),
    (None, "junk", (401, 401, 401)),
    ("wrong", "junk", (401, 401, 401)),
    ("wrong", IN_HEADER, (401, 0, 0)),
    (RIGHT, "Bearer wrong", (0, 401, 401)),
    (RIGHT, "junk", (0, 401, 0)),
]


@pytest.mark.parametrize(("body", "header", "codes"), PLACES)
def test_the_token_counts_where_it_is_read(
    world: World, contract: Contract, body: str | None, header: str | None, codes: tuple[int, int, int]
) -> None:
    servers = [served(world, contract, f"token-in={place}") for place in ("body", "header", "either")]
    assert tuple(code(server, body=body, header=header) for server in servers) == codes


def test_a_session_stands_for_the_token_that_began_it(world: World, contract: Contract) -> None:
    server = served(world, contract, "cookies=session")
    cookie = server.reply(profile_id=JOHN).headers["set-cookie"].partition(";")[0]
    assert code(server, cookie=f"other=1; {cookie}") == 0
    assert code(server, cookie="session=made-up") == 401
    assert code(server, cookie=None) == 401
    assert code(server, body="wrong", cookie=cookie) == 401
    assert "set-cookie" not in server.reply(token="wrong").headers
    assert code(served(world, contract), cookie=cookie) == 401


def test_five_wrong_tokens_lock_everybody_out(
    world: World, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = served(world, contract, "lock-out=after-5")
    monkeypatch.setattr("profile_relations_server.service.state.monotonic", lambda: 1000.0)
    assert [code(server) for _ in range(9)] == [401] * 9, "a missing token is none that somebody tries"
    assert [code(server, body="wrong") for _ in range(4)] == [401] * 4
    assert code(server, body=RIGHT) == 0
    assert code(server, body="wrong") == 401
    assert [code(server, body=RIGHT), code(server)] == [403, 403]
    monkeypatch.setattr("profile_relations_server.service.state.monotonic", lambda: 1301.0)
    assert code(server, body=RIGHT) == 0


def test_wrong_tokens_are_not_counted_by_default(world: World, contract: Contract) -> None:
    server = served(world, contract)
    assert [code(server, body="wrong") for _ in range(9)] == [401] * 9
    assert code(server, body=RIGHT) == 0
