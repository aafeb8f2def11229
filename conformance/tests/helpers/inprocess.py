"""The suite against the reference server within one process: as the command line runs it, but for the sockets."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import httpx
from profile_relations_conformance.checks.context import CheckContext
from profile_relations_conformance.contract.document import load_contract
from profile_relations_conformance.contract.ledger import load_ledger
from profile_relations_conformance.run.reference_server import PAGE_TOKEN, bundled_target
from profile_relations_conformance.run.runner import Runner
from profile_relations_conformance.run.settings import RunSettings
from profile_relations_conformance.run.setup import make_parts
from profile_relations_conformance.target.file import load_target
from profile_relations_conformance.target.model import Target, Token
from profile_relations_server import contract as server_contract
from profile_relations_server.http.app import App
from profile_relations_server.world.reader import load_world

from tests.helpers.asked_service import make_service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from profile_relations_conformance.checks.effort import Effort
    from profile_relations_conformance.judging.verdict import Run
    from profile_relations_conformance.transport.pace import Pace
    from starlette.types import ASGIApp

URL = "http://server/api/v1.1"
contract, ledger = cache(load_contract), cache(load_ledger)
served, world = cache(server_contract.load_contract), cache(load_world)


class AppTransport(httpx.BaseTransport):
    """Hands requests to an application on an event loop, so that concurrent ones meet there."""

    def __init__(self, app: ASGIApp, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._loop = loop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Waits for the application's reply."""
        return asyncio.run_coroutine_threadsafe(self._answer(request), self._loop).result()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        reply = await self._transport.handle_async_request(request)
        return httpx.Response(reply.status_code, headers=reply.headers, stream=httpx.ByteStream(await reply.aread()))


@contextmanager
def event_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Runs an event loop in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@cache
def bundled() -> Target:
    """What a tester knows of the bundled world."""
    with bundled_target() as path:
        return load_target(path, base_url=URL, token=Token(PAGE_TOKEN))


class TokenInHeader(httpx.BaseTransport):
    """A server that takes the token in the header alone, made of one that takes it in the body."""

    def __init__(self, server: httpx.BaseTransport) -> None:
        self._server = server

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Moves the token of the header into the body; one that stands in the body already is refused."""
        scheme, _, token = request.headers.pop("authorization", "").partition(" ")
        try:
            body = json.loads(request.read())
        except (ValueError, RecursionError):
            return self._server.handle_request(request)
        if isinstance(body, dict):
            body.pop("token", None)
            body |= {"token": token} if scheme == "Bearer" and token else {}
        content = json.dumps(body).encode()
        headers = {**request.headers, "content-length": str(len(content))}
        return self._server.handle_request(httpx.Request(request.method, request.url, headers=headers, content=content))


def judge(  # noqa: PLR0913 - what a run may be, in one place
    loop: asyncio.AbstractEventLoop,
    effort: Effort,
    *,
    fault: str | None = None,
    without: str = "",
    stop_when: Callable[[Run], bool] = lambda _: False,
    seed: int = 0,
    pace: Pace | None = None,
    token_in: str = "body",  # noqa: S107 - a place, no token
) -> Run:
    """Judges the reference server by all requirements, or by all but one."""
    requirements = {name: item for name, item in ledger().requirements.items() if name != without}
    transport = AppTransport(App(make_service(world(), served(), fault=fault).service), loop)
    carrier = TokenInHeader(transport) if token_in == "header" else transport
    target = replace(bundled(), token_in=token_in)
    parts = make_parts(RunSettings(seed=seed), contract(), target, carrier)
    parts.client.pace = pace or parts.client.pace
    context = CheckContext(contract=contract(), target=target, client=parts.client, effort=effort, seed=seed)
    return Runner(replace(parts, context=context), requirements, stop_when=stop_when)()


def failed(run: Run) -> set[str]:
    """Gives the requirements that failed in a run."""
    return {name for name, result in run.results.items() if result.failed_cases}
