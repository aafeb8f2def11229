"""Loads a server with a tool made for it: wrk where it is installed, else autocannon, which npm gets."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HERE = Path(__file__).parent
AUTOCANNON = "autocannon@9.0.0"
PRISM = "@stoplight/prism-cli@5.16.0"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Measured:
    """What a load came to.

    Attributes:
        rate: Requests per second.
        p99: Time in which 99 of 100 were answered, in milliseconds.
        processor: Time that the server's processes were on a processor for each of them, in microseconds.
    """

    rate: float
    p99: float
    processor: float


class Load:
    """A load of some connections.

    Args:
        folder: Where tools are installed and questions are written.
        connections: Each asks one question after the other.
        seconds: How long.
    """

    def __init__(self, folder: Path, *, connections: int = 16, seconds: int = 2) -> None:
        self._folder = folder
        self._connections, self._seconds = str(connections), str(seconds)
        self.wrk = shutil.which("wrk")
        self.npm = shutil.which("npm")
        if not self.wrk and self.npm:
            sys.stdout.write("wrk is not installed (Debian: apt-get install wrk), so autocannon makes the load.\n")
            self.install(AUTOCANNON)

    @property
    def possible(self) -> bool:
        """Whether there is a tool at all."""
        return bool(self.wrk or self.npm)

    def install(self, package: str) -> Path:
        """Installs a package of Node's, where it is not yet, and gives the folder of its commands."""
        name = package.rpartition("@")[0]
        if not (self._folder / "node_modules" / name).exists():
            install = [self.npm or "npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix"]
            subprocess.run([*install, str(self._folder), package], check=True)  # noqa: S603 - a pinned version
        return self._folder / "node_modules" / ".bin"

    def measure(
        self, process: int, url: str, bodies: Sequence[Mapping[str, Any]], processors: str | None = None
    ) -> Measured:
        """Loads a server.

        Args:
            process: The server's process.
            url: What to ask.
            bodies: With what, in turns.
            processors: Which processors the tool may use; all where it is None.

        Raises:
            SystemExit: If a request fails, or is answered by another status than a success.
        """
        file = self._folder / "bodies.jsonl"
        file.write_text("".join(json.dumps(body) + "\n" for body in bodies))
        command = ["taskset", "--cpu-list", processors] if processors else []
        if self.wrk:
            command += [self.wrk, "-t1", "-c", self._connections, "-d", self._seconds, "-s", str(HERE / "load.lua")]
            command += [url, "--", str(file)]
        else:
            command += ["node", str(HERE / "load.cjs"), url, self._connections, self._seconds, str(file)]
        environment = os.environ | {"NODE_PATH": str((self._folder / "node_modules").resolve())}
        before = _processor_seconds(process)
        out = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout  # noqa: S603 - our own
        spent = _processor_seconds(process) - before
        requests, duration, p99, refused = map(float, out.rpartition("measured ")[2].split())
        if refused:
            raise SystemExit(f"{refused:.0f} of {requests:.0f} requests to {url} failed")
        return Measured(requests / duration * 1e6, p99 / 1e3, spent / requests * 1e6)


def _processor_seconds(process: int) -> float:
    """Gives how long a process and those that it started were on a processor."""
    fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    children = Path(f"/proc/{process}/task/{process}/children").read_text("utf-8").split()
    return (int(fields[11]) + int(fields[12])) / _TICKS + sum(_processor_seconds(int(child)) for child in children)
