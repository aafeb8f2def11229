"""`run`: judges a server."""

from __future__ import annotations

import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from profile_relations_conformance.commands.called_as import called_as
from profile_relations_conformance.commands.options import (
    Commands,
    Parser,
    add_command,
    add_connection,
    add_effort,
    add_pace,
    add_target,
)
from profile_relations_conformance.report.files import STDOUT, VIEWS, check_files
from profile_relations_conformance.run.settings import RunSettings, connection_of
from profile_relations_conformance.target.shown_text import PROGRAM, shown_line

if TYPE_CHECKING:
    import argparse

EXAMPLES = """\
  relations-conformance run                                 judge the bundled reference server
  relations-conformance run --target my-server.toml         judge a server that the file describes
  relations-conformance run --target my-server.toml --select 'MATCH-*' token --strict
  relations-conformance run --target my-server.toml --effort quick --rate 5/s

exit codes:
  0  no MUST that was tested fails; a SHOULD that fails is a warning
  1  a MUST fails, or with --strict a SHOULD; or the list of known failures is
     not true any more
  2  could not judge: wrong usage, a broken file, an unreachable server, a wrong
     token
  3  the token was found in something that the run would have written
"""


def add(commands: Commands[Parser]) -> None:
    """Describes the command."""
    run = add_command(
        commands,
        "run",
        _run,
        help="judge a server",
        description="Judges a server. Without --target it starts the reference server and judges that.",
        examples=EXAMPLES,
    )
    what = run.add_argument_group("what is tested")
    add_target(what)
    what.add_argument("--select", nargs="+", default=[], metavar="GLOB", help="test only these requirements or areas")
    what.add_argument("--skip", nargs="+", default=[], metavar="GLOB", help="do not test these requirements or areas")
    what.add_argument("--known-failing", type=Path, metavar="FILE", help="accept the failures in this list")
    how = run.add_argument_group("how it is tested")
    how.add_argument("--strict", action="store_true", help="a SHOULD that fails, fails the run; else it is a warning")
    add_effort(how, ("quick", "standard", "deep"))
    how.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the random values (default: 0)")
    add_pace(how)
    add_connection(run.add_argument_group("how the server is reached"))
    out = run.add_argument_group(
        "what is written", "F is a file, or - for standard output; the text then goes to standard error."
    )
    for view, words in VIEWS.items():
        out.add_argument(f"--report-{view}", type=Path, metavar="F", help=words)
    out.add_argument("--show-data", action="store_true", help="show values of the target file in the reports")


def _run(options: argparse.Namespace) -> int:
    from profile_relations_conformance.commands.progress import Progress  # noqa: PLC0415 - `--help` need not load it

    files = {view: path for view in VIEWS if (path := getattr(options, f"report_{view}")) is not None}
    check_files(files)
    made = {"connection": connection_of(options), "command": called_as()}
    named = {field.name: getattr(options, field.name) for field in fields(RunSettings) if field.name not in made}
    lists = {"select": tuple(options.select), "skip": tuple(options.skip)}
    settings = RunSettings(**named | lists | made)
    if settings.report_json == STDOUT:
        settings = replace(settings, report_json=None)  # which no line for `replay` can name
    with Progress() as shown:
        shown.begin("loading the checks")
        from profile_relations_conformance.run.suite import run_suite  # noqa: PLC0415 - takes a second, which is shown

        return int(run_suite(settings, files, shown, _warn))


def _warn(words: str) -> None:
    sys.stderr.write(f"{PROGRAM}: {shown_line(words)}\n")
