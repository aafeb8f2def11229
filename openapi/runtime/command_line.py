"""The commands of the package, for `python -m`: a call that prints its result, and the doctor."""

from __future__ import annotations

import argparse
import inspect
import json
import os
import sys
from typing import TYPE_CHECKING, Any

from attrs import frozen

from .base_errors import ClientError
from .doctor import examine, moved
from .types import UNSET
from .version import PACKAGE, __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


@frozen
class Call:
    """A call that a command makes."""

    client: Callable[..., Any]
    """The class of the client that has it."""
    method: str

    def arguments(self) -> Iterator[inspect.Parameter]:
        """What it takes, but for a request as a whole."""
        parameters = inspect.signature(getattr(self.client, self.method)).parameters.values()
        return (one for one in parameters if one.name not in ("self", "request"))

    def summary(self) -> str:
        """What it does, in a line."""
        return (inspect.getdoc(getattr(self.client, self.method)) or "").partition("\n")[0]


def main(calls: Mapping[str, Call], url: str, credentials: Mapping[str, str]) -> int:
    """Runs the command that the command line names.

    Args:
        calls: The calls, by the names of their commands.
        url: The variable of the environment that holds the base URL.
        credentials: The arguments that are credentials, with the variables that hold them.

    Returns:
        0 where nothing is wrong, otherwise 1.
    """
    options = _parser(calls, url, credentials).parse_args()
    if options.command == "doctor":
        return _doctor(options.against)
    return _call(calls[options.command], options, credentials)


def _parser(calls: Mapping[str, Call], url: str, credentials: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {PACKAGE}")
    parser.add_argument("--version", action="version", version=f"{PACKAGE} {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    secrets = "".join(f" The {name} comes from the variable {variable}." for name, variable in credentials.items())
    url_help = f"the base URL; otherwise {url} of the environment"
    for name, call in calls.items():
        what = call.summary()
        command = commands.add_parser(name, help=what, description=f"{what} It prints JSON.{secrets}")
        command.add_argument("--url", default=os.environ.get(url), help=url_help)
        for parameter in call.arguments():
            _add_option(command, parameter)
        for credential in credentials:
            if f"{credential}_in" in inspect.signature(call.client).parameters:
                command.add_argument(f"--{credential}-in", choices=("body", "header"), default="body")
    doctor = commands.add_parser("doctor", help="examine this copy of the package, without a network")
    doctor.add_argument("--against", metavar="FILE|URL", help="say what moved in a contract since this copy was made")
    return parser


def _add_option(command: argparse.ArgumentParser, parameter: inspect.Parameter) -> None:
    """Adds what takes an argument of a call; one that may be a text or a number has an option for each."""
    types = {part.strip() for part in str(parameter.annotation).split("|")}
    flag = f"--{parameter.name.replace('_', '-')}"
    if "str" in types and "int" in types:
        command.add_argument(f"{flag}-number", dest=parameter.name, type=int, default=UNSET, metavar="NUMBER")
    number = int if "int" in types else float if "float" in types else None
    convert = number if number and "str" not in types else str
    needed = parameter.default is inspect.Parameter.empty
    metavar = "TEXT" if convert is str else "NUMBER"
    command.add_argument(flag, type=convert, default=UNSET, metavar=metavar, required=needed)


def _call(call: Call, options: argparse.Namespace, credentials: Mapping[str, str]) -> int:
    arguments = {one.name: getattr(options, one.name) for one in call.arguments()}
    of_client = {name: os.environ.get(variable) for name, variable in credentials.items()}
    of_client |= {name: value for name, value in vars(options).items() if name.removesuffix("_in") in credentials}
    try:
        with call.client(options.url, **of_client) as api:
            found = getattr(api, call.method)(**arguments)
    except ClientError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    value = found.to_dict() if hasattr(found, "to_dict") else found
    sys.stdout.write(f"{json.dumps(value, ensure_ascii=False, indent=2)}\n")
    return 0


def _doctor(against: str | None) -> int:
    described, wrong = examine()
    if against:
        more, breaking = moved(against)
        described, wrong = described + more, wrong + breaking
    for line in described:
        sys.stdout.write(f"{line}\n")
    for line in wrong:
        sys.stderr.write(f"WRONG      {line}\n")
    return 1 if wrong else 0
