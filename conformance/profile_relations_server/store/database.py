"""The database of a world: which ones there are, how they are connected to, and how a look-up is kept from hanging."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool, StaticPool

from profile_relations_server.errors import OptionError, StoreUnavailableError
from profile_relations_server.store.queries import Queries
from profile_relations_server.store.tables import FORMAT, WORLD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import URL, Connection, Engine

IN_MEMORY = "sqlite://"
# A look-up that takes longer is given up. The database is told a little less, so that it stops working on it too.
ANSWER_SECONDS = 5.0
_CONNECTIONS = 8
_MAPPED_BYTES = 1 << 31

Answer = TypeVar("Answer")
Rows = list[tuple[Any, ...]]


class Database:
    """A database in which a world is, or is to be.

    Args:
        url: `sqlite:///FILE`, `postgresql+psycopg://…`, or `sqlite://` for one in memory that ends with this object.
        seconds: How long a look-up may take.

    Raises:
        OptionError: If the URL names no database of these kinds.
    """

    def __init__(self, url: str = IN_MEMORY, *, seconds: float = ANSWER_SECONDS) -> None:
        self._url = _parsed(url)
        self._seconds = seconds
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        self.in_memory = self.is_sqlite and self._url.database in {None, "", ":memory:"}
        self.engine = self._sqlite_engine() if self.is_sqlite else self._postgresql_engine()
        self.queries = Queries(self.engine.dialect)
        self._errors: tuple[type[Exception], ...] = (DBAPIError, self.engine.dialect.loaded_dbapi.Error)
        self._kept = threading.local()
        self._readers: list[Connection] = []
        self._threads = ThreadPoolExecutor(_CONNECTIONS, thread_name_prefix="look-up")

    @property
    def place(self) -> str:
        """Names the database for people, without the password and the options of the URL."""
        return self._url.set(query={}).render_as_string(hide_password=True)

    def _sqlite_engine(self) -> Engine:
        pool = {"poolclass": StaticPool if self.in_memory else NullPool}
        # A lock is told at once: this database is asked on the event loop, which no call may stop for the others.
        arguments = {"check_same_thread": False, "timeout": 0}
        engine = create_engine(self._url, paramstyle="named", connect_args=arguments, **pool)

        @event.listens_for(engine, "connect")
        def connected(driver: Any, _: object) -> None:  # noqa: ANN401 - a connection of the driver
            # The driver leaves transactions to us, so that they hold for the tables as for the rows.
            driver.isolation_level = None
            driver.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")

        @event.listens_for(engine, "begin")
        def begun(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN")

        return engine

    def _postgresql_engine(self) -> Engine:
        most = max(1, int(self._seconds))
        arguments = {
            "connect_timeout": max(2, most),
            # A connection whose other end is gone fails after this time.
            "tcp_user_timeout": most * 1000,
            "application_name": "relations-server",
        }
        try:
            return create_engine(self._url, poolclass=NullPool, connect_args=arguments)
        except ModuleNotFoundError:
            raise OptionError("PostgreSQL needs one more package: pip install 'psycopg[binary]'") from None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Reads everything there is in one state, over a connection of its own.

        Yields:
            Gives rows as they come, so that no more than some thousand are in memory.

        Raises:
            OptionError: If the database can't be read.
        """
        try:
            with self.engine.connect() as connection:
                if not self.is_sqlite:
                    connection.execution_options(isolation_level="REPEATABLE READ")
                yield connection.execution_options(yield_per=1000)
        except DBAPIError as error:
            raise self.cant_open(error.orig) from None

    def holds_world(self) -> bool:
        """Says whether a world was loaded into it.

        Raises:
            OptionError: If it can't be opened, or holds a world in another format.
        """
        if self.is_sqlite and not self.in_memory and not Path(self._url.database or "").exists():
            return False  # and do not make an empty file by asking
        with self.reading() as connection:
            if not inspect(connection).has_table(WORLD.name):
                return False
            formats = connection.exec_driver_sql(self.queries.formats).scalars().all()
        if formats not in ([], [FORMAT]):
            raise OptionError(f"{self.place} holds a world in another format; load it again with relations-server load")
        return bool(formats)

    def cant_open(self, error: object) -> OptionError:
        """Makes the error that tells why the database can't be opened or written to."""
        reason = " ".join(str(error).split())
        return OptionError(f"{self.place} can't be used ({reason}); name a database that exists and can be written")

    async def ask(self, step: Callable[[], Answer]) -> Answer:
        """Carries out a step that looks things up, in one state of the database, without holding up other calls.

        Args:
            step: Asks this database by `rows`. It may be carried out twice, where a kept connection is gone.

        Raises:
            StoreUnavailableError: If the database is gone, is locked, or takes too long.
        """
        if self.in_memory:
            return step()
        if self.is_sqlite:
            # A few pages of a file take less time than the way to another thread and back.
            return self._carry_out(step)
        running = asyncio.get_running_loop().run_in_executor(self._threads, self._carry_out, step)
        try:
            return await asyncio.wait_for(running, self._seconds)
        except TimeoutError:
            raise StoreUnavailableError("the database did not answer in time") from None

    def _carry_out(self, step: Callable[[], Answer]) -> Answer:
        if getattr(self._kept, "connection", None) is not None:
            try:
                return self._in_one_state(step)
            except self._errors:
                self._forget()
        try:
            return self._in_one_state(step)
        except self._errors as error:
            self._forget()
            raise StoreUnavailableError(f"the database can't be asked ({type(error).__name__})") from None

    def _in_one_state(self, step: Callable[[], Answer]) -> Answer:
        driver = self._driver()
        if self.is_sqlite:
            driver.execute("BEGIN")
        try:
            return step()
        finally:
            driver.rollback()

    def rows(self, query: str, parameters: Mapping[str, object] | None = None) -> Rows:
        """Asks the database, over the connection of this thread.

        Args:
            query: One of `queries`.
            parameters: Its parameters.
        """
        found: Rows = self._driver().execute(query, parameters or {}).fetchall()
        return found

    def _driver(self) -> Any:  # noqa: ANN401 - a connection of the driver: both have execute and rollback
        connection: Connection | None = getattr(self._kept, "connection", None)
        if connection is None:
            connection = self._kept.connection = self._reader()
            self._kept.driver = connection.connection.driver_connection
        return self._kept.driver

    def _reader(self) -> Connection:
        connection = self.engine.connect()
        if not self.is_sqlite:
            connection.exec_driver_sql(f"SET statement_timeout = {int(self._seconds * 900)}")
            connection.commit()
            # One call sees one world, though another one be loaded meanwhile.
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._readers.append(connection)
        return connection

    def _forget(self) -> None:
        connection: Connection | None = getattr(self._kept, "connection", None)
        self._kept.connection = None
        if connection is not None:
            self._readers.remove(connection)
            connection.invalidate()
            connection.close()

    def close(self) -> None:
        """Closes every connection, when no look-up is under way any more."""
        self._threads.shutdown()
        while self._readers:
            self._readers.pop().close()
        self.engine.dispose()


def _parsed(text: str) -> URL:
    try:
        url = make_url(text)
        name = url.get_driver_name()
    except (ArgumentError, NoSuchModuleError, ImportError):
        name = ""
    if name in {"pysqlite", "psycopg"}:
        return url
    # The text is not repeated, since it may hold a password.
    raise OptionError("--database must be sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME")
