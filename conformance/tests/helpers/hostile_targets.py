"""Servers that mean harm to whoever judges them: one row for each thing that they do."""

from __future__ import annotations

import base64
import gzip
import json
import os
import zlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.client.hostile import Connection

TOKEN = "canary-5d1e90aa+b7C8d9/e0f1"
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
        @cache
        def content() -> bytes:
            answer = make()
            return answer if isinstance(answer, bytes) else json.dumps(answer).encode()

        def script(connection: Connection, _: int) -> None:
            connection.reply(content(), "200 OK", *fields)

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
    packer = zlib.compressobj(1, wbits=31)
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
