"""A client of coroutines across event loops, cancellations and its own end: it works, or says what to do."""

from __future__ import annotations

import asyncio
import gc
import threading
import warnings
from typing import Any

import httpx
import pytest
from profile_relations_client import AsyncRelationsClient, ClientError, ClosedError, RelationsClient, Retries

from .hostile import Connection, HostileServer
from .hostile_scripts import replies
from .test_sessions import serving, url_of

ARGUMENTS: dict[str, Any] = {"rel_id": 2, "email": "john@example.com"}


def test_one_client_is_used_in_one_event_loop_after_another() -> None:
    with serving() as server, warnings.catch_warnings():
        warnings.simplefilter("error")
        api = AsyncRelationsClient(url_of(server), token="t")

        async def calls() -> int:
            found = await asyncio.gather(*(api.get_relations(**ARGUMENTS) for _ in range(5)))
            return len(found)

        for _ in range(4):
            assert asyncio.run(calls()) == 5
        asyncio.run(api.close())
        gc.collect()


def test_one_client_is_used_in_the_event_loops_of_several_threads() -> None:
    with serving() as server:
        api = AsyncRelationsClient(url_of(server), token="t")
        counts: list[int] = []

        async def calls() -> None:
            counts.extend([len(await api.get_relations(**ARGUMENTS)) for _ in range(10)])

        threads = [threading.Thread(target=lambda: asyncio.run(calls())) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert counts == [0] * 40


def test_an_event_loop_that_ends_closes_its_connections() -> None:
    ended = threading.Event()

    def script(connection: Connection) -> None:
        connection.read_request()
        body = b'{"error": 0}'
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        try:
            connection.receive()
        except ConnectionError:
            ended.set()

    with HostileServer(script) as server:
        api = AsyncRelationsClient(server.url, token="t")
        asyncio.run(one_call(api))
        assert ended.wait(5), "the connection outlived its event loop"
        asyncio.run(api.close())


async def one_call(api: AsyncRelationsClient) -> None:
    await api.get_relations(**ARGUMENTS)


# Where connecting is cancelled at the wrong moment, Python's own event loop forgets to close the socket.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("ending", [False, True])
def test_after_a_hundred_cancelled_calls_a_client_still_works(ending: bool) -> None:  # noqa: FBT001
    async def calls(url: str) -> None:
        limits = httpx.Limits(max_connections=5, max_keepalive_connections=5)
        async with AsyncRelationsClient(url, token="t", limits=limits, timeout=5) as api:
            for round_ in range(10):
                tasks = [asyncio.ensure_future(api.get_relations(**ARGUMENTS)) for _ in range(10)]
                for _ in range(round_ * 3):
                    await asyncio.sleep(0)
                for task in tasks:
                    task.cancel()
                if ending:
                    await asyncio.gather(*tasks, return_exceptions=True)
            found = await asyncio.gather(*(api.get_relations(**ARGUMENTS) for _ in range(20)))
            assert len(found) == 20

    with serving() as server:
        asyncio.run(asyncio.wait_for(calls(url_of(server)), 60))
    gc.collect()


def test_closing_while_a_retry_waits_ends_in_an_error_of_the_package() -> None:
    async def calls(url: str) -> None:
        api = AsyncRelationsClient(url, token="t", retries=Retries(first_wait=0.2, jitter=lambda: 0.0))
        call = asyncio.ensure_future(api.get_relations(**ARGUMENTS))
        await asyncio.to_thread(wait_for, server)
        await api.close()
        with pytest.raises(ClosedError):
            await call

    with HostileServer(replies(b"", "503 Busy")) as server:
        asyncio.run(calls(server.url))

    with HostileServer(replies(b"", "503 Busy")) as server:
        api = RelationsClient(server.url, token="t", retries=Retries(first_wait=0.2, jitter=lambda: 0.0))
        closing = threading.Thread(target=close_later, args=(api, server))
        closing.start()
        with pytest.raises(ClosedError):
            api.get_relations(**ARGUMENTS)
        closing.join()


def close_later(api: RelationsClient, server: HostileServer) -> None:
    wait_for(server)
    api.close()


def wait_for(server: HostileServer) -> None:
    """Waits until somebody has asked the server."""
    pause = threading.Event()
    while not server.requests:
        pause.wait(0.01)


def test_a_coroutine_that_is_awaited_after_the_end_says_that_the_client_is_closed() -> None:
    async def calls() -> None:
        api = AsyncRelationsClient("https://example.com", token="t")
        late = api.get_relations(**ARGUMENTS)
        await api.close()
        with pytest.raises(ClosedError):
            await late

    asyncio.run(calls())


def test_a_transport_that_belongs_to_another_event_loop_says_what_to_do() -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise RuntimeError("<asyncio.locks.Event> is bound to a different event loop")

    async def call() -> None:
        async with AsyncRelationsClient("https://example.com", token="t", transport=httpx.MockTransport(fail)) as api:
            with pytest.raises(ClientError, match="make a transport for each event loop, or leave it out") as raised:
                await api.get_relations(**ARGUMENTS)
            assert raised.value.__context__ is None

    asyncio.run(call())
