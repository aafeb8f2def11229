"""How many requests a run may send, how fast and for how long."""

from __future__ import annotations

import threading
import time
from email.utils import parsedate_to_datetime

LONGEST_HOLD = 60.0
"""Seconds that a run waits at most when a server asks it to."""
DEFAULT_HOLD = 1.0
"""Seconds to wait where the server does not say how long."""
SLOWER = 1.5
"""By how much the time between two requests grows each time that the server says that they come too fast."""
FIRST_INTERVAL = 0.02
"""Seconds between two requests after the server said so for the first time."""
LONGEST_INTERVAL = 2.0


LOCKED_OUT = "the server locked the caller out"


class BudgetSpentError(Exception):
    """No further request may be sent; what was not asked by now is not tested."""


class ThrottledError(BudgetSpentError):
    """The server refuses one request again and again for its speed, however slowly it is asked."""


class LockedOutError(BudgetSpentError):
    """The server refuses what it answered before, since it was asked with wrong tokens."""


class Pace:
    """Hands out permission to send requests, one by one, to all threads of a run.

    Where the server says that requests come too fast, they go slower from then on, until it says so no more.

    Args:
        rate: Requests per second at most, or None for no limit.
        max_requests: Requests in all, or None.
        time_budget: Seconds from the first request on, or None.

    Attributes:
        sent: Number of requests handed out.
        spent: Why no further request is handed out, or an empty string.
        throttled: How often the server said that requests come too fast.
    """

    def __init__(
        self, *, rate: float | None = None, max_requests: int | None = None, time_budget: float | None = None
    ) -> None:
        self.sent = 0
        self.spent = ""
        self.throttled = 0
        self._interval = 1 / rate if rate else 0.0
        self._max_requests = max_requests
        self._time_budget = time_budget
        self._started: float | None = None
        self._next_at = 0.0
        self._slowed_at = 0.0
        self._turn = threading.Lock()
        self._lock = threading.Lock()

    def next(self) -> int:
        """Waits for its turn and gives the request's number, from 1.

        Raises:
            BudgetSpentError: If the number or the time is used up, or would be before the turn comes.
        """
        with self._turn:
            if self._started is None:
                self._started = time.monotonic()
            if self._max_requests is not None and self.sent >= self._max_requests:
                raise self._spend(f"the run's {self._max_requests} requests are used up")
            while (wait := self.held_for) > 0:
                self.check(wait)
                time.sleep(wait)
            self.check()
            with self._lock:
                self._next_at = max(self._next_at, time.monotonic() + self._interval)
            self.sent += 1
            return self.sent

    @property
    def held_for(self) -> float:
        """Seconds until the next request may go."""
        return max(0.0, self._next_at - time.monotonic())

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

    def hold(self, seconds: float) -> None:
        """Lets no request go before so many seconds have passed."""
        with self._lock:
            self._next_at = max(self._next_at, time.monotonic() + seconds)

    def slow_down(self, retry_after: str | None, asked_at: float) -> None:
        """Lets no request go before the time that a server asked for, and all later ones at a lower rate.

        Several refusals of one burst slow the run down once.

        Args:
            retry_after: The reply's Retry-After (RFC 9110, section 10.2.3), or None.
            asked_at: When the refused request was sent, on the monotonic clock.
        """
        self.hold(min(_seconds(retry_after), LONGEST_HOLD))
        with self._lock:
            self.throttled += 1
            if asked_at >= self._slowed_at:
                self._interval = min(max(FIRST_INTERVAL, self._interval * SLOWER), LONGEST_INTERVAL)
                self._slowed_at = time.monotonic()

    def seconds_left(self) -> float:
        """Gives what is left of the time budget; infinity where there is none."""
        if self._time_budget is None or self._started is None:
            return float("inf")
        return max(0.0, self._started + self._time_budget - time.monotonic())


def _seconds(retry_after: str | None) -> float:
    """Reads a Retry-After of any content; what can't be read is as good as none."""
    if retry_after is None:
        return DEFAULT_HOLD
    if retry_after.strip().isascii() and retry_after.strip().isdecimal():
        return float(retry_after[:18])
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (ValueError, OverflowError, OSError):
        return DEFAULT_HOLD
