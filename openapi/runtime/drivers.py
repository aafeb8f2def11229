"""Takes the steps of a call: in threads, which wait for them, and in coroutines."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import anyio
import httpx

from .base_errors import ClientError
from .exchange import Attempt, Prepared, Send, exchange
from .many import check_concurrency, in_tasks, in_threads
from .scopes import PerLoop, PerProcess
from .session import FAILURES, Session, closed
from .settings import DEFAULT_LIMITS, check_timeout
from .transport import AsyncNetworkTransport, NetworkTransport
from .types import Unset

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator

    from .operations import Operation
    from .replies import Reply
    from .settings import Setup

# Seconds that httpx has to end a step by itself.
_GRACE = 0.25
# As good as no bound.
_UNBOUNDED = 1_000_000


def _turns(setup: Setup) -> int:
    """How many calls are under way at a time; the others wait, and their clocks have not started."""
    limits = DEFAULT_LIMITS if setup.route is None else setup.route.limits
    return limits.max_connections or _UNBOUNDED


class SyncSession(Session):
    """Makes calls and waits for them."""

    def __init__(self, setup: Setup, transport: httpx.BaseTransport | None) -> None:
        super().__init__(setup.settings)
        if setup.route is not None:
            transport = NetworkTransport(setup.route)
        self._http = httpx.Client(transport=transport, trust_env=False, follow_redirects=False)
        turns = _turns(setup)
        self._turns = PerProcess(lambda: threading.Semaphore(turns))

    def call(self, operation: Operation, prepared: Prepared) -> Reply[Any]:
        """Makes a call.

        Raises:
            ClientError: It failed; the class says how.
        """
        steps = exchange(self.settings, operation, prepared)
        outcome: Reply[None] | ClientError | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as done:
                reply: Reply[Any] = done.value
                return reply
            if isinstance(step, Send):
                outcome = self._send(step.attempt)
            else:
                time.sleep(step.seconds)

    def _send(self, attempt: Attempt) -> Reply[None] | ClientError:
        with self._turns.get():
            if self.is_closed:
                return closed()
            attempt.start()
            try:
                return self._receive(attempt)
            except FAILURES as error:
                problem = error
        return attempt.failure(problem)

    def _receive(self, attempt: Attempt) -> Reply[None]:
        response = self._http.send(attempt.request, stream=True, follow_redirects=False)
        try:
            attempt.begin(response)
            if not response.is_stream_consumed:
                for chunk in response.iter_raw():
                    attempt.feed(chunk)
            return attempt.finish()
        finally:
            response.close()

    def many(
        self,
        operation: Operation,
        items: Iterable[Any],
        timeout: float | Unset | None,
        concurrency: int,
        in_order: bool,
    ) -> Iterator[tuple[Any, Any]]:
        """Makes many calls, and gives each item with its result or its error.

        Raises:
            ConfigurationError: The timeout or the concurrency is none.
        """
        check_timeout(None if isinstance(timeout, Unset) else timeout)
        check_concurrency(concurrency)

        def call(item: Any) -> Any:
            return self.call(operation, self.prepare_item(operation, item, timeout)).parsed

        return in_threads(call, items, concurrency, in_order=in_order)

    def close(self) -> None:
        """Closes the connections."""
        self.is_closed = True
        self._http.close()


class AsyncSession(Session):
    """Makes calls in coroutines."""

    def __init__(self, setup: Setup, transport: httpx.AsyncBaseTransport | None) -> None:
        super().__init__(setup.settings)
        if setup.route is not None:
            transport = AsyncNetworkTransport(setup.route)
        self._http = httpx.AsyncClient(transport=transport, trust_env=False, follow_redirects=False)
        turns = _turns(setup)
        self._turns = PerLoop(lambda: anyio.Semaphore(turns))

    async def call(self, operation: Operation, prepared: Prepared) -> Reply[Any]:
        """Makes a call.

        Raises:
            ClientError: It failed; the class says how.
        """
        steps = exchange(self.settings, operation, prepared)
        outcome: Reply[None] | ClientError | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as done:
                reply: Reply[Any] = done.value
                return reply
            if isinstance(step, Send):
                outcome = await self._send(step.attempt)
            else:
                await anyio.sleep(step.seconds)

    async def _send(self, attempt: Attempt) -> Reply[None] | ClientError:
        turns = await self._turns.get()
        async with turns:
            if self.is_closed:
                return closed()
            attempt.start()
            try:
                # Later than httpx ends a step that takes as long: that closes the connection, and a TLS handshake that
                # is cancelled does not.
                with anyio.fail_after(None if attempt.timeout is None else attempt.timeout + _GRACE):
                    return await self._receive(attempt)
            except FAILURES as error:
                problem: Exception = error
            except RuntimeError as error:
                if "loop" not in str(error):
                    raise
                problem = error
        if isinstance(problem, RuntimeError):
            return ClientError(f"{problem}: make a transport for each event loop, or leave it out")
        return attempt.failure(problem)

    async def _receive(self, attempt: Attempt) -> Reply[None]:
        response = await self._http.send(attempt.request, stream=True, follow_redirects=False)
        try:
            attempt.begin(response)
            if not response.is_stream_consumed:
                async for chunk in response.aiter_raw():
                    attempt.feed(chunk)
            return attempt.finish()
        finally:
            await response.aclose()

    def many(
        self,
        operation: Operation,
        items: Iterable[Any] | AsyncIterable[Any],
        timeout: float | Unset | None,
        concurrency: int,
        in_order: bool,
    ) -> AsyncIterator[tuple[Any, Any]]:
        """Makes many calls, and gives each item with its result or its error.

        Raises:
            ConfigurationError: The timeout or the concurrency is none.
        """
        check_timeout(None if isinstance(timeout, Unset) else timeout)
        check_concurrency(concurrency)

        async def call(item: Any) -> Any:
            return (await self.call(operation, self.prepare_item(operation, item, timeout))).parsed

        return in_tasks(call, items, concurrency, in_order=in_order)

    async def close(self) -> None:
        """Closes the connections of this event loop; those of others are closed when these end."""
        self.is_closed = True
        await self._http.aclose()
