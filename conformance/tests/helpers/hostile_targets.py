"""Servers that mean harm to whoever judges them, one row for each kind of harm, and a run against one of them."""

from __future__ import annotations

import base64
import gzip
import json
import os
import subprocess
import sys
import tempfile
import threading
import zlib
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from profile_relations_conformance.run.reference_server import bundled_target

from tests.client.hostile import Connection, HostileServer

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = "canary-5d1e90aa+b7C8d9/e0f1"
LARGEST_MEMORY = 400 * 1024 * 1024
LARGEST_REPORTS = 20 * 1024 * 1024
BUDGET, TIMEOUT = 4.0, 1.0
"""Seconds that a run may ask, and that it waits for one reply."""
PATIENCE = 120.0
"""Seconds after which a run counts as one that never ends; it takes a few on an idle machine."""
VIEWS = {"json": "report.json", "html": "report.html", "junit": "junit.xml", "markdown": "summary.md", "badge": "b.svg"}
PROFILE = "669e6968ebf4ac52b623a997"
Answer = Any


@dataclass(frozen=True)
class Target:
    """A hostile server.

    Attributes:
        kind: What it is hostile by.
        name: What it does.
        script: How it answers a connection; told how many came before it.
    """

    kind: str
    name: str
    script: Callable[[Connection, int], None]

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


TARGETS: list[Target] = []


def target(kind: str, name: str) -> Callable[[Callable[[Connection, int], None]], None]:
    """Adds a script to the table."""
    return lambda script: TARGETS.append(Target(kind, name, script))


def answering(kind: str, name: str, *fields: str) -> Callable[[Callable[[], Answer]], None]:
    """Adds a server to the table that replies properly, with a body that means harm."""

    def add(make: Callable[[], Answer]) -> None:
        def script(connection: Connection, _: int) -> None:
            answer = make()
            content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            connection.reply(content, "200 OK", *fields)

        TARGETS.append(Target(kind, name, script))

    return add


def success(*entries: Answer, text: str = "Successful operation", **members: Answer) -> dict[str, Answer]:
    """A success that lists entries."""
    return {"error": 0, "error_text": text, "data": list(entries), "total_count": len(entries)} | members


def entry(**members: Answer) -> dict[str, Answer]:
    """One relation of the known profile."""
    ends = {"profile_id_a": PROFILE, "xxh_a": "5af1023c84f66195", "profile_id_b": "6751b8f1c5e3db9bcb75befa"}
    return ends | {"xxh_b": "0" * 16, "db_b": 5, "props": {}} | members


RIGHT = json.dumps(success(entry())).encode()

# --- Framing ----------------------------------------------------------------------------------------------------------


@target("framing", "no status line")
def _(connection: Connection, _: int) -> None:
    connection.send(b"\x00\xff" * 500 + b"\r\n\r\n")


@target("framing", "interim replies without end")
def _(connection: Connection, _: int) -> None:
    while True:
        connection.send(b"HTTP/1.1 102 Processing\r\n\r\n" * 100)


@target("framing", "chunks without end")
def _(connection: Connection, _: int) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")


@target("framing", "trailers without end")
def _(connection: Connection, _: int) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n")
    while True:
        connection.send(b"x: " + b"y" * 60_000 + b"\r\n")


