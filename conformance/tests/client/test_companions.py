"""Tools and ways of running that users combine the client with."""

from __future__ import annotations

import asyncio
import copy
import json
import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import respx
import vcr
from profile_relations_client import (
    ApiError,
    AsyncRelationsClient,
    AuthenticatedClient,
    Client,
    RelationsClient,
    models,
)
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from .test_sessions import serving, url_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpx import HTTPXMock
    from starlette.requests import Request

URL = "https://example.com/api"
TOKEN = "canary-5f3c9a1b"
ARGUMENTS: dict[str, Any] = {"rel_id": 2, "email": "john@example.com"}
FOUND = {"error": 0, "error_text": "", "data": [], "total_count": 7}


def both(url: str = URL) -> list[int]:
    """What the client of threads and that of coroutines count."""

    async def call() -> int:
        async with AsyncRelationsClient(url, token=TOKEN, retries=0) as api:
            return (await api.get_relations(**ARGUMENTS)).total_count

    with RelationsClient(url, token=TOKEN, retries=0) as api:
        return [api.get_relations(**ARGUMENTS).total_count, asyncio.run(call())]


def test_respx_answers() -> None:
    with respx.mock(base_url=URL) as router:
        route = router.post("/relations/get").respond(json=FOUND)
        assert both() == [7, 7]
        assert route.call_count == 2


@pytest.mark.httpx_mock(can_send_already_matched_responses=True)
def test_pytest_httpx_answers(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(method="POST", url=f"{URL}/relations/get", json=FOUND)
    assert both() == [7, 7]
    assert [json.loads(request.content)["email"] for request in httpx_mock.get_requests()] == ["john@example.com"] * 2


def test_vcrpy_plays_again(tmp_path: Path) -> None:
    recorder = vcr.VCR(cassette_library_dir=str(tmp_path), match_on=["method", "path"])
    with serving() as server, recorder.use_cassette("calls.yaml", allow_playback_repeats=True):
        url = url_of(server)
        assert both(url) == [0, 0]
    with recorder.use_cassette("calls.yaml", record_mode="none", allow_playback_repeats=True):
        assert both(url) == [0, 0]


def test_an_asgi_application_answers() -> None:
    async def answer(request: Request) -> JSONResponse:
        return JSONResponse(FOUND | {"total_count": (await request.json())["rel_id"]})

    async def call() -> int:
        transport = httpx.ASGITransport(Starlette(routes=[Route("/api/relations/get", answer, methods=["POST"])]))
        async with AsyncRelationsClient(URL, token=TOKEN, transport=transport) as api:
            return (await api.get_relations(rel_id=9, email="x")).total_count

    assert asyncio.run(call()) == 9


def in_a_child(api: RelationsClient, results: Any) -> None:  # noqa: ANN401  (a queue)
    results.put([api.get_relations(**ARGUMENTS).total_count for _ in range(5)])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # of Python itself, where other threads run
def test_a_client_works_on_both_sides_of_a_fork() -> None:
    with serving() as server, RelationsClient(url_of(server), token=TOKEN) as api:
        api.get_relations(**ARGUMENTS)
        context = multiprocessing.get_context("fork")
        results = context.Queue()
        children = [context.Process(target=in_a_child, args=(api, results)) for _ in range(2)]
        for child in children:
            child.start()
        assert [results.get(timeout=30) for _ in children] == [[0] * 5] * 2
        for child in children:
            child.join()
        assert api.get_relations(**ARGUMENTS).total_count == 0
        # One for each process: none reads from a connection of another.
        assert len(server.connections) == 3


def test_threads_share_a_client() -> None:
    with serving() as server, RelationsClient(url_of(server), token=TOKEN) as api:
        counts: list[int] = []
        threads = [
            threading.Thread(
                target=lambda: counts.extend(api.get_relations(**ARGUMENTS).total_count for _ in range(10))
            )
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert counts == [0] * 80
        assert len(server.connections) <= 8


def test_requests_results_and_errors_are_copied_and_pickled() -> None:
    request = models.EmailRequest(rel_id=2, matching="email", email="x", token=TOKEN)
    found = models.RelationsFound.from_dict(FOUND)
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"error": 5, "error_text": "no"}))
    with RelationsClient(URL, token=TOKEN, transport=transport) as api, pytest.raises(ApiError) as raised:
        api.get_relations(**ARGUMENTS)
    ways: list[Any] = [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))]  # noqa: S301
    for again in ways:
        assert again(found) == found
        assert again(request).email == "x"
        assert str(again(raised.value)) == str(raised.value)


@pytest.mark.parametrize("options", [["-O"], ["-OO"], ["-W", "error"], ["-I"]], ids=str)
def test_it_works_under_the_options_of_python(options: list[str]) -> None:
    script = (
        "import asyncio, sys\nfrom profile_relations_client import AsyncRelationsClient, RelationsClient\n"
        "url = sys.argv[1]\nwith RelationsClient(url, token='t') as api:\n    api.get_relations(rel_id=2, email='x')\n"
        "async def call():\n    async with AsyncRelationsClient(url, token='t') as api:\n"
        "        return await api.get_relations(rel_id=2, email='x')\nprint(asyncio.run(call()).total_count)\n"
    )
    with serving() as server:
        command = [sys.executable, *options, "-c", script, url_of(server)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "0\n")


@pytest.mark.parametrize("kind", [Client, AuthenticatedClient])
def test_the_other_face_shows_no_secret(kind: Any) -> None:  # noqa: ANN401
    options = {"token": TOKEN} if kind is AuthenticatedClient else {}
    client = kind(
        "https://user:canary-password@example.com/api", headers={"X-Key": TOKEN}, cookies={"a": TOKEN}, **options
    )
    client.get_httpx_client().close()
    request = models.EmailRequest(rel_id=2, matching="email", email="x", token=TOKEN)
    assert "canary" not in f"{client!r} {client} {client.with_headers({'X': TOKEN})!r} {request!r}"
    assert "example.com/api" in repr(client)
