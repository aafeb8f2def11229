"""The command line: `relations-conformance`."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from profile_relations_conformance import __version__
from profile_relations_conformance.commands import COMMANDS
from profile_relations_conformance.commands.called_as import as_called, called_as
from profile_relations_conformance.commands.options import Parser, narrow
from profile_relations_conformance.commands.process import (
    broken_off_by_signals,
    check_working_folder,
    use_lasting_streams,
)
from profile_relations_conformance.errors import SuiteError
from profile_relations_conformance.run.hypothesis_storage import keep_files_in
from profile_relations_conformance.target.shown_text import PROGRAM, shown_line

if TYPE_CHECKING:
    from collections.abc import Sequence

BROKEN_OFF = 130
"""Exit code where the user breaks a command off before there is a verdict."""
EXAMPLES = """examples:
  relations-conformance run                             judge the bundled reference server
  relations-conformance init-target                     describe your server in a target file
  relations-conformance run --target my-server.toml     judge that server
  relations-conformance explain TOKEN-EMPTY             what a requirement means
  relations-conformance replay report.json              send the failed requests again

COMMAND --help shows the options of a command, with examples.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line and gives its exit code.

    Args:
        argv: The command line; that of the process where it is None, whose streams and signals are then taken care of.
    """
    if argv is not None:
        return _carry_out(argv)
    use_lasting_streams()
    keep_files_in()
    with broken_off_by_signals():
        return _carry_out(None)


def _carry_out(argv: Sequence[str] | None) -> int:
    """Gives the exit code of the command, whatever happens to it: a wrong 0 or 1 would be taken for a verdict."""
    try:
        try:
            check_working_folder()
            return _command(argv)
        finally:
            sys.stdout.flush()
    except SuiteError as error:
        sys.stderr.write(f"{PROGRAM}: {as_called(shown_line(str(error)))}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return BROKEN_OFF
    except Exception as error:  # noqa: BLE001 - see above
        sys.stderr.write(f"{PROGRAM}: {_place(error)}. Please report it, with the command that you ran\n")
        return SuiteError.exit_code


def _command(argv: Sequence[str] | None) -> int:
    described = parser()
    if "_ARGCOMPLETE" in os.environ:  # a shell asks for completions
        import argcomplete  # noqa: PLC0415 - nobody else needs it

        argcomplete.autocomplete(described)
    options = described.parse_args(argv)
    code: int = options.command(options)
    return code


def _place(error: Exception) -> str:
    """Says where the suite erred; what the exception itself says may hold the token."""
    *_, last = traceback.extract_tb(error.__traceback__)
    return f"the suite itself erred: {type(error).__name__} in {Path(last.filename).name}, line {last.lineno}"


def parser() -> Parser:
    """Describes the whole command line."""
    whole = Parser(
        prog=called_as(),
        description="Tests a server of the profile relations endpoint against its documentation.",
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
