"""Counts the calls of the endpoint by mode and outcome, and how long they took, for Prometheus.

The numbers live in memory that worker processes share: each adds to a row of its own, and whichever is asked for the
metrics sums up all rows. The Prometheus library writes them out; it is imported when they are asked for, since that
takes longer than to start the server.
"""

from __future__ import annotations

import mmap
from bisect import bisect_left
from typing import TYPE_CHECKING

from profile_relations_server.service.messages import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client.core import Metric

    from profile_relations_server.service.messages import Trace

# Upper bounds, in seconds: from a look-up in memory to the time-out of a database.
BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
NO_MODE = "none"
_BYTES = 8


class Metrics:
    """The numbers of all worker processes.

    Args:
        modes: Every mode that a call can be answered by.
        workers: Number of processes that count. They must be forked after this was made.
    """

    def __init__(self, modes: Iterable[str], workers: int = 1) -> None:
        self._modes: tuple[str | None, ...] = (*dict.fromkeys(modes), None)
        series = [(mode, code) for mode in self._modes for code in OUTCOMES]
        self._counts = {labels: position for position, labels in enumerate(series)}
        # For each mode the number of calls in each bucket, the last of which has no bound, and the sum of their times.
        self._width = len(BUCKETS) + 2
        self._times = {mode: len(series) + number * self._width for number, mode in enumerate(self._modes)}
        self._length = len(series) + len(self._modes) * self._width
        memory = memoryview(mmap.mmap(-1, workers * self._length * _BYTES)).cast("d")
        self._rows = [memory[start * self._length : (start + 1) * self._length] for start in range(workers)]
        self._row = self._rows[0]

    def count_as(self, worker: int) -> None:
        """Makes this process the worker of that number, from 0 on."""
        self._row = self._rows[worker]

    def count(self, trace: Trace, seconds: float) -> None:
        """Counts a call that was answered."""
        row, times = self._row, self._times[trace.mode]
        row[self._counts[trace.mode, trace.code if trace.code in OUTCOMES else None]] += 1
        row[times + bisect_left(BUCKETS, seconds)] += 1
        row[times + self._width - 1] += seconds

    def collect(self) -> Iterator[Metric]:
        """Gives the numbers to Prometheus' registry, whose protocol this is."""
        from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily  # noqa: PLC0415 - see above

        total = [sum(column) for column in zip(*self._rows, strict=True)]
        calls = CounterMetricFamily(
            "relations_requests", "Calls of the endpoint that were answered.", labels=["mode", "outcome"]
        )
        for (mode, code), position in self._counts.items():
            calls.add_metric([mode or NO_MODE, OUTCOMES[code]], total[position])
        yield calls
        times = HistogramMetricFamily(
            "relations_request_seconds", "Time from a call's headers to the end of its reply.", labels=["mode"]
        )
        for mode, start in self._times.items():
            *counts, seconds = total[start : start + self._width]
            cumulated = [sum(counts[: number + 1]) for number in range(len(counts))]
            bounds = [*map(str, BUCKETS), "+Inf"]
            times.add_metric([mode or NO_MODE], list(zip(bounds, cumulated, strict=True)), seconds)
        yield times