@target("framing", "a length that never comes")
def _(connection: Connection, _: int) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{")
    connection.stall()


@target("framing", "two lengths, and a second reply behind the first")
def _(connection: Connection, _: int) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 30\r\n\r\n{}"
    connection.send(head + b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


@target("framing", "hangs up in the middle")
def _(connection: Connection, _: int) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + RIGHT)
    connection.reset()


# --- Encoding ---------------------------------------------------------------------------------------------------------


@cache
def _bomb() -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join([packer.compress(bytes(1 << 20)) for _ in range(512)]) + packer.flush()


@answering("encoding", "gzip within gzip", "Content-Encoding: gzip, gzip")
def _() -> Answer:
    return gzip.compress(_bomb())


@answering("encoding", "a gzip bomb", "Content-Encoding: gzip")
def _() -> Answer:
    return _bomb()


@answering("encoding", "gzip that breaks off", "Content-Encoding: gzip")
def _() -> Answer:
    return gzip.compress(RIGHT)[:-5]


@answering("encoding", "what was not asked for", "Content-Encoding: br")
def _() -> Answer:
    return RIGHT


@answering("encoding", "bytes that are no text")
def _() -> Answer:
    return b'{"error":0,"error_text":"' + bytes(range(128, 256)) * 8 + b'"}'


# --- Size -------------------------------------------------------------------------------------------------------------


@answering("size", "a text of 50 MB")
def _() -> Answer:
    return b'{"error":0,"data":[],"total_count":0,"error_text":"' + b"x" * 50_000_000 + b'"}'


@answering("size", "an identifier of 1.9 MB")
def _() -> Answer:
    return success(entry(profile_id_a="z" * 1_900_000))


@answering("size", "other 1.9 MB in every reply")
def _() -> Answer:
    return success(entry(props={os.urandom(8).hex(): {"value": "y" * 1_900_000}}))


@answering("size", "as many values as fit")
def _() -> Answer:
    return b'{"error":0,"error_text":"","total_count":1,"data":[' + b"{}," * 59_000 + b"{}]}"


@answering("size", "more values than fit")
def _() -> Answer:
    return b'{"error":0,"error_text":"","total_count":1,"data":[' + b"[]," * 1_000_000 + b"[]]}"


@answering("size", "a number of a million digits")
def _() -> Answer:
    return b'{"error":0,"error_text":"","data":[],"total_count":' + b"9" * 1_000_000 + b"}"


@answering("size", "one huge header", f"X-Padding: {'x' * 90_000}")
def _() -> Answer:
    return RIGHT


@answering("size", "a header that is larger than any may be", f"X-Padding: {'x' * 900_000}")
def _() -> Answer:
    return RIGHT


@answering("size", "many headers", *(f"X-{number}: {'x' * 20}" for number in range(2_000)))
def _() -> Answer:
    return RIGHT


# --- Depth ------------------------------------------------------------------------------------------------------------


@answering("depth", "1 KB of arrays in arrays")
def _() -> Answer:
    return b'{"error":0,"error_text":"","total_count":1,"data":' + b"[" * 500 + b"]" * 500 + b"}"


@answering("depth", "arrays as deep as can be walked through, and wide")
def _() -> Answer:
    return b'{"error":0,"error_text":"","total_count":1,"data":' + b"[" * 150 + b"1," * 9_000 + b"1" + b"]" * 150 + b"}"


@answering("depth", "100,000 arrays in each other")
def _() -> Answer:
    return b"[" * 100_000 + b"]" * 100_000


@answering("depth", "properties 900 levels deep")
def _() -> Answer:
    return json.dumps(success(entry())).replace("{}", '{"a":' * 900 + "1" + "}" * 900).encode()


# --- Text -------------------------------------------------------------------------------------------------------------

STEERING = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egpj\u2066\u200b\ufeff\x00\r\x08"
MARKUP = (
    "\n \n# owned\n\n[a](https://evil.invalid) ![b](https://evil.invalid/p.png) www.evil.invalid @someone <img src=x>"
)
COMMANDS = "\n::warning::owned\n##[error]owned\n ##vso[task.setvariable]owned $`x`$ =cmd|' /C calc'!A0"


@answering("text", "characters that steer a terminal")
def _() -> Answer:
    return success(entry(profile_id_a=STEERING, xxh_a=STEERING), text=STEERING)


@answering("text", "characters that steer a terminal, in refusals")
def _() -> Answer:
    return {"error": 400, "error_text": STEERING + MARKUP + COMMANDS}


@answering("text", "markup and commands to CI services")
def _() -> Answer:
    return success(entry(profile_id_a=MARKUP, profile_id_b=COMMANDS, xxh_a=MARKUP + COMMANDS), text=MARKUP + COMMANDS)


@answering("text", "commands to CI services where a line is wrapped")
def _() -> Answer:
    return success(entry(profile_id_a="::warning::owned " * 20, xxh_a="x" * 70 + "##[error]owned " * 20))


@answering("text", "half surrogates")
def _() -> Answer:
    return success(entry(profile_id_a="\ud800", xxh_a="\udfff", profile_id_b="\ud800", props={"\ud800": 1}))


# --- Time -------------------------------------------------------------------------------------------------------------


@answering("time", "30 KB of what a stack trace begins with")
def _() -> Answer:
    return success(text="at x (" * 5_000)


@answering("time", "200,000 line breaks")
def _() -> Answer:
    return success(text="\n" * 200_000)


@answering("time", "odd characters where a diff is drawn")
def _() -> Answer:
    return success(entry(profile_id_a="é" * 500, xxh_a="ü-" * 250))


@target("time", "falls silent after the first replies")
def _(connection: Connection, number: int) -> None:
    if number < 5:
        connection.reply(RIGHT)
    else:
        connection.stall()


@target("time", "a byte now and then")
def _(connection: Connection, _: int) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    connection.drip(b"x" * 100_000, 0.05)


@target("time", "asks to wait until a time zone that is none")
def _(connection: Connection, _: int) -> None:
    connection.reply(RIGHT, "429 Too Many Requests", "Retry-After: Fri, 31 Dec 9999 23:59:59 +9999")


@target("time", "asks to wait for an age")
def _(connection: Connection, _: int) -> None:
    connection.reply(RIGHT, "503 Service Unavailable", f"Retry-After: {'9' * 400}")


# --- Token ------------------------------------------------------------------------------------------------------------

SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "%2b in lower case": lambda token: quote(token, safe="").lower().replace("c8d9", "C8d9"),
    "in JSON of ASP.NET": lambda token: token.replace("+", "\\u002B"),
    "percent-encoded throughout": lambda token: "".join(f"%{ord(character):02X}" for character in token),
    "base64": lambda token: base64.b64encode(f"Bearer {token}".encode()).decode(),
    "base64url": lambda token: base64.urlsafe_b64encode(token.encode()).decode().rstrip("="),
    "hex": lambda token: token.encode().hex(),
    "spaced": " ".join,
    "broken by zero-width characters": "\u200b".join,
    "a tail without its head": lambda token: token[9:],
    "HTML entities": lambda token: "".join(f"&#{ord(character)};" for character in token),
}
"""How a server may say the token back."""


