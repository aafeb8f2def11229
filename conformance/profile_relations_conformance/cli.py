"""The command line: `relations-conformance`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from profile_relations_conformance import __version__
from profile_relations_conformance.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Sequence

EXAMPLES = """examples:
  relations-conformance run                                   judge the bundled reference server
  relations-conformance run --target my-server.toml           judge a server that the file describes
  relations-conformance run --target my-server.toml --select 'MATCH-*' --strict
  relations-conformance list                                  all requirements

exit codes of run:
  0  nothing that was tested fails      2  could not judge: usage, broken file, unreachable server, wrong token
  1  a requirement fails                3  the token was found in something that the run wrote
"""


class _Parser(argparse.ArgumentParser):
    """Reports a usage error in one line, with a hint."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}. Try `{self.prog} --help`\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line and gives its exit code."""
    options = _parser().parse_args(argv)
    try:
        code: int = options.command(options)
    except SuiteError as error:
        print(f"relations-conformance: {error}", file=sys.stderr)  # noqa: T201 - the command line prints
        return error.exit_code
    except BrokenPipeError:  # whoever read the output has gone
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="relations-conformance",
        description="Judges a server of the profile relations endpoint.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_run(commands)
    lister = commands.add_parser("list", help="list all requirements")
    lister.add_argument("patterns", nargs="*", metavar="GLOB", help="ids or areas, all by default")
    lister.set_defaults(command=_list)
    return parser


def _add_run(commands: argparse._SubParsersAction[_Parser]) -> None:
    run = commands.add_parser(
        "run",
        help="judge a server",
        description="Judges a server; without --target it starts the reference server and judges that.",
    )
    what = run.add_argument_group("what is judged")
    what.add_argument("--target", type=Path, metavar="FILE", help="target file: what you know of the server")
    what.add_argument("--base-url", metavar="URL", help="replaces base_url of the target file")
    what.add_argument("--token-env", metavar="NAME", help="environment variable that holds the token")
    what.add_argument("--contract", type=Path, metavar="FILE", help="another contract than the bundled one")
    what.add_argument("--select", nargs="+", default=[], metavar="GLOB", help="only these requirements or areas")
    what.add_argument("--skip", nargs="+", default=[], metavar="GLOB", help="all but these requirements or areas")
    how = run.add_argument_group("how it is asked")
    how.add_argument("--strict", action="store_true", help="a SHOULD that fails, fails the run")
    how.add_argument("--profile", choices=("quick", "standard", "deep"), default="standard", help="how much is asked")
    how.add_argument("--seed", type=int, default=0, metavar="N", help="seed of all that is drawn (default: 0)")
    how.add_argument("--rate", type=_rate, metavar="N/s", help="requests per second at most")
    how.add_argument("--max-requests", type=_count, metavar="N", help="requests at most")
    how.add_argument("--time-budget", type=_seconds, metavar="S", help="seconds that asking may take")
    how.add_argument(
        "--timeout", type=_seconds, default=10.0, metavar="S", help="seconds for one request (default: 10)"
    )
    out = run.add_argument_group("what is written")
    out.add_argument("--report-json", type=Path, metavar="F", help="the whole run as JSON")
    run.set_defaults(command=_run)


def _rate(text: str) -> float:
    return _seconds(text.removesuffix("/s"))


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return value


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def _run(options: argparse.Namespace) -> int:
    from profile_relations_conformance.session import run_session  # noqa: PLC0415 - `--help` need not load it

    return run_session(options)


def _list(options: argparse.Namespace) -> int:
    from profile_relations_conformance.contract import load_ledger  # noqa: PLC0415 - see _run
    from profile_relations_conformance.runner import select  # noqa: PLC0415 - see _run

    found = select(load_ledger(), options.patterns)
    width = max(map(len, found))
    for item in found.values():
        print(f"{item.id:<{width}}  {item.level:<6}  {item.area:<10}  {item.statement}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
