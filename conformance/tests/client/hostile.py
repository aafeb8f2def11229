"""A server that follows a script instead of HTTP's rules, one connection at a time."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Self

Script = Callable[["Connection"], None]


class Connection:
    """One connection that a client has made."""

    def __init__(self, sock: socket.socket, stopped: threading.Event) -> None:
        self._socket = sock
        self._stopped = stopped
        self.request = b""

    def read_request(self) -> bytes:
        """Reads one request, up to the length that it names."""
        while b"\r\n\r\n" not in self.request:
            self.request += self.receive()
        head, _, body = self.request.partition(b"\r\n\r\n")
        fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:])
        while len(body) < int(fields.get(b"content-length", b"0")):
            body += self.receive()
        self.request = head + b"\r\n\r\n" + body
        return body

    def send(self, data: bytes) -> None:
        """Sends bytes as they are."""
        self._socket.sendall(data)

    def reply(self, body: bytes, status: str = "200 OK", *fields: str) -> None:
        """Sends a proper reply, and says that the connection ends."""
        is_typed = any(field.lower().startswith("content-type") for field in fields)
        kind = () if is_typed else ("Content-Type: application/json",)
        lines = [f"HTTP/1.1 {status}", *kind, *fields, f"Content-Length: {len(body)}", "Connection: close"]
        self.send("\r\n".join([*lines, "", ""]).encode() + body)

    def drip(self, data: bytes, seconds: float) -> None:
        """Sends one byte now and then, until all are sent or the test is over."""
        for byte in data:
            if self._stopped.wait(seconds):
                return
            self.send(bytes([byte]))

    def stall(self) -> None:
        """Keeps the connection open and says nothing until the test is over."""
        self._stopped.wait(30)

    def reset(self) -> None:
        """Ends the connection the rude way."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def pause(self, seconds: float) -> None:
        """Does nothing for a while, or until the test is over."""
        self._stopped.wait(seconds)

    def receive(self, most: int = 65536) -> bytes:
        """Receives the next bytes; a connection that the client has closed is an error."""
        data = self._socket.recv(most)
        if not data:
            raise ConnectionError
        return data


class HostileServer:
    """Listens at a free port of this machine and lets a script answer each connection."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._connections: list[threading.Thread] = []
        self.requests: list[bytes] = []
        self.times: list[float] = []

    @property
    def url(self) -> str:
        """The base URL of the API that it pretends to be."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/api/v1.1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()
        self._listener.close()
        for connection in self._connections:
            connection.join()

    def _serve(self) -> None:
        while not self._stopped.is_set():
            with contextlib.suppress(TimeoutError):
                sock, _ = self._listener.accept()
                sock.settimeout(30)
                thread = threading.Thread(target=self._follow_script, args=(sock,), daemon=True)
                self._connections.append(thread)
                thread.start()

    def _follow_script(self, sock: socket.socket) -> None:
        self.times.append(time.monotonic())
        connection = Connection(sock, self._stopped)
        with sock, contextlib.suppress(OSError):
            try:
                self._script(connection)
            finally:
                self.requests.append(connection.request)


@contextlib.contextmanager
def refusing_port() -> Iterator[str]:
    """The base URL of a port at which nobody listens, and nobody will while it is used."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{reserved.getsockname()[1]}/api/v1.1"
