"""What is tried again, how often and after what waits; the clock is a made-up one."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from profile_relations_client import (
    ApiError,
    AsyncRelationsClient,
    ClientError,
    ConnectionFailedError,
    MalformedReplyError,
    RelationsClient,
    RequestTimeoutError,
    Retries,
    UnexpectedStatusError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


def reply(status: int, value: object = None, **headers: str) -> Callable[[], httpx.Response]:
    """Makes a new reply each time, since one can be read once."""
    return lambda: httpx.Response(status, json=value, headers={"Retry-After": headers["after"]} if headers else None)


def failure(error: Exception) -> Callable[[], httpx.Response]:
    """Fails as a transport does."""

    def fail() -> httpx.Response:
        raise error

    return fail


FOUND = reply(200, {"data": [], "error": 0, "error_text": "", "total_count": 0})
PASSING = {
    "429": reply(429),
    "502": reply(502),
    "503": reply(503, {"error": 9, "error_text": "busy"}),
    "504": reply(504),
    "connect": failure(httpx.ConnectError("refused")),
    "broken": failure(httpx.ReadError("reset")),
    "timeout": failure(httpx.ReadTimeout("slow")),
}
KINDS = {
    "connect": ConnectionFailedError,
    "broken": ConnectionFailedError,
    "timeout": RequestTimeoutError,
    "503": ApiError,
}
LASTING = {
    "500": (reply(500), UnexpectedStatusError),
    "404": (reply(404), UnexpectedStatusError),
    "refusal": (reply(200, {"error": 400, "error_text": "no"}), ApiError),
    "malformed": (reply(200, "<html>"), MalformedReplyError),
}


class World:
    """A server that has its answers ready, and a clock that only goes on when somebody waits."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, outcomes: list[Callable[[], httpx.Response]]) -> None:
        self.waits: list[float] = []
        self.bodies: list[bytes] = []
        self._outcomes = outcomes
        monkeypatch.setattr(time, "sleep", self.waits.append)
        monkeypatch.setattr(anyio, "sleep", self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(request.content)
        return self._outcomes[min(len(self.bodies), len(self._outcomes)) - 1]()

    def sync(self, retries: int | Retries) -> Any:  # noqa: ANN401  (whatever came of it)
        """Calls it, and waits."""
        with RelationsClient(
            "https://example.com", token="t", retries=retries, transport=httpx.MockTransport(self._answer)
        ) as api:
            return api.get_relations(rel_id=2, email="x")

    def coroutine(self, retries: int | Retries) -> Any:  # noqa: ANN401  (as above)
        """Calls it in a coroutine."""

        async def call() -> object:
            async with AsyncRelationsClient(
                "https://example.com", token="t", retries=retries, transport=httpx.MockTransport(self._answer)
            ) as api:
                return await api.get_relations(rel_id=2, email="x")

        return asyncio.run(call())


DRIVERS: dict[str, Callable[[World, int | Retries], Any]] = {"sync": World.sync, "async": World.coroutine}
STEADY = Retries(jitter=lambda: 0.0)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("failure", PASSING)
def test_a_failure_that_may_pass_is_tried_again(driver: str, failure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [PASSING[failure], PASSING[failure], FOUND])
    found = DRIVERS[driver](world, STEADY)
    assert found.total_count == 0
    assert world.waits == [0.5, 1.0]
    assert len(world.bodies) == 3
    assert {json.loads(body)["email"] for body in world.bodies} == {"x"}


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("failure", PASSING)
def test_two_retries_are_the_default_and_0_is_none(driver: str, failure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for retries, attempts in ((2, 3), (0, 1), (4, 5)):
        world = World(monkeypatch, [PASSING[failure]])
        with pytest.raises(ClientError) as raised:
            DRIVERS[driver](world, retries)
        assert type(raised.value) is KINDS.get(failure, UnexpectedStatusError)
        assert len(world.bodies) == attempts
        assert len(world.waits) == attempts - 1
    assert Retries().count == 2


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("failure", LASTING)
def test_a_failure_that_lasts_is_not_tried_again(driver: str, failure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome, expected = LASTING[failure]
    world = World(monkeypatch, [outcome, FOUND])
    with pytest.raises(expected):
        DRIVERS[driver](world, 2)
    assert len(world.bodies) == 1
    assert world.waits == []


@pytest.mark.parametrize(("asked", "waited"), [("3", 3.0), ("0", 0.0), ("86400", 30.0), ("soon", 0.5), ("-1", 0.5)])
def test_retry_after_is_obeyed_up_to_a_cap(asked: str, waited: float, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [reply(503, after=asked), FOUND])
    world.sync(STEADY)
    assert world.waits == [waited]


@pytest.mark.parametrize(("seconds", "waited"), [(7, 7.0), (-60, 0.0), (3600, 30.0)])
def test_retry_after_may_be_a_date(seconds: int, waited: float) -> None:
    asked = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert Retries().wait(0, {"Retry-After": asked}, NOW) == waited


@given(st.integers(0, 60), st.floats(0, 1), st.integers(1, 61))
def test_waits_grow_to_a_longest_one_and_are_shortened_at_random(done: int, jitter: float, count: int) -> None:
    wait = Retries(count=count, first_wait=0.5, longest_wait=8, jitter=lambda: jitter).wait(done, None)
    if done >= count:
        assert wait is None
    else:
        full = min(0.5 * 2**done, 8)
        assert wait is not None
        assert full / 2 <= wait <= full
        assert wait == pytest.approx(full * (1 - jitter / 2))


def test_the_random_part_is_random() -> None:
    assert len({Retries().wait(1, None) for _ in range(20)}) > 10
