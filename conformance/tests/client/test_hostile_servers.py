"""Whatever a server does, both clients end in the right error, in bounded time, and show the token nowhere."""

from __future__ import annotations

import asyncio
import codecs
import gzip
import json
import logging
import time
import traceback
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from profile_relations_client import (
    AsyncRelationsClient,
    ClientError,
    ConnectionFailedError,
    RelationsClient,
    ReplyError,
    ReplyTooLargeError,
    UnexpectedStatusError,
)

from .hostile import HostileServer, refusing_port
from .hostile_scripts import BOMB, ENTRY, FOUND, LIMIT, SCRIPTS, TIMEOUT, TOKEN, replies, with_relations

if TYPE_CHECKING:
    from collections.abc import Callable


def made_by_sync(url: str) -> ClientError | None:
    with RelationsClient(url, token=TOKEN, timeout=TIMEOUT, retries=0, max_reply_size=LIMIT) as api:
        try:
            api.get_relations(rel_id=2, email="a@example.com")
        except ClientError as error:
            return error
    return None


async def made_by_async(url: str) -> ClientError | None:
    async with AsyncRelationsClient(url, token=TOKEN, timeout=TIMEOUT, retries=0, max_reply_size=LIMIT) as api:
        try:
            await api.get_relations(rel_id=2, email="a@example.com")
        except ClientError as error:
            return error
    return None


CLIENTS: dict[str, Callable[[str], ClientError | None]] = {
    "sync": made_by_sync,
    "async": lambda url: asyncio.run(made_by_async(url)),
}


def everything_shown(error: ClientError) -> str:
    """What a program may print of an error: itself, its traceback with the package's locals, and what it carries."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    parts: list[object] = [str(error), repr(error), error.args, vars(error), *shown.format()]
    if isinstance(error, ReplyError):
        parts += [error.reply, error.reply.body.decode("utf-8", "replace"), dict(error.reply.headers)]
    return "\n".join(str(part) for part in parts)


def check_hidden(error: ClientError, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    captured = capfd.readouterr()
    shown = "\n".join([everything_shown(error), caplog.text, captured.out, captured.err])
    assert "canary-5f3c9a" not in shown
    assert caplog.records, "nothing was logged, so nothing was tested"


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_hostile_server_ends_in_the_right_error(
    name: str, client: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    script, expected, words = SCRIPTS[name]
    caplog.set_level(logging.DEBUG)
    with HostileServer(script) as server:
        started = time.monotonic()
        error = CLIENTS[client](server.url)
        elapsed = time.monotonic() - started
    assert error is not None
    assert type(error) is expected
    assert words in str(error)
    assert elapsed < TIMEOUT + 1
    assert error.__cause__ is None
    assert error.__context__ is None, "an error of another library hangs on it"
    check_hidden(error, caplog, capfd)


@pytest.mark.parametrize("client", CLIENTS)
def test_a_refused_connection(client: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.DEBUG)
    with refusing_port() as url:
        error = CLIENTS[client](url)
    assert type(error) is ConnectionFailedError
    check_hidden(error, caplog, capfd)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_not_followed(client: str, status: str) -> None:
    with HostileServer(replies(FOUND)) as other:
        target = f"Location: {other.url}/relations/get".replace("127.0.0.1", "localhost")
        with HostileServer(replies(b"", status, target)) as server:
            error = CLIENTS[client](server.url)
        assert other.requests == []
    assert type(error) is UnexpectedStatusError
    assert error.status == int(status[:3])


@pytest.mark.parametrize("client", CLIENTS)
def test_a_host_name_that_can_not_be(client: str) -> None:
    error = CLIENTS[client](f"https://{'a' * 70}.invalid/api")
    assert type(error) is ConnectionFailedError


def test_a_bomb_is_never_held_as_a_whole() -> None:
    with HostileServer(replies(BOMB, "200 OK", "Content-Encoding: gzip")) as server:
        tracemalloc.start()
        error = made_by_sync(server.url)
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert type(error) is ReplyTooLargeError
    assert held < 4 * LIMIT


def test_what_is_within_the_limits_is_read() -> None:
    """The limits of this module are not what makes its calls fail."""
    body = json.dumps(with_relations(*[ENTRY] * 1000)).encode()
    zipped = ("Content-Encoding: gzip",)
    parts = gzip.compress(body[:99]) + gzip.compress(body[99:])
    for data, fields in ((body, ()), (codecs.BOM_UTF8 + body, ()), (gzip.compress(body), zipped), (parts, zipped)):
        with HostileServer(replies(data, "200 OK", *fields)) as server, RelationsClient(server.url, token=TOKEN) as api:
            found: Any = api.get_relations(rel_id=2, email="a@example.com")
        assert found.total_count == len(found.data) == 1000
