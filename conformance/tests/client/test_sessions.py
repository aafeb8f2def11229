"""What a client does around a call: connections, timeouts, the raw reply, and what it passes on to httpx."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import trustme
from profile_relations_client import (
    AsyncRelationsClient,
    ClosedError,
    ConnectionFailedError,
    RelationsClient,
    RequestTimeoutError,
    models,
)
from profile_relations_client.settings import DEFAULT_MAX_REPLY_SIZE

from .conftest import TOKEN
from .hostile import Connection, HostileServer
from .hostile_scripts import FOUND, replies, steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ARGUMENTS: dict[str, Any] = {"rel_id": 2, "email": "john@example.com"}
STALL = steps(Connection.read_request, Connection.stall)


class CountingServer(ThreadingHTTPServer):
    """A proper server that keeps connections open, and counts them."""

    daemon_threads = True

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.connections: list[Any] = []
        self.lines: list[str] = []
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_side=True)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  (as the base has it)
        """Counts a connection."""
        self.connections.append(client_address)
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  (as above)
        """Says nothing: a client that does not trust the server is what one test is about."""


class Handler(BaseHTTPRequestHandler):
    """Finds nothing, whatever is asked."""

    protocol_version = "HTTP/1.1"
    server: CountingServer

    def do_POST(self) -> None:
        """Answers."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.lines.append(self.requestline)
        body = json.dumps(FOUND).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Trace", "abc")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextlib.contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[CountingServer]:
    with CountingServer(context) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def url_of(server: CountingServer, scheme: str = "http", host: str = "127.0.0.1") -> str:
    return f"{scheme}://{host}:{server.server_address[1]}/api/v1.1"


def sync_calls(number: int, url: str, **options: Any) -> list[Any]:  # noqa: ANN401  (any option of a client)
    with RelationsClient(url, token=TOKEN, **options) as api:
        return [api.get_relations(**ARGUMENTS) for _ in range(number)]


def async_calls(number: int, url: str, **options: Any) -> list[Any]:  # noqa: ANN401  (as above)
    async def calls() -> list[Any]:
        async with AsyncRelationsClient(url, token=TOKEN, **options) as api:
            return [await api.get_relations(**ARGUMENTS) for _ in range(number)]

    return asyncio.run(calls())


BOTH = pytest.mark.parametrize("calls", [sync_calls, async_calls], ids=["sync", "async"])


@BOTH
def test_a_call_finds_what_the_reference_server_has(calls: Callable[..., list[Any]], reference_url: str) -> None:
    (found,) = calls(1, reference_url)
    (relation,) = found.data
    assert (relation.profile_id_b, relation.db_b) == ("6751b8f1c5e3db9bcb75befa", 9)
    assert relation.props["exr"].value == 11323123


@BOTH
def test_a_connection_is_kept_between_calls(calls: Callable[..., list[Any]]) -> None:
    with serving() as server:
        assert len(calls(5, url_of(server))) == 5
        assert len(server.connections) == 1
        assert server.lines == ["POST /api/v1.1/relations/get HTTP/1.1"] * 5


def test_threads_and_coroutines_share_a_client() -> None:
    async def coroutines(url: str) -> list[models.RelationsFound]:
        async with AsyncRelationsClient(url, token=TOKEN) as api:
            return await asyncio.gather(*(api.get_relations(**ARGUMENTS) for _ in range(20)))

    with serving() as server:
        with RelationsClient(url_of(server), token=TOKEN) as api, ThreadPoolExecutor(8) as pool:
            assert len([*pool.map(lambda _: api.get_relations(**ARGUMENTS), range(20))]) == 20
        assert len(asyncio.run(coroutines(url_of(server)))) == 20


def test_a_closed_client_says_so() -> None:
    api = RelationsClient("https://example.com", token=TOKEN)
    api.close()
    with pytest.raises(ClosedError):
        api.get_relations(**ARGUMENTS)

    async def closed() -> None:
        coroutines = AsyncRelationsClient("https://example.com", token=TOKEN)
        await coroutines.close()
        with pytest.raises(ClosedError):
            await coroutines.get_relations(**ARGUMENTS)

    asyncio.run(closed())


@BOTH
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_timeout_of_a_client_bounds_an_attempt(calls: Callable[..., list[Any]], scheme: str) -> None:
    with HostileServer(Connection.stall) as server:
        started = time.monotonic()
        with pytest.raises(RequestTimeoutError, match=r"0\.3 seconds"):
            calls(1, server.url.replace("http:", f"{scheme}:"), timeout=0.3, retries=0)
        assert time.monotonic() - started < 1.3


