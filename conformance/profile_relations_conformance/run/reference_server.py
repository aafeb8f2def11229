"""Starts the reference server as a process of its own, for a run that names no target."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.errors import CannotJudgeError
from profile_relations_conformance.target.file import load_target
from profile_relations_conformance.target.model import Target, Token

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

START_SECONDS = 20.0
ANNOUNCEMENT = "Serving on "
PAGE_TOKEN = "8a28168486844c8bae2673a51d4433ff"  # noqa: S105 - the page's own, which the bundled world accepts


@dataclass(frozen=True)
class Fault:
    """A mistake that the reference server can make.

    Attributes:
        name: What `relations-server --fault` calls it.
        breaks: The requirements that it breaks, the intended one first.
        says: What the server does then.
    """

    name: str
    breaks: tuple[str, ...]
    says: str


def list_faults() -> list[Fault]:
    """Asks the reference server for its faults.

    Raises:
        CannotJudgeError: If it can't be run.
    """
    return [Fault(item["name"], tuple(item["breaks"]), item["says"]) for item in _listed("--list-faults")]


def list_variants() -> dict[str, list[str]]:
    """Asks the reference server for the choices that the API documentation leaves free, and their values.

    The first value of each choice is the default.

    Raises:
        CannotJudgeError: If it can't be run.
    """
    return {item["name"]: item["values"] for item in _listed("--list-variants")}


def _listed(option: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "profile_relations_server", option, "--json"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    if found.returncode:
        raise CannotJudgeError(f"the reference server can't be run: {found.stderr.strip()}", "Install it again")
    listed: list[dict[str, Any]] = json.loads(found.stdout)
    return listed


@contextmanager
def bundled_target() -> Iterator[Path]:
    """Gives the target file that tells what a tester would know of the bundled world."""
    with as_file(files("profile_relations_conformance.target").joinpath("bundled-target.toml")) as path:
        yield path


@contextmanager
def reference_target(arguments: Sequence[str] = ()) -> Iterator[Target]:
    """Starts the server, and gives it as a target with what a tester would know of its bundled world.

    The token is the page's own and not that of the environment, which belongs to another server.

    Args:
        arguments: Further arguments of `relations-server`.

    Raises:
        CannotJudgeError: If it does not start.
    """
    with bundled_target() as path, reference_server(arguments) as url:
        yield load_target(path, base_url=url, token=Token(PAGE_TOKEN))


@contextmanager
def reference_server(arguments: Sequence[str] = ()) -> Iterator[str]:
    """Starts the server on a free port of the loopback interface, and stops it in the end.

    Args:
        arguments: Further arguments of `relations-server`.

    Yields:
        The base URL that it announces.

    Raises:
        CannotJudgeError: If it does not start.
    """
    # Nothing is written to its standard input, which closes when this process ends, however it does.
    command = [sys.executable, "-m", "profile_relations_server", "--until-stdin-closes", "--port", "0", *arguments]
    process = subprocess.Popen(  # noqa: S603 - our own module
        command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True, start_new_session=True, env=_environment()
    )
    try:
        yield _announced(process)
    finally:
        process.kill()  # it has nothing to keep, and an orderly stop takes a quarter of a second
        process.wait()
        for stream in filter(None, (process.stdin, process.stdout)):
            stream.close()


def _environment() -> dict[str, str]:
    # Tokens that somebody set for a server of their own are not those of this one's world.
    kept = {name: value for name, value in os.environ.items() if name != "RELATIONS_TOKENS"}
    return kept | {"PYTHONUNBUFFERED": "1"}


def _announced(process: subprocess.Popen[str]) -> str:
    watchdog = threading.Timer(START_SECONDS, process.kill)
    watchdog.start()
    try:
        for line in process.stdout or ():
            if line.startswith(ANNOUNCEMENT):
                return line.removeprefix(ANNOUNCEMENT).strip()
    finally:
        watchdog.cancel()
    raise CannotJudgeError("the reference server did not start", "See its message above")
