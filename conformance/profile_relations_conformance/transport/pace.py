"""How many requests a run may send, how fast and for how long."""

from __future__ import annotations

import threading
import time
from email.utils import parsedate_to_datetime

LONGEST_HOLD = 60.0
"""Seconds that a run waits at most when a server asks it to."""
DEFAULT_HOLD = 1.0


class BudgetSpentError(Exception):
    """No further request may be sent; what was not asked by now is not tested."""


class Pace:
    """Hands out permission to send requests, one by one, to all threads of a run.

    Args:
        rate: Requests per second at most, or None for no limit.
        max_requests: Requests in all, or None.
        time_budget: Seconds from the first request on, or None.

    Attributes:
        sent: Number of requests handed out.
        spent: Why no further request is handed out, or an empty string.
    """

    def __init__(
        self, *, rate: float | None = None, max_requests: int | None = None, time_budget: float | None = None
    ) -> None:
        self.sent = 0
        self.spent = ""
        self._interval = 1 / rate if rate else 0.0
        self._max_requests = max_requests
        self._time_budget = time_budget
        self._started: float | None = None
        self._next_at = 0.0
        self._lock = threading.Lock()

    def next(self) -> int:
        """Waits for its turn and gives the request's number, from 1.

        Raises:
            BudgetSpentError: If the number or the time is used up, or would be before the turn comes.
        """
        with self._lock:
            if self._started is None:
                self._started = time.monotonic()
            if self._max_requests is not None and self.sent >= self._max_requests:
                raise self._spend(f"the run's {self._max_requests} requests are used up")
            wait = max(0.0, self._next_at - time.monotonic())
            self.check(wait)
            if wait:
                time.sleep(wait)
            self._next_at = time.monotonic() + self._interval
            self.sent += 1
            return self.sent

    @property
    def has_time_budget(self) -> bool:
        """Whether the time is limited."""
        return self._time_budget is not None

    def check(self, wait: float = 0.0) -> None:
        """Fails where the time budget is over, or will be in so many seconds.

        Raises:
            BudgetSpentError: If it is.
        """
        if self.seconds_left() <= wait:
            raise self._spend(f"the run's {self._time_budget:g} s are used up")

    def _spend(self, words: str) -> BudgetSpentError:
        self.spent = words
        return BudgetSpentError(words)

    def hold(self, retry_after: str | None) -> None:
        """Lets no request go before the time that a server asked for in Retry-After (RFC 9110, section 10.2.3)."""
        with self._lock:
            self._next_at = max(self._next_at, time.monotonic() + min(_seconds(retry_after), LONGEST_HOLD))

    def seconds_left(self) -> float:
        """Gives what is left of the time budget; infinity where there is none."""
        if self._time_budget is None or self._started is None:
            return float("inf")
        return max(0.0, self._started + self._time_budget - time.monotonic())


def _seconds(retry_after: str | None) -> float:
    if retry_after is None:
        return DEFAULT_HOLD
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except ValueError:
        return DEFAULT_HOLD
