"""What belongs to one process or to one event loop, and is made anew in the next one.

Connections and locks do: after a fork, two processes would read from one connection, and in another event loop, waiting
for one never ends.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from weakref import WeakKeyDictionary, ref

import anyio
from anyio.lowlevel import RunVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

T = TypeVar("T")
_HELD: RunVar[WeakKeyDictionary[PerLoop[Any], Any]] = RunVar("what clients hold in this event loop")


class PerProcess(Generic[T]):
    """A thing that each process makes for itself on first use."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: tuple[int, T] | None = None

    def get(self) -> T:
        """The thing of this process."""
        made = self._made
        if made is None or made[0] != os.getpid():
            made = self._renew()
        return made[1]

    def _renew(self) -> tuple[int, T]:
        # A lock that another thread held at the time of a fork stays locked, so the new process takes a new one.
        if self._made is not None and self._made[0] != os.getpid():
            self._lock = threading.Lock()
        with self._lock:
            if self._made is None or self._made[0] != os.getpid():
                self._made = (os.getpid(), self._make())
            return self._made

    def drop(self) -> T | None:
        """Forgets the thing, and returns it where this process made it."""
        made, self._made = self._made, None
        return made[1] if made is not None and made[0] == os.getpid() else None


class PerLoop(Generic[T]):
    """A thing that each event loop makes for itself on first use, and ends when it ends.

    Args:
        make: Makes one.
        end: Ends one, such as by closing its connections.
    """

    def __init__(self, make: Callable[[], T], end: Callable[[T], Awaitable[None]] | None = None) -> None:
        self._make = make
        self._end = end

    async def get(self) -> T:
        """The thing of the running event loop."""
        kept: tuple[T, AsyncGenerator[None, None] | None] | None = _held().get(self)
        if kept is None:
            thing, ending = self._make(), None
            if self._end is not None:
                ending = _ended_with_the_loop(thing, self._end, ref(self))
                await anext(ending)
            kept = _held()[self] = (thing, ending)
        return kept[0]

    async def drop(self) -> None:
        """Ends the thing of the running event loop; those of other loops end with these."""
        _, ending = _held().pop(self, (None, None))
        if ending is not None:
            await ending.aclose()


async def _ended_with_the_loop(
    thing: T, end: Callable[[T], Awaitable[None]], owner: ref[PerLoop[T]]
) -> AsyncGenerator[None, None]:
    """Ends a thing when it is closed itself, which event loops do with what is open when they end."""
    try:
        yield
    finally:
        if (alive := owner()) is not None:
            _held().pop(alive, None)
        with anyio.CancelScope(shield=True):
            await end(thing)


def _held() -> WeakKeyDictionary[PerLoop[Any], Any]:
    try:
        return _HELD.get()
    except LookupError:
        held: WeakKeyDictionary[PerLoop[Any], Any] = WeakKeyDictionary()
        _HELD.set(held)
        return held
