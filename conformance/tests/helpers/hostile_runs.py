"""Runs of the suite against servers that mean harm, and what of them was not bounded.

As a program, it judges all of the table: `make hostile`.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from profile_relations_conformance.run.reference_server import bundled_target

from tests.client.hostile import Connection, HostileServer
from tests.helpers.hostile_targets import RIGHT, SPELLINGS, TARGETS, TOKEN, Target

LARGEST_MEMORY = 400 * 1024 * 1024
LARGEST_REPORTS = 20 * 1024 * 1024
BUDGET, TIMEOUT = 4.0, 1.0
"""Seconds that a run may ask, and that it waits for one reply."""
PATIENCE = 120.0
"""Seconds after which a run counts as one that never ends; it takes a few on an idle machine."""
VIEWS = {"json": "report.json", "html": "report.html", "junit": "junit.xml", "markdown": "summary.md", "badge": "b.svg"}


REPORTING = """
import os, sys
from pathlib import Path
from profile_relations_conformance.commands.main import main
try:
    sys.exit(main())
finally:
    lines = Path("/proc/self/status").read_text().splitlines()
    Path(os.environ["MEMORY_FILE"]).write_text(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
"""
"""Runs the command line and writes down how much memory it had; what the system tells of a child counts the parent."""
COMMANDS = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """What became of a run.

    Attributes:
        code: Its exit code; None where it did not end.
        memory: The most memory that it had, in bytes.
        said: All that it wrote: `out`, `err`, and its reports by view.
    """

    code: int | None
    memory: int
    said: dict[str, str]

    def complaints(self) -> list[str]:
        """Gives what was not bounded."""
        size = sum(map(len, self.said.values()))
        found = {
            f"ended with {self.code}": self.code not in {0, 1, 2},
            "wrote a traceback": "Traceback" in self.said.get("err", ""),
            "said more than one line beside the report": self.said.get("err", "").count("\n") > 1,
            f"took {self.memory >> 20} MB": self.memory > LARGEST_MEMORY,
            f"wrote {size >> 20} MB": size > LARGEST_REPORTS,
            "wrote no report": not self.said.keys() >= VIEWS.keys(),
            "the suite itself erred": '"outcome": "errored"' in self.said.get("json", ""),
        }
        for name, text in self.said.items():
            found[f"{name} holds what can't be seen: {invisible(text)}"] = invisible(text) != []
            found[f"{name} shows the token"] = bool(token_in(text))
            found[f"{name} holds a command to a CI service"] = COMMANDS.search(text) is not None
        return [words for words, is_so in found.items() if is_so]


def invisible(text: str) -> list[str]:
    """Gives Unicode's controls and formats in a text, line breaks apart."""
    kinds = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return sorted({f"U+{ord(it):04X}" for it in set(text) - {"\n"} if unicodedata.category(it) in kinds})


def token_in(text: str) -> list[str]:
    """Gives what a text holds of the token: eight characters in a row or more, in one of the spellings."""
    lower = text.lower()
    runs = [TOKEN[start : start + 8] for start in range(len(TOKEN) - 7)]
    spelt = {
        spell(run).lower()
        for run in runs
        for name, spell in SPELLINGS.items()
        if "base64" not in name and "tail" not in name
    }
    coded = [base64.b64encode(bytes(before) + TOKEN.encode()).decode()[4:-4] for before in range(3)]
    pieces = {text[start : start + 11] for text in coded for start in range(len(text) - 10)}
    web_safe = {piece.replace("+", "-").replace("/", "_") for piece in pieces}
    return [it for it in spelt if it in lower] + [it for it in pieces | web_safe if it in text]


def serve(hostile: Target, right: int) -> HostileServer:
    """Makes the server, whose first replies are right."""
    lock, count = threading.Lock(), [0]

    def script(connection: Connection) -> None:
        connection.read_request()
        with lock:
            number, count[0] = count[0], count[0] + 1
        if number < right:
            connection.reply(RIGHT)
        else:
            hostile.script(connection, number)

    return HostileServer(script)


def run_against(hostile: Target, right: int = 2) -> Outcome:
    """Judges a hostile server in a process of its own.

    Args:
        hostile: The server.
        right: How many replies are right before it is hostile; without any, most runs end before the first check.
    """
    with serve(hostile, right) as server, bundled_target() as file, tempfile.TemporaryDirectory() as folder:
        paths = {view: Path(folder, name) for view, name in VIEWS.items()}
        reports = [part for view, path in paths.items() for part in (f"--report-{view}", str(path))]
        limits = ["--effort", "quick", "--time-budget", str(BUDGET), "--timeout", str(TIMEOUT)]
        which = ["--target", str(file), "--base-url", server.url]
        code, memory, said = _measured(["run", *which, *limits, *reports], Path(folder))
        said |= {view: path.read_text("utf-8") for view, path in paths.items() if path.exists()}
    return Outcome(code, memory, said)


def _measured(arguments: list[str], folder: Path) -> tuple[int | None, int, dict[str, str]]:
    """Runs the command line; gives its exit code, the most memory that it had, and what it said."""
    out, err, memory = folder / "out", folder / "err", folder / "memory"
    environment = os.environ | {"RELATIONS_TOKEN": TOKEN, "MEMORY_FILE": str(memory)}
    with out.open("wb") as said, err.open("wb") as told:
        try:
            ended = subprocess.run(
                [sys.executable, "-c", REPORTING, *arguments],
                stdout=said,
                stderr=told,
                env=environment,
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None, 0, {}
    texts = {path.name: path.read_text("utf-8", "surrogateescape") for path in (out, err)}
    return ended.returncode, int(memory.read_text("utf-8")) * 1024 if memory.exists() else 0, texts


def main() -> int:
    """Judges all of them, and prints how many were bounded."""
    bounded, largest, longest = 0, 0, 0.0
    tried = [(hostile, right) for right in (0, 2) for hostile in TARGETS]
    for hostile, right in tried:
        began = time.monotonic()
        outcome = run_against(hostile, right)
        longest = max(longest, time.monotonic() - began)
        complaints = outcome.complaints()
        bounded += not complaints
        largest = max(largest, outcome.memory)
        words = "; ".join(complaints) or "bounded"
        sys.stdout.write(f"{hostile}, after {right} right replies: {words} ({outcome.memory >> 20} MB)\n")
        sys.stdout.flush()
    sys.stdout.write(
        f"{bounded} of {len(tried)} were bounded; at most {largest >> 20} MB of memory and {longest:.0f} s\n"
    )
    return int(bounded != len(tried))


if __name__ == "__main__":
    sys.exit(main())
