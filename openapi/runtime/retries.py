"""When a call is made again, and how long it waits before that."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

RETRIED_STATUSES = frozenset({429, 502, 503, 504})


@frozen
class Retries:
    """How often and after what waits a call is made again that failed in a way which may pass.

    These are failures to connect, timeouts, and the statuses 429, 502, 503 and 504.
    """

    count: int = 2
    """How many times at most; 0 switches retries off."""
    first_wait: float = 0.5
    """Seconds before the first retry, doubled for each further one, and shortened by up to a half at random."""
    longest_wait: float = 8.0
    """Seconds that no such wait exceeds."""
    longest_retry_after: float = 30.0
    """Seconds that a server's `Retry-After` is obeyed for at most."""
    jitter: Callable[[], float] = field(default=random.random, repr=False)
    """Gives the random part, from 0 to 1."""

    def wait(self, retries_done: int, headers: Mapping[str, str] | None, now: datetime | None = None) -> float | None:
        """Seconds to wait before the next retry, or None where there is none left.

        Args:
            retries_done: How many times the call was made again already.
            headers: Those of the reply, where there is one.
            now: The time of day, for a `Retry-After` that names one.
        """
        if retries_done >= self.count:
            return None
        asked = retry_after(headers or {}, now)
        if asked is not None:
            return min(asked, self.longest_retry_after)
        return min(self.first_wait * 2.0**retries_done, self.longest_wait) * (1 - self.jitter() / 2)


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """The seconds that a reply asks to wait, in either of the two forms that HTTP has for it."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())
    # Servers send anything here, and the parser has more than one way to fail at it.
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
