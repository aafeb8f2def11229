"""Many calls at a time, of which a few are under way: whatever comes of one is a value, and none ends the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from .base_errors import ClientError, ConfigurationError
from .version import PACKAGE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator

Item = TypeVar("Item")
Result = TypeVar("Result")
_END = object()


def check_concurrency(concurrency: Any) -> None:
    """Checks how many calls are to be under way.

    Raises:
        ConfigurationError: It is no whole number above 0.
    """
    if not isinstance(concurrency, int) or isinstance(concurrency, bool) or concurrency < 1:
        raise ConfigurationError("concurrency must be a whole number above 0")


def in_threads(
    call: Callable[[Item], Result], items: Iterable[Item], concurrency: int, *, in_order: bool
) -> Iterator[tuple[Item, Result | ClientError]]:
    """Makes calls in threads, and gives each item with what came of it.

    An item is taken from its source when its turn comes. Who stops early waits for the calls that are under way.
    """

    def outcome(item: Item) -> Result | ClientError:
        try:
            return call(item)
        except ClientError as error:
            return error

    source = iter(items)
    under_way: dict[Future[Result | ClientError], Item] = {}
    with ThreadPoolExecutor(concurrency, thread_name_prefix=PACKAGE) as pool:
        try:
            while True:
                for item in islice(source, concurrency - len(under_way)):
                    under_way[pool.submit(outcome, item)] = item
                if not under_way:
                    return
                first = next(iter(under_way))
                done = first if in_order else next(iter(wait(under_way, return_when=FIRST_COMPLETED).done))
                yield under_way[done], done.result()
                del under_way[done]
        finally:
            for future in under_way:
                future.cancel()


async def in_tasks(
    call: Callable[[Item], Awaitable[Result]],
    items: Iterable[Item] | AsyncIterable[Item],
    concurrency: int,
    *,
    in_order: bool,
) -> AsyncIterator[tuple[Item, Result | ClientError]]:
    """Makes calls in tasks of asyncio, and gives each item with what came of it.

    An item is taken from its source when its turn comes. Who stops early cancels the calls that are under way.

    Raises:
        ClientError: The event loop is not asyncio's.
    """

    async def outcome(item: Item) -> Result | ClientError:
        try:
            return await call(item)
        except ClientError as error:
            return error

    _check_loop()
    source = items.__aiter__() if isinstance(items, AsyncIterable) else _asynchronous(items)
    under_way: dict[asyncio.Future[Result | ClientError], Item] = {}
    taking: asyncio.Future[Any] | None = None
    has_more = True
    try:
        while has_more or under_way:
            if taking is None and has_more and len(under_way) < concurrency:
                taking = asyncio.ensure_future(anext(source, _END))
            waiting: set[asyncio.Future[Any]] = {task for task in under_way if not task.done()}
            candidates = [*under_way][:1] if in_order else [*under_way]
            done = next((task for task in candidates if task.done()), None)
            if done is not None:
                yield under_way[done], done.result()
                del under_way[done]
                continue
            await asyncio.wait(waiting | ({taking} if taking else set()), return_when=asyncio.FIRST_COMPLETED)
            if taking is not None and taking.done():
                taken: Any = taking.result()
                taking, has_more = None, taken is not _END
                if has_more:
                    under_way[asyncio.ensure_future(outcome(taken))] = taken
    finally:
        await _cancel([*under_way, *([taking] if taking else [])])


async def _asynchronous(items: Iterable[Item]) -> AsyncIterator[Item]:
    for item in items:
        yield item


async def _cancel(futures: list[asyncio.Future[Any]]) -> None:
    for future in futures:
        future.cancel()
    await asyncio.gather(*futures, return_exceptions=True)


def _check_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        return
    raise ClientError("many calls at a time need asyncio; in another event loop, make the calls in tasks of your own")
