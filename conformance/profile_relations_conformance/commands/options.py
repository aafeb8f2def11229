"""What the commands' descriptions share: the parser, types of values, and groups of options."""

from __future__ import annotations

import argparse
import difflib
import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from profile_relations_conformance.commands.called_as import as_called, called_as
from profile_relations_conformance.errors import UsageError
from profile_relations_conformance.run.settings import CONNECTION_OPTIONS, count, rate, seconds
from profile_relations_conformance.target.shown_text import PROGRAM, shown_line
from profile_relations_conformance.transport.connection import without_credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from profile_relations_conformance.contract.ledger import Ledger, Requirement

_BESIDE = re.compile(r"^(  \S.*?\S) {2,}(\S.*)$")
_BELOW = r"\1\n      \2"

Commands = argparse._SubParsersAction  # noqa: SLF001 - argparse has no other name for it
LEVELS = ("MUST", "SHOULD")
WIDTH = 79
"""Columns of a terminal that is as narrow as terminals are."""


class Parser(argparse.ArgumentParser):
    """Reports a usage error in one line, with a hint."""

    def error(self, message: str) -> NoReturn:
        """Ends the process with exit code 2."""
        name = self.prog.replace(called_as(), PROGRAM, 1)
        self.exit(2, f"{name}: {shown_line(' '.join(message.split()))}. Try `{self.prog} --help`\n")


def add_command(  # noqa: PLR0913 - what a command is described by, in one place
    commands: Commands[Parser],
    name: str,
    command: Callable[[argparse.Namespace], int],
    *,
    help: str,  # noqa: A002 - argparse's own word
    description: str = "",
    examples: str = "",
) -> Parser:
    """Adds a command.

    Args:
        commands: Where to add it.
        name: What is typed.
        command: Carries it out and gives the exit code.
        help: One line for the list of commands.
        description: More than that, for the command's own help.
        examples: Lines of examples, each a command and what it does.
    """
    parser = commands.add_parser(
        name,
        help=help,
        description=textwrap.fill(description or f"{help[0].upper()}{help[1:]}.", WIDTH),
        epilog=f"examples:\n{narrow(examples)}" if examples else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(command=command)
    return parser


def narrow(examples: str) -> str:
    """Gives lines of examples for a narrow terminal: what each does stands below it where it has no room."""
    examples = as_called(examples)
    lines = examples.splitlines()
    if not any(len(line) > WIDTH and _BESIDE.match(line) for line in lines):
        return examples
    return "".join(f"{_BESIDE.sub(_BELOW, line)}\n" for line in lines)


def add_target(parser: argparse._ActionsContainer) -> None:
    """Adds the options that say which server is asked."""
    parser.add_argument("--target", type=Path, metavar="FILE", help="target file, which describes the server")
    parser.add_argument("--base-url", metavar="URL", help="replaces base_url of the target file")
    parser.add_argument("--token-env", metavar="NAME", help="environment variable that holds the token")
    parser.add_argument("--contract", type=Path, metavar="FILE", help="contract to use (default: bundled)")


def add_pace(parser: argparse._ActionsContainer) -> None:
    """Adds the options that bound what is asked of a server."""
    add_speed(parser)
    parser.add_argument("--max-requests", type=count, metavar="N", help="most requests to send")
    parser.add_argument("--time-budget", type=seconds, metavar="S", help="most seconds that the requests may take")


def add_speed(parser: argparse._ActionsContainer) -> None:
    """Adds the options that say how fast a server is asked and how long its replies may take."""
    parser.add_argument("--rate", type=rate, metavar="N/s", help="most requests per second")
    parser.add_argument(
        "--timeout", type=seconds, default=10.0, metavar="S", help="most seconds for one request (default: 10)"
    )


def add_connection(parser: argparse._ActionsContainer) -> None:
    """Adds the options that say how a server is reached."""
    for name, described in CONNECTION_OPTIONS.items():
        parser.add_argument(f"--{name}", **described)


def connection_words(options: argparse.Namespace) -> list[str]:
    """Gives those options and --rate as words of a line to copy; credentials of a proxy stay out."""
    given = [(f"--{name.replace('_', '-')}", getattr(options, name)) for name in ("ca_file", "client_cert", "rate")]
    given += [("--proxy", options.proxy and without_credentials(options.proxy))]
    given += [("--header", f"{name}={variable}") for name, variable in options.headers]
    words = [str(word) for option, value in given if value for word in (option, value)]
    return words + [f"--{name.replace('_', '-')}" for name in ("no_env", "insecure") if getattr(options, name)]


def add_effort(parser: argparse._ActionsContainer, choices: Sequence[str]) -> None:
    """Adds the option that says how much is asked, and the name that it had before version 0.2."""
    parser.add_argument(
        "--effort", choices=choices, default="standard", help="how many requests to send (default: standard)"
    )
    parser.add_argument("--profile", dest="effort", choices=choices, default="standard", help=argparse.SUPPRESS)


def find_requirement(ledger: Ledger, name: str) -> Requirement:
    """Gives a requirement by its id, in capitals or not.

    Raises:
        UsageError: If there is none.
    """
    found = ledger.requirements.get(name.upper())
    if found is None:
        near = difflib.get_close_matches(name.upper(), ledger.requirements, n=1)
        hint = f"Did you mean {near[0]}?" if near else "`relations-conformance list` shows all"
        raise UsageError(f"there is no requirement {name!r}", hint)
    return found


def complete_by(argument: argparse.Action, completer: Callable[..., list[str]]) -> None:
    """Lets a shell complete an argument by what a function gives."""
    argument.completer = completer  # type: ignore[attr-defined] # argcomplete looks for it there


def complete_ids(**_: object) -> list[str]:
    """Gives the ids that a shell completes."""
    from profile_relations_conformance.contract.ledger import load_ledger  # noqa: PLC0415 - `--help` need not load it

    return list(load_ledger().requirements)


def complete_patterns(**_: object) -> list[str]:
    """Gives the ids and areas that a shell completes."""
    from profile_relations_conformance.contract.ledger import load_ledger  # noqa: PLC0415 - see above

    requirements = load_ledger().requirements
    return [*requirements, *dict.fromkeys(item.area for item in requirements.values())]