def test_the_timeout_of_a_call_wins_over_that_of_its_client() -> None:
    slow = steps(Connection.read_request, lambda _: time.sleep(0.5), replies(FOUND))
    for of_client in (60, None):
        with (
            HostileServer(STALL) as server,
            RelationsClient(server.url, token=TOKEN, timeout=of_client, retries=0) as api,
            pytest.raises(RequestTimeoutError, match=r"0\.3 seconds"),
        ):
            api.get_relations(**ARGUMENTS, timeout=0.3)
    with HostileServer(slow) as server, RelationsClient(server.url, token=TOKEN, timeout=0.2, retries=0) as api:
        assert api.get_relations(**ARGUMENTS, timeout=None).total_count == 0
        assert api.get_relations(**ARGUMENTS, timeout=9).total_count == 0
        with pytest.raises(RequestTimeoutError):
            api.get_relations(**ARGUMENTS)


class SlowBody(httpx.BaseTransport, httpx.SyncByteStream):
    """Something other than the network, which gives a byte every tenth of a second."""

    def handle_request(self, _: httpx.Request) -> httpx.Response:
        """Answers at once, with a body that takes its time."""
        return httpx.Response(200, stream=self)

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(100):
            time.sleep(0.1)
            yield b" "


def test_a_timeout_bounds_the_body_of_a_transport_that_knows_no_deadlines() -> None:
    started = time.monotonic()
    with pytest.raises(RequestTimeoutError, match=r"0\.2 seconds"):
        sync_calls(1, "https://example.com", timeout=0.2, retries=0, transport=SlowBody())
    assert time.monotonic() - started < 1.2


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_coroutine_that_times_out_closes_its_connection(scheme: str) -> None:
    ends: list[float] = []

    def script(connection: Connection) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                connection.receive()
        ends.append(time.monotonic())

    async def call(url: str) -> float:
        async with AsyncRelationsClient(url, token=TOKEN, timeout=0.3, retries=0) as api:
            with pytest.raises(RequestTimeoutError) as raised:
                await api.get_relations(**ARGUMENTS)
            assert raised.value is not None
            failed = time.monotonic()
            for _ in range(50):
                await asyncio.sleep(0.02)
            return failed

    with HostileServer(script) as server:
        failed = asyncio.run(call(server.url.replace("http:", f"{scheme}:")))
    (ended,) = ends
    assert ended < failed + 0.2, "the connection outlived the attempt"


def test_a_timeout_bounds_a_transport_that_knows_no_deadlines_in_coroutines() -> None:
    async def forever(*_: object) -> None:
        await asyncio.sleep(60)

    started = time.monotonic()
    with pytest.raises(RequestTimeoutError, match=r"0\.2 seconds"):
        async_calls(1, "https://example.com", timeout=0.2, retries=0, transport=httpx.ASGITransport(forever))
    assert time.monotonic() - started < 1.2


@BOTH
def test_each_attempt_has_the_whole_timeout(calls: Callable[..., list[Any]]) -> None:
    arrivals: list[float] = []

    def script(connection: Connection) -> None:
        arrivals.append(time.monotonic())
        (replies(FOUND) if len(arrivals) > 1 else STALL)(connection)

    with HostileServer(script) as server:
        assert calls(1, server.url, timeout=0.4)[0].total_count == 0
    assert len(arrivals) == 2
    assert arrivals[1] - arrivals[0] > 0.4


def test_the_raw_reply_stands_beside_the_result() -> None:
    with serving() as server, RelationsClient(url_of(server), token=TOKEN) as api:
        whole = api.with_raw_response.get_relations(**ARGUMENTS)
    assert (whole.status, whole.headers["x-trace"], json.loads(whole.body)) == (200, "abc", FOUND)
    assert whole.parsed == models.RelationsFound.from_dict(FOUND)


def test_a_reply_is_limited_to_64_mib_unless_said_otherwise() -> None:
    assert DEFAULT_MAX_REPLY_SIZE == 64 * 1024 * 1024


@BOTH
def test_certificates_are_checked_as_httpx_is_told(calls: Callable[..., list[Any]]) -> None:
    authority, context = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with serving(context) as server:
        url = url_of(server, "https", "localhost")
        with pytest.raises(ConnectionFailedError, match="certificate"):
            calls(1, url, retries=0)
        assert calls(2, url, verify=trusting)[1].total_count == 0
        assert calls(1, url, verify=False)[0].total_count == 0


@BOTH
def test_a_proxy_is_gone_through(calls: Callable[..., list[Any]]) -> None:
    with serving() as proxy:
        assert calls(1, "http://localhost:1/api", proxy=url_of(proxy).removesuffix("/api/v1.1"))[0].total_count == 0
        assert proxy.lines == ["POST http://localhost:1/api/relations/get HTTP/1.1"]
