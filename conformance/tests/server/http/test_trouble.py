"""Trouble on demand comes as often as it is asked for, the same each time, and by itself changes no answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from profile_relations_server.commands.main import main
from profile_relations_server.http.app import App, Surroundings
from profile_relations_server.http.trouble import NONE, Mishap, Mishaps, Trouble

from tests.helpers.asked_service import JOHN, make_service
from tests.helpers.raw_http import connected, request
from tests.helpers.server_processes import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from profile_relations_server.contract import Contract
    from profile_relations_server.world.model import World

    from tests.helpers.raw_http import Client

    Asking = Callable[..., AbstractContextManager[Client]]

MANY = 2000


@pytest.fixture(scope="module")
def body(world: World) -> bytes:
    return json.dumps({"token": world.tokens[0], "rel_id": 2, "profile_id": JOHN}).encode()


@pytest.fixture
def troubled(world: World, contract: Contract) -> Iterator[Callable[..., int]]:
    """Serves with trouble, and gives the port."""
    running = []

    def start(**options: Any) -> int:  # noqa: ANN401 - those of Trouble
        running.append(serving(App(make_service(world, contract).service, Surroundings(trouble=Trouble(**options)))))
        return running[-1].__enter__()

    yield start
    for context in running:
        context.__exit__(None, None, None)


def dealt(**options: Any) -> list[Mishap]:  # noqa: ANN401 - those of Trouble
    mishaps = Mishaps(Trouble(**options))
    return [mishaps.next(None) for _ in range(MANY)]


def test_each_kind_comes_as_often_as_it_is_asked_for() -> None:
    found = dealt(fail={429: 0.2, 503: 0.05}, drop=0.1, cut=0.3, delay=(0.2, 2.0))
    shares = {code: sum(item.code == code for item in found) / MANY for code in (429, 503, None)}
    assert shares == {
        429: pytest.approx(0.2, abs=0.03),
        503: pytest.approx(0.05, abs=0.02),
        None: pytest.approx(0.75, abs=0.04),
    }
    assert sum(item.is_dropped for item in found) / MANY == pytest.approx(0.1, abs=0.03)
    assert sum(item.is_cut for item in found) / MANY == pytest.approx(0.3, abs=0.04)
    assert 0.2 <= min(item.delay for item in found) < 0.3
    assert 1.9 < max(item.delay for item in found) <= 2.0


def test_the_same_seed_brings_the_same_trouble_and_another_seed_another() -> None:
    options = {"fail": {500: 0.5}, "drop": 0.5, "delay": (0.0, 1.0)}
    assert dealt(**options, seed=7) == dealt(**options, seed=7)
    assert dealt(**options, seed=7) != dealt(**options, seed=8)


def test_one_kind_more_moves_no_other() -> None:
    alone = [item.code for item in dealt(fail={500: 0.5})]
    assert [item.code for item in dealt(fail={500: 0.5}, drop=0.5, delay=(0.0, 9.0))] == alone


@pytest.mark.parametrize(
    ("prefer", "mishap"),
    [
        ("code=429", Mishap(code=429)),
        ("delay=2, Code = 503", Mishap(delay=2.0, code=503)),
        ("delay=0.25", Mishap(delay=0.25)),
        ("delay=999", Mishap(delay=60.0)),
        ("drop", Mishap(is_dropped=True)),
        ("truncate,slow-body", Mishap(is_cut=True, is_slow=True)),
        ("respond-async, wait=10, code=999, code=x, delay=-1, delay=1e9", NONE),
    ],
)
def test_a_request_can_ask_for_trouble_where_that_is_allowed(prefer: str, mishap: Mishap) -> None:
    assert Mishaps(Trouble(prefer=True)).next(prefer) == mishap
    assert Mishaps(Trouble()).next(prefer) == NONE


def test_a_failure_comes_as_a_proxy_tells_it(troubled: Callable[..., int], body: bytes) -> None:
    with connected(troubled(fail={429: 1.0})) as client:
        client.send(request(body))
        head, content = client.whole()
        assert head.startswith(b"http/1.1 429 ")
        assert b"retry-after: 1\r\n" in head
        assert b"content-type: text/html\r\n" in head
        assert b"429 Too Many Requests" in content


def test_a_connection_is_dropped_in_the_middle_of_a_reply(troubled: Callable[..., int], body: bytes) -> None:
    with connected(troubled(drop=1.0)) as client:
        client.send(request(body))
        head, content = client.whole()
        assert head.startswith(b"http/1.1 200 ")
        assert 0 < len(content) < client.stated_length(head)


def test_a_cut_body_is_whole_for_http_and_no_json(troubled: Callable[..., int], body: bytes) -> None:
    with connected(troubled(cut=1.0)) as client:
        client.send(request(body))
        head, content = client.whole()
        assert len(content) == client.stated_length(head)
        with pytest.raises(json.JSONDecodeError):
            json.loads(content)


def test_a_slow_body_comes_whole(troubled: Callable[..., int], body: bytes) -> None:
    with connected(troubled(is_slow=True)) as client:
        client.send(request(body))
        assert client.error() == 0


def test_a_header_asks_for_trouble_of_one_request(troubled: Callable[..., int], body: bytes) -> None:
    with connected(troubled(prefer=True)) as client:
        client.send(request(body, extra=b"prefer: code=500\r\n"))
        assert client.whole()[0].startswith(b"http/1.1 500 ")
        client.send(request(body))
        assert client.error() == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--delay", "soon"], "'soon' is not a time; write 200ms or 2s"),
        (
            ["--delay", "2s..200ms"],
            "'2s..200ms' is not a time span; write 200ms..2s, the shorter time first, at most 60s",
        ),
        (["--delay", "61s"], "is not a time span"),
        (["--fail", "429"], "'429' is not STATUS:SHARE; write 429:0.2"),
        (["--fail", "299:0.2"], "is not STATUS:SHARE"),
        (["--fail", "200:0.2"], "200 is not a failure; write a status of 400 or more"),
        (["--fail", "429:2"], "'2' is not a share; write a number between 0 and 1"),
        (["--drop", "-0.1"], "'-0.1' is not a share"),
        (["--truncate", "x"], "'x' is not a share"),
    ],
)
def test_a_mistake_in_an_option_is_told(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
