"""The command line as the user called it, so that every command that is printed runs as it is printed."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from profile_relations_conformance.target.shown_text import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Sequence

PACKAGE = __name__.partition(".")[0]
SERVER, SERVER_PACKAGE = "relations-server", "profile_relations_server"
_UVX = ["tool", "uvx"]
"""What uvx calls uv with."""


@cache
def called_as() -> str:
    """Gives what the user typed for this program, such as `.venv/bin/relations-conformance`, for a POSIX shell."""
    return command_of(sys.orig_argv, sys.argv[0], _parent())


def server_called_as() -> str:
    """Gives what the reference server's command is called by, where this program is called so."""
    return called_as().removesuffix(PROGRAM).removesuffix(PACKAGE) + (
        SERVER_PACKAGE if called_as().endswith(PACKAGE) else SERVER
    )


def command_of(original: Sequence[str], script: str, parent: Sequence[str]) -> str:
    """Works out what the user typed.

    Args:
        original: The command line of this process.
        script: The file that it runs.
        parent: The command line of the process that started it; empty where it is not known.

    Returns:
        The words before the command's own, for a POSIX shell. The plain name of the program where none are known.
    """
    if PACKAGE in original:
        words = [*original[: original.index(PACKAGE) + 1]]
        return shlex.join(words) if words[-2:-1] == ["-m"] else PROGRAM
    if Path(script).stem != PROGRAM:
        return PROGRAM
    if PROGRAM in parent and Path(parent[0]).name in {"uv", "uvx"}:
        name, *words = parent[: parent.index(PROGRAM) + 1]
        return shlex.join(["uvx", *words[2:]] if words[:2] == _UVX else [Path(name).name, *words])
    return PROGRAM if shutil.which(PROGRAM) == script else shlex.quote(script)


def _parent() -> list[str]:
    try:
        return Path(f"/proc/{os.getppid()}/cmdline").read_text("utf-8", "replace").rstrip("\0").split("\0")
    except OSError:  # another system than Linux
        return []


def as_called(text: str) -> str:
    """Gives a text with the commands in it as the user calls them: those in backticks, and those that begin a line."""
    if called_as() == PROGRAM:
        return text
    for name, called in ((PROGRAM, called_as()), (SERVER, server_called_as())):
        for before in ("`", "  ", "$("):
            text = text.replace(f"{before}{name} ", f"{before}{called} ")
    return text
