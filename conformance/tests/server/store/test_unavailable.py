"""A database that is locked, slow, frozen or dead is told as such, in time, and is used again when it is back."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest
from profile_relations_server.errors import OptionError, StoreUnavailableError
from profile_relations_server.service.pipeline import Service
from profile_relations_server.service.variants import Variants
from profile_relations_server.store.database import Database
from profile_relations_server.store.load import load
from profile_relations_server.store.sql import SqlStore

from tests.helpers.asked_service import JOHN, Asked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from profile_relations_server.contract import Contract
    from profile_relations_server.world.model import World

    from tests.helpers.postgres import PostgresServer

SECONDS = 0.4
GONE = {"error": 503, "error_text": "the store does not answer, try again later"}


@contextmanager
def served(url: str, world: World, contract: Contract) -> Iterator[Asked]:
    database = Database(url, seconds=SECONDS)
    load(world, database)
    yield Asked(Service(contract, SqlStore(database), world.tokens, Variants()), world.tokens[0])
    database.close()


def test_a_locked_file_is_told_at_once(tmp_path: Path, world: World, contract: Contract) -> None:
    with served(f"sqlite:///{tmp_path / 'world.db'}", world, contract) as server:
        assert server.envelope(profile_id=JOHN)["error"] == 0
        other = sqlite3.connect(tmp_path / "world.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        assert server.envelope(profile_id=JOHN) == GONE
        other.execute("ROLLBACK")
        other.close()
        assert server.envelope(profile_id=JOHN)["error"] == 0


def test_a_query_that_waits_is_given_up_and_holds_up_no_other_call(
    postgres: PostgresServer, world: World, contract: Contract
) -> None:
    async def ask_and_tick() -> tuple[bool, int]:
        asked = asyncio.create_task(store.ask(lambda: store.has_profile(JOHN)))
        ticks = 0
        while not asked.done():
            await asyncio.sleep(SECONDS / 20)
            ticks += 1
        return isinstance(asked.exception(), StoreUnavailableError), ticks

    with served(postgres.url, world, contract) as server, psycopg.connect(postgres.connection) as other:
        store = server.service.store
        other.execute("LOCK TABLE relations_profile IN ACCESS EXCLUSIVE MODE")
        given_up, ticks = asyncio.run(ask_and_tick())
        assert given_up
        assert ticks > 5
        assert server.envelope(profile_id=JOHN) == GONE
        other.rollback()
        assert server.envelope(profile_id=JOHN)["error"] == 0


def test_a_frozen_server_is_told_in_time(postgres: PostgresServer, world: World, contract: Contract) -> None:
    with served(postgres.url, world, contract) as server:
        store = server.service.store
        assert isinstance(store, SqlStore)
        ((process,),) = asyncio.run(store.ask(lambda: store._database.rows("SELECT pg_backend_pid()")))  # noqa: SLF001 - whom to freeze
        # The server that accepts connections too, since another thread would make one of its own.
        frozen = (process, postgres.process.pid)
        for number in frozen:
            os.kill(number, signal.SIGSTOP)
        try:
            started = time.monotonic()
            assert server.envelope(profile_id=JOHN) == GONE
            assert time.monotonic() - started < 20 * SECONDS
        finally:
            for number in frozen:
                os.kill(number, signal.SIGCONT)
        assert server.envelope(profile_id=JOHN)["error"] == 0


def test_a_server_that_died_is_used_again_when_it_is_back(
    postgres: PostgresServer, world: World, contract: Contract
) -> None:
    with served(postgres.url, world, contract) as server:
        assert server.envelope(profile_id=JOHN)["error"] == 0
        postgres.kill()
        try:
            assert server.envelope(profile_id=JOHN) == GONE
        finally:
            postgres.restart()
        assert server.envelope(profile_id=JOHN)["error"] == 0


def test_a_connection_that_was_cut_is_made_anew(postgres: PostgresServer, world: World, contract: Contract) -> None:
    with served(postgres.url, world, contract) as server:
        assert server.envelope(profile_id=JOHN)["error"] == 0
        with psycopg.connect(postgres.connection, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        assert server.envelope(profile_id=JOHN)["error"] == 0


@pytest.mark.parametrize(
    "url", ["", "world.db", "mysql://localhost/x", "nonsense://", "postgresql+pg8000://localhost/x", "sqlite+nope:///x"]
)
def test_a_url_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(OptionError, match="--database must be sqlite:///FILE or postgresql"):
        Database(url)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////no/such/folder/world.db",
        "postgresql+psycopg://someone:5ecret@127.0.0.1:9/x?sslpassword=5ecret",
        "postgresql+psycopg://someone:5ecret@no.such.host.invalid/x",
    ],
)
def test_a_database_that_can_not_be_opened_is_told_without_its_password(url: str, world: World) -> None:
    with pytest.raises(OptionError, match="can't be used") as caught:
        load(world, Database(url))
    assert "5ecret" not in str(caught.value)
    assert "\n" not in str(caught.value)
