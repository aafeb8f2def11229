"""The command line: `relations-conformance`."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from profile_relations_conformance import __version__
from profile_relations_conformance.commands import COMMANDS
from profile_relations_conformance.commands.options import PROGRAM, Parser, narrow
from profile_relations_conformance.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Sequence

EXAMPLES = """examples:
  relations-conformance run                             judge the bundled reference server
  relations-conformance init-target                     write down what you know of a server
  relations-conformance run --target my-server.toml     judge that server
  relations-conformance explain TOKEN-EMPTY             what a requirement means
  relations-conformance replay report.json              ask again what failed

`relations-conformance COMMAND --help` tells a command's options, with examples.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line and gives its exit code."""
    described = parser()
    if "_ARGCOMPLETE" in os.environ:  # a shell asks for completions
        import argcomplete  # noqa: PLC0415 - nobody else needs it

        argcomplete.autocomplete(described)
    options = described.parse_args(argv)
    try:
        code: int = options.command(options)
    except SuiteError as error:
        sys.stderr.write(f"{PROGRAM}: {error}\n")
        return error.exit_code
    except BrokenPipeError:  # whoever read the output has gone
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130
    return code


def parser() -> Parser:
    """Describes the whole command line."""
    whole = Parser(
        prog=PROGRAM,
        description="Judges a server of the profile relations endpoint.",
        epilog=narrow(EXAMPLES),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    whole.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return whole


if __name__ == "__main__":
    sys.exit(main())
