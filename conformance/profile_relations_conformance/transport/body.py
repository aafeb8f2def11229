"""The body of a reply as it arrives: decoded, and bounded in its bytes and in the JSON values that it may hold."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LARGEST_REPLY = 2 * 1024 * 1024
"""Bytes of a decoded body: room for some six thousand relations."""
MOST_VALUES = 120_000
"""JSON values of a body: as many as that many bytes of relations have. A hostile body has a hundred times its size in
memory once it is parsed."""
CODING = "gzip"
"""The one kind of content coding that is asked for."""
_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}
_STEP = 64 * 1024


class UnreadableBodyError(Exception):
    """A body is too large, or is coded in another way than it says or than was asked for."""


def read_body(chunks: Iterable[bytes], coding: str | None) -> bytes:
    """Reads a body to its end, and decodes it where it is coded.

    Args:
        chunks: The body's bytes as they arrive.
        coding: The header Content-Encoding.

    Raises:
        UnreadableBodyError: If it is too large, or can't be decoded.
    """
    received = bytearray()
    for piece in _decoded(chunks, (coding or "").strip().lower()):
        received += piece
        if len(received) > LARGEST_REPLY:
            raise UnreadableBodyError(f"the reply is larger than {LARGEST_REPLY} bytes")
    if sum(map(received.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise UnreadableBodyError(f"the reply has more than {MOST_VALUES} values")
    return bytes(received)


def _decoded(chunks: Iterable[bytes], coding: str) -> Iterator[bytes]:
    if coding in {"", "identity"}:
        yield from chunks
    elif coding in _WINDOWS:
        yield from _inflated(chunks, _WINDOWS[coding])
    else:
        raise UnreadableBodyError(f"the reply has the Content-Encoding {coding[:40]!r}, and {CODING} was asked for")


def _inflated(chunks: Iterable[bytes], window: int) -> Iterator[bytes]:
    """Decodes step by step, so that a small body that grows large is given up early."""
    decoder, begun = zlib.decompressobj(window), False
    for chunk in chunks:
        left, begun = chunk, True
        while left and not decoder.eof:
            try:
                yield decoder.decompress(left, _STEP)
            except zlib.error as error:
                raise UnreadableBodyError(f"the reply can't be decoded ({error})") from None
            left = decoder.unconsumed_tail
    if begun and not decoder.eof:  # a reply to HEAD names a coding and has no body
        raise UnreadableBodyError("the reply can't be decoded (it ends too early)")
