"""One line of progress on a terminal, while a run is under way."""

from __future__ import annotations

import math
import os
import shutil
import sys
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from profile_relations_conformance.judging.verdict import Run
    from profile_relations_conformance.transport.pace import Pace

BETWEEN = 0.1
"""Seconds between two drawings of the line."""
ERASE = "\r\x1b[K"


class Progress:
    """Shows how far a run is, on a terminal alone; as a context, it leaves no trace of the line behind.

    Args:
        pace: What the run's requests are counted and bounded by.
        stream: Where the line is drawn; standard error by default.
        clock: Gives the time in seconds.
    """

    def __init__(self, pace: Pace, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._pace = pace
        self._stream = stream or sys.stderr
        self._clock = clock
        self._drawn_at = -math.inf
        self._shown = self._stream.isatty() and os.environ.get("TERM") != "dumb"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.erase()

    def erase(self) -> None:
        """Takes the line away."""
        if self._shown:
            self._write(ERASE)

    def __call__(self, run: Run) -> None:
        """Draws the line, unless it was drawn a moment ago."""
        if self._shown and self._clock() - self._drawn_at >= BETWEEN:
            self._drawn_at = self._clock()
            self._write(f"{ERASE}{self.line(run)[: shutil.get_terminal_size().columns - 1]}")

    def line(self, run: Run) -> str:
        """Gives the line: requirements done, requests, their rate, and what is left of the time."""
        sent = self._pace.sent
        parts = [f"{run.done} of {len(run.results)} requirements", f"{sent} requests"]
        if run.seconds > 0:
            parts.append(f"{sent / run.seconds:.0f}/s")
        left = self._pace.seconds_left()
        if math.isfinite(left):
            parts.append(f"{left:.0f} s left")
        return ", ".join(parts)

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
