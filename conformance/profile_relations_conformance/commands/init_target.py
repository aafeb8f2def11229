"""`init-target`: writes a target file, and asks the server whether what it tells is true."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from profile_relations_conformance.commands.options import (
    Commands,
    Parser,
    add_command,
    add_connection,
    add_speed,
)
from profile_relations_conformance.commands.output import say
from profile_relations_conformance.commands.target_questions import (
    QUESTIONS,
    REQUIRED,
    SEVERAL,
    ask_all,
    no_answers,
    wants_another,
)
from profile_relations_conformance.errors import SuiteError, UsageError
from profile_relations_conformance.target.model import DEFAULT_TOKEN_ENV

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from profile_relations_conformance.commands.target_questions import Answers
    from profile_relations_conformance.commands.target_work import TargetWork
    from profile_relations_conformance.run.survey import Survey

DEFAULT_FILE = "target.toml"
EXAMPLES = """\
  export RELATIONS_TOKEN=…
  relations-conformance init-target                             asks for all that it needs
  relations-conformance init-target --base-url https://example.com/api/v1.1 --output my-server.toml \\
    --profile-id 669e6968ebf4ac52b623a997 --rel-id 2 --email john@example.com --phone +79000000000 \\
    --subscription 24=john.news@example.com --field CRM_ID=123420 --tags 'TAGS=tag-1, tag-2'
  relations-conformance init-target --output my-server.toml --profile-id … --rel-id 2    adds a profile

exit codes:
  0  the file was written, and every look-up found the profile
  1  the file was written; look-ups that failed stand in it as comments
  2  nothing was written: wrong usage, an unreachable server, a wrong token, or
     an unknown profile_id
"""


def add(commands: Commands[Parser]) -> None:
    """Describes the command."""
    parser = add_command(
        commands,
        "init-target",
        _init_target,
        help="describe your server in a target file",
        description="Describes profiles that exist on your server. Looks each up by each address and field as soon as "
        "it is answered, and notes in the file which look-ups worked. On a terminal it asks for what no option gives. "
        "If the file exists, the profile is added to it. The token comes from its environment variable and is not "
        "written.",
        examples=EXAMPLES,
    )
    parser.add_argument("--base-url", metavar="URL", help=QUESTIONS["base_url"])
    parser.add_argument(
        "--token-env", metavar="NAME", help=f"environment variable that holds the token (default: {DEFAULT_TOKEN_ENV})"
    )
    parser.add_argument("--profile-id", metavar="ID", help=QUESTIONS["profile_id"])
    parser.add_argument("--rel-id", type=int, metavar="N", help=QUESTIONS["rel_id"])
    parser.add_argument(
        "--other-rel-id", type=int, metavar="N", help="another type of relation (default: found by trying)"
    )
    for name, form in (("email", "ADDRESS"), ("phone", "NUMBER")):
        parser.add_argument(f"--{name}", metavar=form, help=QUESTIONS[name])
    for name in SEVERAL:
        words = f"{QUESTIONS[name]}; may be repeated"
        parser.add_argument(f"--{name}", action="append", default=[], metavar="NAME=VALUE", help=words)
    parser.add_argument(
        "--output", type=Path, default=Path(DEFAULT_FILE), metavar="F", help="the file to write (default: %(default)s)"
    )
    add_speed(parser)
    add_connection(parser)


def _init_target(options: argparse.Namespace) -> int:
    from profile_relations_conformance.commands.target_work import TargetWork  # noqa: PLC0415 - `--help` need not load it

    given = no_answers() | {name: getattr(options, name) for name in QUESTIONS}
    work = TargetWork(options, given["base_url"])
    if not (sys.stdin.isatty() and options.profile_id is None):
        for name in REQUIRED:
            if (given[name] or work.known(name)) in {None, ""}:
                option = f"--{name.replace('_', '-')}"
                raise UsageError(f"{option} is missing", f"Give {option}, or run init-target on a terminal")
        return _written(work, given)
    code = _asked(work, given)
    while wants_another():
        code = max(code, _asked(TargetWork(options, None), no_answers()))
    sys.stderr.write(f"Judge the server: {work.line('run', '--target', str(options.output))}\n")
    return code


def _asked(work: TargetWork, answers: Answers) -> int:
    """Asks for a profile and writes it; whatever happens, what was answered can be used again."""
    answers["base_url"] = answers["base_url"] or work.known("base_url")
    try:
        ask_all(answers, work)
        return _written(work, answers)
    except (SuiteError, KeyboardInterrupt):
        words = list(_words(answers))
        if words:
            line = work.line("init-target", "--output", str(work.path), *words)
            sys.stderr.write(f"\nGo on with what you answered: {line}\n")
        raise


def _words(answers: Answers) -> Iterator[str]:
    for name, value in answers.items():
        for item in value if isinstance(value, list) else [value] if value else []:
            yield from (f"--{name.replace('_', '-')}", str(item))


def _written(work: TargetWork, answers: Answers) -> int:
    found = work.write(answers)
    _say(found, work.path, work.key)
    return int(bool(found.lost))


def _say(found: Survey, path: Path, key: str) -> None:
    for name, rows in found.found.items():
        say(f"found      {name}  ({', '.join(rows)})")
    for name, reasons in found.missed.items():
        for reason in reasons:
            say(f"NOT FOUND  {name}  {reason}")
    total = "not known, since total_count contradicts the entries" if found.total is None else found.total
    other = "none found" if found.other_rel_id is None else found.other_rel_id
    counted = "" if found.total is None else " (as the server counts; put your own count into the file)"
    say(f"expected_total: {total}{counted}; other_rel_id: {other}", f"{path}: {key} written")
