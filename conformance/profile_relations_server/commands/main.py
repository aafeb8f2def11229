"""The command `relations-server`: serves a world of profiles and relations for testing, or moves one to its place.

It does not imitate the platform beyond this one endpoint: there are no quotas and no tariffs, no accounts and no rights
(every token sees everything), and nothing can be written through it.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from profile_relations_server.commands.trouble_options import add_trouble_options
from profile_relations_server.errors import StartError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

USAGE_ERROR = 2
STOPPED = 130
_DATABASE_HELP = "sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME; keep a password in PGPASSWORD or ~/.pgpass"


class _Parser(argparse.ArgumentParser):
    """Reports a usage error in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE_ERROR, f"{self.prog}: {message}; see --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="relations-server",
        description="Serves test data, profiles and their relations, on the profile relations endpoint.",
        epilog="It answers one endpoint. It has no quotas, accounts or rights, and nothing can be written.",
        allow_abbrev=False,
    )
    parser.add_argument("--world", type=Path, metavar="FILE", help="world file to serve, in YAML or JSON (bundled)")
    parser.add_argument(
        "--database",
        metavar="URL",
        help=f"database of the world; an empty one is filled from --world (memory). {_DATABASE_HELP}",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 chooses a free one (%(default)s)")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="number of processes (%(default)s)")
    parser.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help="stop when standard input closes, so with the program that started it",
    )
    parser.add_argument("--log-requests", action="store_true", help="log each request to standard error, as JSON")
    parser.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="let web pages of this origin call the server, such as https://example.com; * for all; may be repeated",
    )
    parser.add_argument("--contract", type=Path, metavar="FILE", help="contract to follow (bundled)")
    parser.add_argument("--refuse-with", metavar="200|4xx", help="HTTP status of a refusal; as --variant refuse-with")
    parser.add_argument("--unknown-profile", metavar="error|empty", help="as --variant unknown-profile")
    parser.add_argument("--moving", action="store_true", help="change the data while serving; as --variant moving=both")
    parser.add_argument(
        "--variant",
        action="append",
        default=[],
        metavar="NAME[=VALUE]",
        help="a choice that the API documentation leaves open; without a value, the first that is not the default",
    )
    parser.add_argument("--fault", metavar="NAME", help="a mistake to make on purpose")
    parser.add_argument("--list-variants", action="store_true", help="list the variants and exit")
    parser.add_argument("--list-faults", action="store_true", help="list the faults and exit")
    parser.add_argument("--json", action="store_true", help="list as JSON")
    add_trouble_options(parser)
    _add_commands(parser)
    return parser


def _add_commands(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="command", metavar="load | dump | generate", title="other commands")

    def command(name: str, says: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=says, description=f"{says[0].upper()}{says[1:]}.", allow_abbrev=False)
        added.add_argument("--database", required=True, metavar="URL", help=_DATABASE_HELP)
        return added

    load = command("load", "replace the world in a database with that of a world file")
    load.add_argument("--world", type=Path, metavar="FILE", help="world file to load, in YAML or JSON (bundled)")
    dump = command("dump", "write the world in a database to a world file, in JSON")
    dump.add_argument("--output", type=Path, metavar="FILE", help="file to write (standard output)")
    generate = command("generate", "replace the world in a database with a generated one")
    generate.add_argument("--profiles", type=int, required=True, metavar="N", help="number of profiles")
    generate.add_argument(
        "--relations-per-profile", type=int, default=5, metavar="K", help="relations of each profile (%(default)s)"
    )
    generate.add_argument(
        "--seed", type=int, default=0, metavar="S", help="the same seed makes the same world (%(default)s)"
    )
    generate.add_argument(
        "--target-file", type=Path, metavar="FILE", help="target file to write, for relations-conformance"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command.

    Args:
        arguments: The command's arguments; those of the process where it is None.

    Returns:
        0 where it listed or served until it was told to stop, 2 where it could not start, 130 where another command was
        interrupted, which changes no database.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        if options.command:
            _move(options)
        elif options.list_variants or options.list_faults:
            _list(options)
        elif options.json:
            parser.error("--json goes with --list-variants or --list-faults")
        else:
            _serve(options)
    except StartError as error:
        sys.stderr.write(f"relations-server: {error}\n")
        return USAGE_ERROR
    except KeyboardInterrupt:
        sys.stderr.write("relations-server: interrupted; no database was changed\n")
        return STOPPED
    except BrokenPipeError:
        # Whoever read the output has enough. What is left in the buffer has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _move(options: argparse.Namespace) -> None:
    # Serving needs none of this.
    from profile_relations_server.commands import data  # noqa: PLC0415 - as said above

    commands = {"load": data.run_load, "dump": data.run_dump, "generate": data.run_generate}
    commands[options.command](options)


def _list(options: argparse.Namespace) -> None:
    # Serving needs none of this.
    from profile_relations_server.commands.listing import faults_table, variants_table  # noqa: PLC0415 - as said above

    table = variants_table if options.list_variants else faults_table
    sys.stdout.write(table(as_json=options.json))


def _serve(options: argparse.Namespace) -> None:
    _stop_quietly()
    # The web framework takes most of the start, so that listing and usage errors do without it.
    from profile_relations_server.commands.serve import run  # noqa: PLC0415 - as said above

    run(options)


def _stop_quietly() -> None:
    """Makes SIGINT and SIGTERM end this process with exit status 0, from now on."""

    def leave(_: int, __: FrameType | None) -> None:
        sys.exit(0)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
