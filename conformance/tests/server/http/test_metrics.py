"""The metrics: every call is counted once by its mode and outcome, whichever worker process answered it."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from profile_relations_server.http.app import App
from profile_relations_server.http.metrics import BUCKETS, Metrics
from profile_relations_server.service.messages import OUTCOMES, Trace
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse

from tests.helpers.asked_service import JOHN, make_service
from tests.helpers.server_processes import running

if TYPE_CHECKING:
    from collections.abc import Iterable

    from profile_relations_server.contract import Contract
    from profile_relations_server.world.model import World
    from prometheus_client.core import Metric

ENDPOINT = "/api/v1.1/relations/get"


def counts(families: Iterable[Metric]) -> dict[tuple[str, str], float]:
    """Gives the number of calls by mode and outcome, where there were any."""
    samples = [sample for family in families for sample in family.samples if sample.name == "relations_requests_total"]
    assert samples
    return {(item.labels["mode"], item.labels["outcome"]): item.value for item in samples if item.value}


def test_calls_are_counted_by_mode_and_outcome(world: World, contract: Contract) -> None:
    app = App(make_service(world, contract).service)
    token = world.tokens[0]
    bodies: list[dict[str, Any]] = [
        {"token": token, "rel_id": 2, "profile_id": JOHN},
        {"token": token, "rel_id": 2, "profile_id": JOHN, "matching": "profile_id"},
        {"token": token, "rel_id": 2, "email": "nobody@example.com"},
        {"token": token, "rel_id": 2, "matching": "custom", "field_name": "LOYALTY", "field_value": 7},
        {"token": token, "rel_id": 2},
        {"token": token, "rel_id": 2, "matching": "canary"},
        {"rel_id": 2},
    ]

    async def ask() -> tuple[str, str]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://server") as client:
            for body in bodies:
                await client.post(ENDPOINT, json=body)
            await client.get(ENDPOINT)
            await client.post(ENDPOINT, content=b" " * (app.limits.body_bytes + 1))
            plain = await client.get("/metrics", headers={"accept": "text/plain"})
            newer = await client.get("/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})
            assert newer.headers["content-type"].startswith("application/openmetrics-text")
            return plain.text, newer.text

    plain, newer = asyncio.run(ask())
    expected = {
        ("profile_id", "success"): 2,
        ("email", "not_found"): 1,
        ("custom", "success"): 1,
        ("none", "incorrect_request"): 2,
        ("none", "token_required"): 1,
        ("none", "wrong_method"): 1,
        ("none", "too_large"): 1,
    }
    assert counts(parse(plain)) == expected
    assert counts(parse_openmetrics(newer)) == expected  # type: ignore[no-untyped-call] # the parser has no types
    assert "canary" not in plain


def test_times_are_counted_in_buckets() -> None:
    metrics = Metrics(["email"])
    for seconds in (BUCKETS[0], 0.3, 0.3, 1e9):
        metrics.count(Trace("email"), seconds)
    _, times = metrics.collect()
    samples = [item for item in times.samples if item.labels["mode"] == "email"]
    values = {(item.name.rpartition("_")[2], item.labels.get("le")): item.value for item in samples}
    assert (values["bucket", str(BUCKETS[0])], values["bucket", "0.25"], values["bucket", "0.5"]) == (1, 1, 3)
    assert (values["bucket", str(BUCKETS[-1])], values["bucket", "+Inf"], values["count", None]) == (3, 4, 4)
    assert values["sum", None] == pytest.approx(1e9 + 0.6 + BUCKETS[0])


@pytest.mark.parametrize("code", [*OUTCOMES, 9400, -1])
def test_every_code_has_an_outcome(code: int | None) -> None:
    metrics = Metrics(["email"])
    metrics.count(Trace(None, code), 0)  # type: ignore[arg-type] # None stands for the codes that are not listed
    assert counts(metrics.collect()) == {("none", OUTCOMES.get(code, "other")): 1}


def test_what_forked_processes_count_is_summed_up() -> None:
    metrics = Metrics(["email"], workers=3)

    def work(number: int) -> None:
        metrics.count_as(number)
        # So often that two processes would get into each other's way if they added to the same numbers.
        for _ in range(50_000):
            metrics.count(Trace("email"), 0.5)

    workers = [multiprocessing.get_context("fork").Process(target=work, args=(number,)) for number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert counts(metrics.collect()) == {("email", "success"): 150_000}


def test_whichever_worker_is_asked_tells_of_all_calls() -> None:
    body = json.dumps({"rel_id": 2}).encode()
    with running("--workers", "2") as (_, base):
        for _ in range(20):
            httpx.post(f"{base}/relations/get", content=body)
        pages = [httpx.get(f"{base.removesuffix('/api/v1.1')}/metrics").text for _ in range(6)]
    assert [counts(parse(page)) for page in pages] == [{("none", "token_required"): 20}] * 6
