"""Servers that a benchmark asks, each a process of its own on the processors that it is given."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.questions import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from profile_relations_server.generating import Plan

ANNOUNCEMENT = "Serving on "
_SERVER = [sys.executable, "-m", "profile_relations_server"]


@contextmanager
def started(command: Sequence[str], processors: str | None = None) -> Iterator[tuple[int, str]]:
    """Starts a server that announces its base URL as the reference server does.

    Args:
        command: What to start.
        processors: Which processors it may use, as `taskset` lists them; all where it is None.

    Yields:
        Its process and the URL.
    """
    pinned = ["taskset", "--cpu-list", processors, *command] if processors else command
    environment = os.environ | {"RELATIONS_TOKENS": TOKEN}
    with subprocess.Popen(pinned, stdout=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603 - our own
        try:
            lines = iter(process.stdout or ())
            url = next((line.removeprefix(ANNOUNCEMENT).strip() for line in lines if line.startswith(ANNOUNCEMENT)), "")
            if not url:
                raise SystemExit(f"{' '.join(command)} did not start")
            yield process.pid, url
        finally:
            process.terminate()


def reference(*options: str) -> list[str]:
    """Gives the command that starts the reference server."""
    return [*_SERVER, *options]


def generate(plan: Plan, folder: Path) -> str:
    """Generates a world.

    Args:
        plan: What to generate.
        folder: Where to put the database.

    Returns:
        Its URL.
    """
    url = f"sqlite:///{folder / f'world-{plan.profiles}.db'}"
    numbers = {"--profiles": plan.profiles, "--relations-per-profile": plan.relations, "--seed": plan.seed}
    options = [text for name, number in numbers.items() for text in (name, str(number))]
    subprocess.run(reference("generate", "--database", url, *options), check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    return url


def dumped(url: str) -> Path:
    """Writes the world of a SQLite database to a world file beside it."""
    file = Path(url.removeprefix("sqlite:///")).with_suffix(".json")
    subprocess.run(reference("dump", "--database", url, "--output", str(file)), check=True)  # noqa: S603 - our own
    return file
