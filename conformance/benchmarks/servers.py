"""Servers that a benchmark asks, each a process of its own on the processors that it is given."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from benchmarks.questions import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from profile_relations_server.world.generator import Plan

ANNOUNCEMENT = "Serving on "
_SERVER = [sys.executable, "-m", "profile_relations_server"]


@contextmanager
def started(
    command: Sequence[str], processors: str | None = None, *, url: str | None = None
) -> Iterator[tuple[int, str]]:
    """Starts a server.

    Args:
        command: What to start.
        processors: Which processors it may use, as `taskset` lists them; all where it is None.
        url: Its base URL; None where it announces that as the reference server does.

    Yields:
        Its process and the URL.
    """
    pinned = ["taskset", "--cpu-list", processors, *command] if processors else command
    environment = os.environ | {"RELATIONS_TOKENS": TOKEN}
    # What a server tells that announces nothing is read by nobody.
    out = subprocess.DEVNULL if url else subprocess.PIPE
    with subprocess.Popen(pinned, stdout=out, text=True, env=environment) as process:  # noqa: S603 - our own
        try:
            base = url if url and _listens(url) else _announced(process)
            if not base:
                raise SystemExit(f"{' '.join(command)} did not start")
            yield process.pid, base
        finally:
            process.terminate()


def _announced(process: subprocess.Popen[str]) -> str:
    lines = iter(process.stdout or ())
    return next((line.removeprefix(ANNOUNCEMENT).strip() for line in lines if line.startswith(ANNOUNCEMENT)), "")


def _listens(url: str) -> bool:
    """Waits until somebody listens at a URL's host and port; gives up after a while."""
    parts = urlsplit(url)
    for _ in range(300):
        with socket.socket() as client:
            if client.connect_ex((parts.hostname, parts.port)) == 0:
                return True
        time.sleep(0.1)
    return False


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
    command = reference("generate", "--database", url, *options)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
    return url


def dumped(url: str) -> Path:
    """Writes the world of a SQLite database to a world file beside it."""
    file = Path(url.removeprefix("sqlite:///")).with_suffix(".json")
    subprocess.run(reference("dump", "--database", url, "--output", str(file)), check=True)  # noqa: S603 - our own
    return file
