"""Runs the application with uvicorn: binds, announces where it listens, and stops on SIGINT and SIGTERM.

The socket is bound here and not by uvicorn, so that a taken port is told in one line, port 0 can be announced, and
several worker processes can share it.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import multiprocessing.connection
import os
import socket
import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, cast

import uvicorn

from profile_relations_server.errors import OptionError
from profile_relations_server.http.protocol import LimitedProtocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from profile_relations_server.http.app import App

# Calls that are under way when the server is told to stop get this long.
_GRACE_SECONDS = 3
_START_SECONDS = 30
_BACKLOG = 1024


def bind(host: str, port: int) -> socket.socket:
    """Binds a socket.

    Args:
        host: Name or address to listen at; one of IPv6 may stand in brackets, as in a URL.
        port: Port, or 0 for a free one.

    Raises:
        OptionError: If there is no such host here, or the port is taken or not allowed.
    """
    host = host.removeprefix("[").removesuffix("]")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except OSError as error:
        raise OptionError(f"can't listen on {host} ({error.strerror}); name a host of this machine") from error
    family, kind, protocol, _, address = found[0]
    # asyncio sends without delay only where the socket names its protocol; otherwise each reply takes 40 ms longer.
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise OptionError(f"can't listen on {host} port {port} ({error.strerror}); choose another") from error
    return listener


def url_of(listener: socket.socket, path: str) -> str:
    """Gives the URL of a path at a bound socket."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{path}"


class Server(uvicorn.Server):
    """Calls back once it listens, and stops where the process ends that it works for.

    Args:
        app: What to serve.
        when_ready: Called once it listens.
        lifeline: A pipe that ends with that process; None where this is it.
    """

    def __init__(self, app: App, when_ready: Callable[[], None], lifeline: int | None = None) -> None:
        # No lifespan, no websockets and no logging set-up: the server is quiet and starts at once. Of what uvicorn
        # tells, clients could fill the log with anything but its errors.
        config = uvicorn.Config(
            app,
            http=cast("type[asyncio.Protocol]", partial(LimitedProtocol, limits=app.limits, refuse=app.service.refuse)),
            lifespan="off",
            ws="none",
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        super().__init__(config)
        self._when_ready = when_ready
        self._lifeline = lifeline

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to listen, and tells so."""
        await super().startup(sockets)
        if self._lifeline is not None:
            asyncio.get_running_loop().add_reader(self._lifeline, self._stop)
        self._when_ready()

    def _stop(self) -> None:
        self.should_exit = True


def serve(app: App, listener: socket.socket, *, workers: int, announce: Callable[[], None]) -> None:
    """Serves until it is told to stop.

    Args:
        app: What to serve.
        listener: A bound socket.
        workers: Number of processes; 1 is this one.
        announce: Called once when all of them listen.

    Raises:
        OptionError: If a worker process ends by itself.
    """
    # What was made for the start is there to stay, so the collector need not look at it again and again.
    gc.freeze()
    if workers == 1:
        Server(app, announce).run(sockets=[listener])
    else:
        _serve_with_workers(app, listener, workers, announce)


@contextmanager
def serving_in_thread(app: App) -> Iterator[str]:
    """Serves beside what this process does otherwise, on a free port of the loopback interface.

    Args:
        app: What to serve.

    Yields:
        The URL of the server, without a path.
    """
    ready = threading.Event()
    with bind("127.0.0.1", 0) as listener:
        server = Server(app, ready.set)
        thread = threading.Thread(target=server.run, args=([listener],), name="relations-server", daemon=True)
        thread.start()
        try:
            if not ready.wait(_START_SECONDS):
                raise OptionError("the server did not start in time; is this machine too busy?")
            yield url_of(listener, "")
        finally:
            server.should_exit = True
            thread.join(_GRACE_SECONDS + 2)


def _serve_with_workers(app: App, listener: socket.socket, workers: int, announce: Callable[[], None]) -> None:
    # The world is loaded once and shared by forking; nothing runs beside the main thread yet.
    context = multiprocessing.get_context("fork")
    reader, writer = os.pipe()
    # Nothing is written to the lifeline: that this process has its writing end open tells the workers that it lives.
    lifeline, life = os.pipe()

    def run(number: int) -> None:
        os.close(reader)
        os.close(life)
        app.metrics.count_as(number)
        Server(app, lambda: _tell(writer), lifeline).run(sockets=[listener])

    processes = [context.Process(target=run, args=(number,)) for number in range(workers)]
    try:
        for process in processes:
            process.start()
        os.close(writer)
        # The pipe ends early where a worker does.
        if sum(len(os.read(reader, 1)) for _ in processes) == workers:
            announce()
        multiprocessing.connection.wait([process.sentinel for process in processes])
        raise OptionError("a worker process ended unexpectedly; start the server with --workers 1 to see why")
    finally:
        for process in processes:
            if process.pid is not None:
                process.terminate()
                process.join(_GRACE_SECONDS + 2)


def _tell(writer: int) -> None:
    os.write(writer, b".")
    os.close(writer)
