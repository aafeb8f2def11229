"""Many calls at a time: bounded, in order or as they come, and no failure ends the others."""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from profile_relations_client import (
    ApiError,
    AsyncRelationsClient,
    ClientError,
    ConfigurationError,
    InvalidRequestError,
    RelationsClient,
    models,
)

from .test_sessions import serving, url_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

URL = "https://example.com"
Outcome = tuple[Any, models.RelationsFound | ClientError]


class Crowd:
    """Answers calls and notes how many are under way; the number asked for is sent back as the count.

    Args:
        concurrency: How many are let in before the first of them is answered, so that none is ever alone.
    """

    def __init__(self, concurrency: int = 1) -> None:
        self.under_way = 0
        self.most = 0
        self.answered = 0
        self._others = asyncio.Event()
        self._barrier = threading.Barrier(concurrency)
        self._lock = threading.Lock()

    @staticmethod
    def reply(request: httpx.Request) -> httpx.Response:
        """Refuses 13, and finds nothing else."""
        number = json.loads(request.content)["rel_id"]
        if number == 13:
            return httpx.Response(200, json={"error": 400, "error_text": "unlucky"})
        return httpx.Response(200, json={"error": 0, "error_text": "", "data": [], "total_count": number})

    def _count(self, by: int) -> None:
        with self._lock:
            self.under_way += by
            self.most = max(self.most, self.under_way)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answers in a thread."""
        self._count(1)
        self._barrier.wait(10)
        self._count(-1)
        return self.reply(request)

    async def answer_later(self, request: httpx.Request) -> httpx.Response:
        """Answers in a coroutine, the first one after two others."""
        self._count(1)
        if json.loads(request.content)["rel_id"] == 0:
            await self._others.wait()
        await asyncio.sleep(0)
        self._count(-1)
        self.answered += 1
        if self.answered >= 2:
            self._others.set()
        return self.reply(request)


def requests(number: int) -> list[dict[str, Any]]:
    return [{"rel_id": one, "email": "x"} for one in range(number)]


def sync_many(crowd: Crowd, items: Any, **options: Any) -> list[Outcome]:  # noqa: ANN401
    with RelationsClient(URL, token="t", transport=httpx.MockTransport(crowd.answer)) as api:
        return [*api.get_relations_many(items, **options)]


def async_many(crowd: Crowd, items: Any, **options: Any) -> list[Outcome]:  # noqa: ANN401
    async def call() -> list[Outcome]:
        transport = httpx.MockTransport(crowd.answer_later)
        async with AsyncRelationsClient(URL, token="t", transport=transport) as api:
            return [pair async for pair in api.get_relations_many(items, **options)]

    return asyncio.run(call())


@pytest.mark.parametrize("many", [sync_many, async_many], ids=["sync", "async"])
def test_results_come_in_order_and_a_failure_is_a_value(many: Any) -> None:  # noqa: ANN401
    crowd = Crowd(4)
    pairs = many(crowd, requests(40), concurrency=4)
    assert [item["rel_id"] for item, _ in pairs] == [*range(40)]
    assert 1 < crowd.most <= 4
    for item, found in pairs:
        if item["rel_id"] == 13:
            assert isinstance(found, ApiError)
        else:
            assert found.total_count == item["rel_id"]


@pytest.mark.parametrize("many", [sync_many, async_many], ids=["sync", "async"])
def test_results_may_come_as_they_are_there(many: Any) -> None:  # noqa: ANN401
    pairs = many(Crowd(5), requests(60), concurrency=5, in_order=False)
    assert sorted(item["rel_id"] for item, _ in pairs) == [*range(60)]
    if many is async_many:
        assert [item["rel_id"] for item, _ in pairs] != [*range(60)], "the first one takes longest"


@pytest.mark.parametrize("many", [sync_many, async_many], ids=["sync", "async"])
def test_models_and_wrong_requests_have_their_turns_as_well(many: Any) -> None:  # noqa: ANN401
    items = [
        models.EmailRequest(rel_id=1, matching="email", email="x"),
        {"rel_id": 2},
        {"rel_id": 3, "emial": "x"},
        5,
        {"rel_id": 4, "email": "x"},
    ]
    outcomes = [found for _, found in many(Crowd(), items, concurrency=1)]
    assert [type(found) for found in outcomes[1:4]] == [InvalidRequestError] * 3
    assert "emial is unknown" in str(outcomes[2])
    assert [found.total_count for found in (outcomes[0], outcomes[4])] == [1, 4]


def test_any_number_of_requests_is_taken_one_by_one() -> None:
    taken: list[int] = []

    def endless() -> Iterator[dict[str, Any]]:
        for number in itertools.count(100):
            taken.append(number)
            yield {"rel_id": number, "email": "x"}

    with RelationsClient(URL, token="t", transport=httpx.MockTransport(Crowd().answer)) as api:
        for done, (item, _) in enumerate(api.get_relations_many(endless(), concurrency=3), 1):
            assert len(taken) <= done + 3
            if item["rel_id"] == 150:
                break

    async def endlessly() -> AsyncIterator[dict[str, Any]]:
        for request in endless():
            yield request

    async def call() -> None:
        transport = httpx.MockTransport(Crowd().answer_later)
        async with AsyncRelationsClient(URL, token="t", transport=transport) as api:
            taken.clear()
            done = 0
            async for item, _ in api.get_relations_many(endlessly(), concurrency=3):
                done += 1
                assert len(taken) <= done + 3
                if item["rel_id"] == 150:
                    break

    asyncio.run(call())


@pytest.mark.parametrize("concurrency", [0, -1, True, 2.5, "2", None])
def test_a_concurrency_that_is_none_is_refused_at_once(concurrency: Any) -> None:  # noqa: ANN401
    with RelationsClient(URL, token="t") as api, pytest.raises(ConfigurationError, match="concurrency"):
        api.get_relations_many([], concurrency=concurrency)


def test_a_failing_source_says_so() -> None:
    def source() -> Iterator[dict[str, Any]]:
        yield {"rel_id": 1, "email": "x"}
        raise LookupError("no more")

    for many in (sync_many, async_many):
        with pytest.raises(LookupError, match="no more"):
            many(Crowd(), source(), concurrency=2)


def test_gathered_calls_are_bounded_and_waiting_for_a_turn_takes_no_time_from_them() -> None:
    crowd = Crowd()
    moments: list[float] = []

    async def slow(request: httpx.Request) -> httpx.Response:
        moments.append(asyncio.get_running_loop().time())
        await asyncio.sleep(0.05)
        return await crowd.answer_later(request)

    async def call() -> list[models.RelationsFound]:
        limits = httpx.Limits(max_connections=4)
        options: Any = {"transport": httpx.MockTransport(slow), "retries": 0, "timeout": 0.6}
        # What is behind the network is bounded by `limits`; another transport by their default.
        async with AsyncRelationsClient(URL, token="t", limits=limits, **options) as api:
            return await asyncio.gather(*(api.get_relations(rel_id=one, email="x") for one in range(1000, 1600)))

    assert len(asyncio.run(call())) == 600
    assert crowd.most <= 32
    assert moments[-1] - moments[0] > 0.6, "nobody waited for longer than a timeout, so nothing was tested"


def test_connections_are_as_many_as_limits_allow() -> None:
    async def calls(url: str) -> None:
        limits = httpx.Limits(max_connections=3, max_keepalive_connections=3)
        async with AsyncRelationsClient(url, token="t", limits=limits) as api:
            await asyncio.gather(*(api.get_relations(rel_id=2, email="x") for _ in range(40)))

    with serving() as server:
        asyncio.run(calls(url_of(server)))
        assert len(server.connections) <= 3
        assert len(server.lines) == 40
