"""The settings of a run, whoever asks for it: the command line, pytest, or the proof of the suite itself."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from profile_relations_conformance.target.shown_text import PROGRAM
from profile_relations_conformance.transport.connection import DIRECT, ConnectionOptions, header_of


@dataclass(frozen=True)
class RunSettings:
    """What is judged, and how it is asked.

    Attributes:
        target: The target file, or None for the bundled reference server.
        base_url: Replaces the base URL of the target file.
        token_env: Replaces the name of the environment variable that holds the token.
        contract: Another contract than the bundled one.
        select: Patterns of the requirements and areas to judge; all where it is empty.
        skip: Patterns of those to leave out.
        known_failing: The list of known failures.
        strict: Whether a SHOULD that fails, fails the run.
        effort: How much is asked: the name of one of `EFFORTS`.
        seed: Seed of all that is drawn.
        rate: Requests per second at most, or None for no limit.
        max_requests: Requests at most, or None.
        time_budget: Seconds that asking may take, or None.
        timeout: Seconds for one request.
        show_data: Whether reports show values of the target file; they never show the token.
        report_json: The file that the report is written to, which its own lines for `replay` name.
        connection: How the server is reached.
        command: What the user calls the command line by, which lines to copy begin with.
    """

    target: Path | None = None
    base_url: str | None = None
    token_env: str | None = None
    contract: Path | None = None
    select: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    known_failing: Path | None = None
    strict: bool = False
    effort: str = "standard"
    seed: int = 0
    rate: float | None = None
    max_requests: int | None = None
    time_budget: float | None = None
    timeout: float = 10.0
    show_data: bool = False
    report_json: Path | None = None
    connection: ConnectionOptions = DIRECT
    command: str = PROGRAM

    def as_recorded(self, url: str) -> dict[str, Any]:
        """Gives the settings as a report holds them; there, the effort is called `profile`.

        Args:
            url: Where requests go.
        """
        named = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "connection"}
        values = {name: str(value) if isinstance(value, Path) else value for name, value in named.items()}
        lists = {"select": list(self.select), "skip": list(self.skip)}
        return {**values, **lists, "profile": self.effort, **self.connection.as_recorded(url)}


def rate(text: str) -> float:
    """Reads requests per second, with or without `/s`."""
    return seconds(text.removesuffix("/s"))


def seconds(text: str) -> float:
    """Reads a number above 0.

    Raises:
        argparse.ArgumentTypeError: If it is none; both argparse and pytest show its words.
    """
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return value


def count(text: str) -> int:
    """Reads a whole number above 0.

    Raises:
        argparse.ArgumentTypeError: If it is none; see `seconds`.
    """
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def header(text: str) -> tuple[str, str]:
    """Reads `NAME=ENV`, as `header_of` does.

    Raises:
        argparse.ArgumentTypeError: If it is not that; see `seconds`.
    """
    try:
        return header_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


CONNECTION_OPTIONS: dict[str, dict[str, Any]] = {
    "ca-file": {"type": Path, "metavar": "F", "help": "trust only these certificate authorities (PEM)"},
    "client-cert": {"type": Path, "metavar": "F", "help": "show the server this certificate and key (PEM)"},
    "proxy": {"metavar": "URL", "help": "send all requests through this proxy, http or https"},
    "header": {
        "dest": "headers",
        "type": header,
        "action": "append",
        "default": [],
        "metavar": "NAME=ENV",
        "help": "header for a gateway, its value taken from the variable ENV; may be repeated",
    },
    "no-env": {
        "action": "store_true",
        "help": "ignore HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE",
    },
    "insecure": {"action": "store_true", "help": "accept any certificate; the report says so"},
}
"""The options that say how a server is reached, as argparse and pytest take them."""


def connection_of(options: argparse.Namespace, prefix: str = "") -> ConnectionOptions:
    """Gives what those options say; their names may have a prefix."""
    named = {field.name: getattr(options, prefix + field.name) for field in fields(ConnectionOptions)}
    return ConnectionOptions(**named | {"headers": tuple(named["headers"])})
