"""Runs the server as a process of its own, or in a thread of this one where a test has to choose what it is made of."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from profile_relations_server.commands.serve import TOKENS
from profile_relations_server.http.serve import serving_in_thread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profile_relations_server.http.app import App

COMMAND = [sys.executable, "-m", "profile_relations_server"]


@contextmanager
def running(*options: str, **variables: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Starts the command, with more variables in its environment; gives the process and the base URL it announces."""
    # With the first variable Python does not keep what is written to a pipe, and the announcement must not need it.
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONUNBUFFERED", TOKENS}}
    process = subprocess.Popen(
        [*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment | variables
    )
    try:
        assert process.stdout
        base = process.stdout.readline().removeprefix("Serving on ").strip()
        while base and not process.stdout.readline().startswith("Docs: "):
            pass
        yield process, base
    finally:
        process.kill()
        process.communicate()


def stop(process: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
    """Tells a process to stop and gives its exit status and what it wrote after the announcement."""
    process.send_signal(number)
    out, err = process.communicate(timeout=10)
    return process.returncode, out, err


@contextmanager
def serving(app: App) -> Iterator[int]:
    """Serves an application in a thread and gives its port on the loopback interface."""
    with serving_in_thread(app) as url:
        yield int(url.rpartition(":")[2])
