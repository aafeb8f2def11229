"""A reply, and how its body is read: decompressed here, so that no more of it is ever held than the limit allows."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Generic, TypeVar

from attrs import field, frozen

if TYPE_CHECKING:
    import httpx

T_co = TypeVar("T_co", covariant=True)

ACCEPTED_ENCODINGS = "gzip, deflate"
_COMPRESSED = ("gzip", "x-gzip", "deflate")
# zlib sees by itself which of its heads the data has; where there is none, a negative number says so.
_ANY_HEAD, _NO_HEAD = zlib.MAX_WBITS | 32, -zlib.MAX_WBITS
_GZIP_HEAD = b"\x1f\x8b"
_MOST_LAYERS = 2


@frozen
class Reply(Generic[T_co]):
    """A reply as it came over the wire, beside what it was parsed to."""

    status: int
    """The HTTP status."""
    headers: httpx.Headers = field(repr=False)
    """The header fields; their names are read without regard to case."""
    body: bytes = field(repr=False)
    """The body, decompressed."""
    parsed: T_co = field(repr=False)
    """What the body was parsed to; None in an error."""


class BodyTooLargeError(Exception):
    """The body outgrew the limit. The reader's owner turns it into an error of the package."""


class BodyUnreadableError(Exception):
    """The body is cut short, or compressed in no way that is known. It is turned into another error as well."""


class _Layer:
    """One layer of compression. Gzip may have several parts, and deflate comes with or without the head of zlib."""

    def __init__(self, encoding: str) -> None:
        self._may_lack_head = encoding == "deflate"
        self._stream = zlib.decompressobj(_ANY_HEAD)
        self._started = False
        self._held = b""

    @property
    def is_cut_short(self) -> bool:
        """Whether more was to come."""
        return self._started and not self._stream.eof

    def feed(self, chunk: bytes, limit: int) -> tuple[bytes, bytes]:
        """Takes bytes, and returns at most `limit` of what they stand for, and the bytes that it has not read yet."""
        if not self._started:
            chunk, self._held = self._held + chunk, b""
            if len(chunk) < len(_GZIP_HEAD):
                self._held = chunk
                return b"", b""
            if self._may_lack_head and not _has_head(chunk):
                self._stream = zlib.decompressobj(_NO_HEAD)
            self._started = True
        elif self._stream.eof:
            self._stream = zlib.decompressobj(_ANY_HEAD)
        part = self._stream.decompress(chunk, limit)
        return part, self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail


def _has_head(data: bytes) -> bool:
    """Whether data begins as gzip does, or as zlib does: a number that 31 divides, with 8 as the method."""
    return data.startswith(_GZIP_HEAD) or (data[0] & 15 == 8 and int.from_bytes(data[:2]) % 31 == 0)  # noqa: PLR2004


class BodyReader:
    """Collects the body of a reply, decompressing it as it comes.

    Args:
        encoding: How the body is compressed, as the header says.
        announced: How long the header says that it is.
        limit: The most bytes that are kept.

    Raises:
        BodyUnreadableError: It is compressed in no way that was asked for.
        BodyTooLargeError: It says that it is larger than the limit.
    """

    def __init__(self, encoding: str, announced: str | None, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._parts: list[bytes] = []
        names = [name for part in encoding.lower().split(",") if (name := part.strip()) not in ("", "identity")]
        if unknown := [name for name in names if name not in _COMPRESSED]:
            raise BodyUnreadableError(f"it is compressed as {unknown[0][:40]!r}, which was not asked for")
        if len(names) > _MOST_LAYERS:
            raise BodyUnreadableError(f"it is compressed {len(names)} times")
        # The outermost layer, which was put on last, is named last.
        self._layers = [_Layer(name) for name in reversed(names)]
        if not names and announced is not None and announced.isdecimal() and int(announced) > limit:
            raise BodyTooLargeError

    def feed(self, chunk: bytes) -> None:
        """Takes the next bytes from the wire."""
        problem = ""
        try:
            self._unpack(chunk, self._layers)
        except zlib.error as error:
            problem = str(error)
        if problem:
            raise BodyUnreadableError(f"it can't be decompressed ({problem})")

    def finish(self) -> bytes:
        """The whole body."""
        if any(layer.is_cut_short for layer in self._layers):
            raise BodyUnreadableError("it is cut short")
        return self.so_far

    @property
    def so_far(self) -> bytes:
        """What has been read up to now."""
        return b"".join(self._parts)

    def _unpack(self, chunk: bytes, layers: list[_Layer]) -> None:
        if not layers:
            self._keep(chunk)
            return
        while chunk:
            # One byte beyond the limit is enough to know.
            part, chunk = layers[0].feed(chunk, self._limit + 1 - self._size)
            self._unpack(part, layers[1:])

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._limit:
            raise BodyTooLargeError
        self._parts.append(part)
