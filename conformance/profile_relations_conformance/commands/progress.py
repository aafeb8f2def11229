"""Progress on a terminal, while a run or a self-check is under way; in a pipe there is none."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

if TYPE_CHECKING:
    from profile_relations_conformance.judging.verdict import Run
    from profile_relations_conformance.transport.pace import Pace

WORTH_TELLING = 1.0
"""Seconds of waiting for the server from which on they are told."""


def _is_shown(console: Console) -> bool:
    """Says whether progress is drawn; a variable that asks for colours, as FORCE_COLOR, makes no pipe a terminal."""
    return console.file.isatty() and not console.is_dumb_terminal


class Progress:
    """Shows in one line how far a run is; as a context, it leaves no trace of the line behind.

    Args:
        pace: What the run's requests are counted and bounded by.
        console: Where the line is drawn; standard error by default.
    """

    def __init__(self, pace: Pace, console: Console | None = None) -> None:
        self._pace = pace
        self._run: Run | None = None
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
        self._live.stop()

    def __call__(self, run: Run) -> None:
        """Takes what is shown from now on."""
        self._run = run

    def _drawn(self) -> Text:
        return Text(self.line(self._run) if self._run else "", no_wrap=True, overflow="ellipsis")

    def line(self, run: Run) -> str:
        """Gives the line: requirements done, requests, their rate, what is left of the time, and what is waited for."""
        sent = self._pace.sent
        parts = [f"{run.done} of {len(run.results)} requirements", f"{sent} requests"]
        if run.seconds > 0:
            parts.append(f"{sent / run.seconds:.0f}/s")
        left = self._pace.seconds_left()
        if math.isfinite(left):
            parts.append(f"{left:.0f} s left")
        if self._pace.held_for >= WORTH_TELLING:
            parts.append(f"waiting {self._pace.held_for:.0f} s, as the server asks")
        return ", ".join(parts)


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
