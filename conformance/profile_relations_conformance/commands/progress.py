"""Progress on a terminal, while a run or a self-check is under way; in a pipe there is none."""

from __future__ import annotations

import math
import sys
import time
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profile_relations_conformance.judging.verdict import Run
    from profile_relations_conformance.transport.pace import Pace

WORTH_TELLING = 1.0
"""Seconds of waiting for the server from which on they are told."""


def _is_shown(console: Console) -> bool:
    """Says whether progress is drawn; a variable that asks for colours, as FORCE_COLOR, makes no pipe a terminal."""
    return console.file.isatty() and not console.is_dumb_terminal


class Progress:
    """Shows in one line what a run is doing and how far it is; as a context, it leaves no trace of the line behind.

    Args:
        console: Where the line is drawn; standard error by default.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._doing = ""
        self._pace: Pace | None = None
        self._run: Run | None = None
        self._told_at = time.monotonic()
        console = console or Console(stderr=True)
        self._shown = _is_shown(console)
        self._live = Live(
            get_renderable=self._drawn, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
        )

    def __enter__(self) -> Self:
        if self._shown:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.erase()

    def erase(self) -> None:
        """Takes the line away for good."""
        self._live.stop()

    def begin(self, doing: str, pace: Pace | None = None) -> None:
        """Takes what is done from now on, in words, and what the run's requests are counted and bounded by."""
        self._doing, self._pace, self._told_at = doing, pace or self._pace, time.monotonic()
        if self._live.is_started:
            self._live.refresh()  # so that a short step is seen too

    def __call__(self, run: Run) -> None:
        """Takes how far the run is."""
        self._run, self._told_at = run, time.monotonic()

    def _drawn(self) -> Text:
        return Text(self.line(), no_wrap=True, overflow="ellipsis")

    def line(self) -> str:
        """Gives the line: what is done, requests and their rate, what is left of the time, and what is waited for."""
        return ", ".join([*self._done(), *self._asked(), *self._waits()])

    def _done(self) -> Iterator[str]:
        if self._run is None:
            yield self._doing
        elif self._run.done:
            yield f"{self._run.done} of {len(self._run.results)} requirements"
        else:
            begun = sum(bool(item.cases) for item in self._run.results.values())
            yield f"first cases, {begun} of {len(self._run.results)} requirements begun"

    def _asked(self) -> Iterator[str]:
        if self._pace is None:
            return
        yield f"{self._pace.sent} requests"
        if self._run is not None and self._run.seconds > 0:
            yield f"{self._pace.sent / self._run.seconds:.0f}/s"
        if math.isfinite(left := self._pace.seconds_left()):
            yield f"{left:.0f} s left"

    def _waits(self) -> Iterator[str]:
        if self._pace is None:
            return
        silent = time.monotonic() - self._told_at
        if self._pace.held_for >= WORTH_TELLING:
            yield f"waiting {self._pace.held_for:.0f} s, as the server asks"
        elif silent >= WORTH_TELLING:
            yield f"waiting for the server since {silent:.0f} s"


class Tally:
    """Prints rows as they come, and below them how many have come; a context that leaves the rows alone behind.

    Args:
        total: How many rows will come.
        what: What a row is about, in the plural.
    """

    def __init__(self, total: int, what: str) -> None:
        console = Console(stderr=True)
        self._shown = _is_shown(console)
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            disable=not self._shown,
        )
        self._task = self._bar.add_task(what, total=total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def row(self, text: str) -> None:
        """Prints a row on standard output."""
        if self._shown and sys.stdout.isatty():  # on one terminal with the bar, so above it
            self._bar.console.print(Text(text), soft_wrap=True)
        else:
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()
        self._bar.advance(self._task)