def _saying(spell: Callable[[str], str]) -> Callable[[], Answer]:
    said = spell(TOKEN)
    return lambda: success(entry(profile_id_a=said, xxh_a=f"{said} {said}", props={said: said}), text=f"no: {said}.")


for _name, _spell in SPELLINGS.items():
    answering("token", _name)(_saying(_spell))


# --- A run against one of them ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What became of a run.

    Attributes:
        code: Its exit code; None where it did not end.
        out: What it printed.
        err: What it said beside that.
        memory: The most memory that it had, in bytes.
        written: Its reports, by view.
    """

    code: int | None
    out: str
    err: str
    memory: int
    written: dict[str, str]

    def complaints(self) -> list[str]:
        """Gives what was not bounded."""
        size = sum(map(len, self.written.values()))
        found = {
            f"ended with {self.code}": self.code not in {0, 1, 2},
            "wrote a traceback": "Traceback" in self.err,
            "said more than one line beside the report": self.err.count("\n") > 1,
            f"took {self.memory >> 20} MB": self.memory > LARGEST_MEMORY,
            f"wrote {size >> 20} MB": size > LARGEST_REPORTS,
            "wrote no report": self.written.keys() != VIEWS.keys(),
            "the suite itself erred": '"outcome": "errored"' in self.written.get("json", ""),
        }
        return [words for words, is_so in found.items() if is_so]


def serve(hostile: Target) -> HostileServer:
    """Makes the server."""
    lock, count = threading.Lock(), [0]

    def script(connection: Connection) -> None:
        connection.read_request()
        with lock:
            number, count[0] = count[0], count[0] + 1
        hostile.script(connection, number)

    return HostileServer(script)


def run_against(hostile: Target, *options: str) -> Outcome:
    """Judges a hostile server in a process of its own."""
    with serve(hostile) as server, bundled_target() as file, tempfile.TemporaryDirectory() as folder:
        paths = {view: Path(folder, name) for view, name in VIEWS.items()}
        reports = [part for view, path in paths.items() for part in (f"--report-{view}", str(path))]
        limits = ["--effort", "quick", "--time-budget", str(BUDGET), "--timeout", str(TIMEOUT)]
        which = ["--target", str(file), "--base-url", server.url]
        code, out, err, memory = _measured(["run", *which, *limits, *reports, *options], Path(folder))
        written = {view: path.read_text("utf-8") for view, path in paths.items() if path.exists()}
    return Outcome(code, out, err, memory, written)


def _measured(arguments: list[str], folder: Path) -> tuple[int | None, str, str, int]:
    """Runs the command line; gives its exit code, what it said, and the most memory that it had."""
    command = [sys.executable, "-m", "profile_relations_conformance", *arguments]
    out, err = folder / "out", folder / "err"
    with out.open("wb") as said, err.open("wb") as told:
        process = subprocess.Popen(command, stdout=said, stderr=told, env=os.environ | {"RELATIONS_TOKEN": TOKEN})
        killer = threading.Timer(PATIENCE, process.kill)
        killer.start()
        _, status, usage = os.wait4(process.pid, 0)
        killer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
    code = process.returncode if process.returncode >= 0 else None
    return code, out.read_text("utf-8", "replace"), err.read_text("utf-8", "replace"), usage.ru_maxrss * 1024


def main() -> int:
    """Judges all of them, and prints how many were bounded."""
    bounded, largest = 0, 0
    for hostile in TARGETS:
        with suppress(OSError):
            outcome = run_against(hostile)
            complaints = outcome.complaints()
            bounded += not complaints
            largest = max(largest, outcome.memory)
            words = "; ".join(complaints) or "bounded"
            sys.stdout.write(f"{hostile}: {words} ({outcome.memory >> 20} MB)\n")
            sys.stdout.flush()
    sys.stdout.write(f"{bounded} of {len(TARGETS)} were bounded; at most {largest >> 20} MB of memory\n")
    return int(bounded != len(TARGETS))


if __name__ == "__main__":
    sys.exit(main())
