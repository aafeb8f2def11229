"""Puts a world into a database, in one transaction: until it ends, and if it fails, the old world stays."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable

from profile_relations_server.errors import OptionError
from profile_relations_server.store.database import IN_MEMORY, Database
from profile_relations_server.store.search_terms import EXACT, terms_of
from profile_relations_server.store.sql import SqlStore
from profile_relations_server.store.tables import FORMAT, INDEXES, PROFILE, RELATION, TABLES, TERM, TOKEN, WORLD
from profile_relations_server.world.reader import load_world
from profile_relations_server.world.writer import encode, plain_profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Table

    from profile_relations_server.store.search_terms import Form
    from profile_relations_server.world.model import Profile, Relation, World

Row = tuple[object, ...]

# A writer waits so long for the locks of others.
_LOCK_SECONDS = 10
_CACHE_KIBIBYTES = 16384


class Loader:
    """Adds a world to the empty tables of a database, part by part.

    Args:
        connection: A connection with an open transaction.
        is_sqlite: Whether the database is SQLite.
    """

    def __init__(self, connection: Connection, *, is_sqlite: bool) -> None:
        self._connection = connection
        self._driver: Any = connection.connection.driver_connection
        self._insert = self._insert_many if is_sqlite else self._copy
        self._profiles = 0
        self._relations = 0

    def add_tokens(self, tokens: Iterable[str]) -> None:
        """Adds the tokens of the world; to be called once."""
        self._insert(TOKEN, enumerate(map(encode, tokens)))

    def add(self, profiles: Sequence[Profile], relations: Iterable[Relation]) -> None:
        """Adds profiles, and relations that are directed to them, behind those that were added before."""
        first = self._profiles
        positions = {profile.profile_id: first + number for number, profile in enumerate(profiles)}
        numbered = list(zip(range(first, first + len(profiles)), profiles, strict=True))
        self._insert(PROFILE, ((at, item.profile_id, encode(plain_profile(item))) for at, item in numbered))
        self._insert(TERM, ((term, at) for at, item in numbered for term in terms_of(item)))
        self._insert(RELATION, (self._relation_row(positions[item.profile_id_a], item) for item in relations))
        self._profiles += len(profiles)

    def _relation_row(self, profile: int, item: Relation) -> Row:
        self._relations += 1
        return self._relations, profile, item.rel_id, item.profile_id_b, item.db_b, encode(item.props)

    def finish(self) -> None:
        """Makes the indexes and declares the world complete."""
        for index in INDEXES:
            self._connection.execute(CreateIndex(index))
        self._connection.execute(insert(WORLD).values(format=FORMAT))

    # SQLAlchemy's own execution of many rows takes several times as long as the drivers' own ways, which both stay
    # within its transaction.
    def _insert_many(self, table: Table, rows: Iterable[Row]) -> None:
        marks = ", ".join("?" for _ in table.columns)
        self._driver.executemany(f"INSERT INTO {table.name} VALUES ({marks})", rows)  # noqa: S608 - a table of ours

    def _copy(self, table: Table, rows: Iterable[Row]) -> None:
        with self._driver.cursor() as cursor, cursor.copy(f"COPY {table.name} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


@contextmanager
def replacing(database: Database) -> Iterator[Loader]:
    """Replaces the world of a database by the one that the loader is given; an exception leaves the old one in place.

    Args:
        database: Where to put it. A server on the same database answers from the old world until this ends, or says
            that the database is busy.

    Yields:
        Adds the new world, part by part.

    Raises:
        OptionError: If the database can't be written to.
    """
    drivers_error = database.engine.dialect.loaded_dbapi.Error
    try:
        with database.engine.connect() as connection:
            _prepare(connection, is_sqlite=database.is_sqlite)
            for table in reversed(TABLES):
                connection.execute(DropTable(table, if_exists=True))
            for table in TABLES:
                connection.execute(CreateTable(table))
            loader = Loader(connection, is_sqlite=database.is_sqlite)
            yield loader
            loader.finish()
            connection.commit()
            if not database.is_sqlite:
                # How rare the terms are; SQLite plans these queries by their indexes alone.
                connection.exec_driver_sql(f"ANALYZE {', '.join(table.name for table in TABLES)}")
                connection.commit()
    except DBAPIError as error:
        raise database.cant_open(error.orig) from None
    except drivers_error as error:
        raise database.cant_open(error) from None


def _prepare(connection: Connection, *, is_sqlite: bool) -> None:
    driver: Any = connection.connection.driver_connection
    if is_sqlite:
        # Before the transaction begins, where these hold for it.
        driver.execute(f"PRAGMA busy_timeout = {_LOCK_SECONDS * 1000}")
        driver.execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
        # What is mapped counts as memory of the process, which is to need little of it whatever it writes.
        driver.execute("PRAGMA mmap_size = 0")
    else:
        connection.exec_driver_sql(f"SET lock_timeout = '{_LOCK_SECONDS}s'")


def load(world: World, database: Database) -> None:
    """Replaces the world of a database, in one transaction.

    Raises:
        OptionError: If the database can't be written to.
    """
    with replacing(database) as loader:
        loader.add_tokens(world.tokens)
        loader.add(world.profiles, world.relations)


def open_store(url: str | None, world_file: Path | None, form: Form = EXACT) -> SqlStore:
    """Opens the store that a server is told to serve.

    Args:
        url: Its database; one in memory where it is None. A database that holds no world gets one.
        world_file: The world to put into it; the bundled world where it is None.
        form: The form in which two addresses are compared.

    Raises:
        StartError: If the database or the world can't be used, or the database holds another world already.
    """
    database = Database(url or IN_MEMORY)
    if database.in_memory or not database.holds_world():
        load(load_world(world_file), database)
    elif world_file is not None:
        raise OptionError(
            f"{database.place} holds a world already; leave --world out, or replace it with relations-server load"
        )
    return SqlStore(database, form)
