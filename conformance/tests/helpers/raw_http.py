"""HTTP as bytes: a client that sends what no library would, and reads reply by reply."""

from __future__ import annotations

import json
import select
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = b"/api/v1.1/relations/get"


class Client:
    """A connection to the server.

    Args:
        connection: Its socket.
    """

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.replies = connection.makefile("rb")

    def send(self, data: bytes) -> None:
        """Sends bytes as they are."""
        self.connection.sendall(data)

    def send_in_pieces(self, data: bytes) -> None:
        """Sends bytes a thousand at a time."""
        for start in range(0, len(data), 1000):
            self.send(data[start : start + 1000])

    def whole(self) -> tuple[bytes, bytes]:
        """Reads one reply: its headers in lower case, and its body, which is short where the connection ends early."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.replies.readline()
            assert line, "the connection was closed before a reply"
            head += line.lower()
        return head, self.replies.read(self.stated_length(head))

    def stated_length(self, head: bytes) -> int:
        """Gives the length of a body as its headers state it."""
        fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
        return int(fields[b"content-length"])

    def reply(self) -> tuple[bytes, dict[str, Any]]:
        """Reads one reply: its headers and its envelope."""
        head, content = self.whole()
        return head, json.loads(content)

    def error(self) -> int:
        """Reads one reply and gives its code."""
        code: int = self.reply()[1]["error"]
        return code

    def last_text(self, status: int) -> str:
        """Reads the last reply, behind which the connection must be closed, and gives its text."""
        head, envelope = self.reply()
        assert head.startswith(f"http/1.1 {status} ".encode())
        assert b"connection: close" in head
        assert envelope["error"] == status
        assert self.ended()
        text: str = envelope["error_text"]
        return text

    def ended(self) -> bool:
        """Waits for what comes next and says whether it is the end of the connection."""
        return self.replies.read(1) == b""

    def drip(self, data: bytes) -> None:
        """Sends byte by byte, each in time, until all is sent or the server has had enough."""
        for byte in data:
            self.send(bytes([byte]))
            if select.select([self.connection], [], [], 0.05)[0]:
                return


@contextmanager
def connected(port: int) -> Iterator[Client]:
    """Gives a connection to the server; what takes longer than any limit on it fails."""
    with socket.create_connection(("127.0.0.1", port), timeout=3) as connection:
        client = Client(connection)
        with client.replies:
            yield client


def request(body: bytes = b"{}", *, length: int | None = None, extra: bytes = b"") -> bytes:
    """Writes a request; its headers promise another length where that is given."""
    stated = str(len(body) if length is None else length).encode()
    return b"POST " + PATH + b" HTTP/1.1\r\nhost: x\r\n" + extra + b"content-length: " + stated + b"\r\n\r\n" + body
