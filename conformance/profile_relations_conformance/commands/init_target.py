"""`init-target`: writes a target file, and asks the server whether what it tells is true."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.commands.options import (
    Commands,
    Parser,
    add_command,
    add_connection,
    add_speed,
    connection_of,
)
from profile_relations_conformance.commands.output import say
from profile_relations_conformance.errors import LeakedTokenError, UsageError
from profile_relations_conformance.run.settings import RunSettings

if TYPE_CHECKING:
    import argparse

    from profile_relations_conformance.run.survey import Survey

DEFAULT_FILE = "target.toml"
DEFAULT_VARIABLE = "RELATIONS_TOKEN"
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
QUESTIONS = {
    "base_url": "Base URL of the server, such as https://example.com/api/v1.1",
    "profile_id": "Identifier of a profile that has relations",
    "rel_id": "Identifier of a type of relation that it has",
    "email": "E-mail address in its profile data",
    "phone": "Phone number in its profile data",
    "subscription": "Address in a subscription alone, as RESOURCE=ADDRESS",
    "field": "Custom field that holds a text, as NAME=VALUE",
    "number": "Custom field that holds a number, as NAME=NUMBER",
    "tags": "Tag field, as NAME=TAG, TAG",
}
"""What is asked on a terminal, by option."""
REQUIRED = ("base_url", "profile_id", "rel_id")
SEVERAL = ("subscription", "field", "number", "tags")


def add(commands: Commands[Parser]) -> None:
    """Describes the command."""
    parser = add_command(
        commands,
        "init-target",
        _init_target,
        help="describe your server in a target file",
        description="Describes one profile that exists on your server. Looks it up by each address and field, and "
        "notes in the file which look-ups worked. On a terminal it asks for what no option gives. If the file exists, "
        "the profile is added to it. The token comes from its environment variable and is not written.",
        examples=EXAMPLES,
    )
    parser.add_argument("--base-url", metavar="URL", help=QUESTIONS["base_url"])
    parser.add_argument(
        "--token-env", metavar="NAME", help=f"environment variable that holds the token (default: {DEFAULT_VARIABLE})"
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
    from profile_relations_conformance.commands import target_writer as drafting  # noqa: PLC0415 - `--help` need not load it
    from profile_relations_conformance.contract.document import load_contract  # noqa: PLC0415 - see above
    from profile_relations_conformance.report.files import write  # noqa: PLC0415 - see above
    from profile_relations_conformance.run.setup import make_parts  # noqa: PLC0415 - see above
    from profile_relations_conformance.run.survey import survey  # noqa: PLC0415 - see above
    from profile_relations_conformance.target.file import make_target, read_token  # noqa: PLC0415 - see above
    from profile_relations_conformance.target.redaction import shows  # noqa: PLC0415 - see above

    draft = drafting.Draft.begin(options.output, options.base_url, options.token_env)
    read_token(draft.raw.get("token_env", DEFAULT_VARIABLE))  # nobody answers questions to learn that it is missing
    asks = sys.stdin.isatty() and options.profile_id is None
    profile = drafting.profile_of(_answers(options, draft.raw, asks=asks))
    target = make_target(draft.with_profile(profile), str(options.output))
    if options.other_rel_id == target.profiles[-1].rel_id:
        raise UsageError("--other-rel-id is the same as --rel-id", "Name another type of relation, or leave it out")
    settings = RunSettings(rate=options.rate, timeout=options.timeout, connection=connection_of(options))
    parts = make_parts(settings, load_contract(), target)
    with closing(parts.client):
        found = survey(parts, target.profiles[-1], other_rel_id=options.other_rel_id)
    text = draft.text(profile, found)
    if any(shows(secret, text) for secret in parts.redactor.secrets):
        raise LeakedTokenError("the token is in the file that would have been written", "Nothing was written")
    write({options.output: text})
    _say(found, options.output, target.profiles[-1].key)
    return int(bool(found.lost))


def _answers(options: argparse.Namespace, known: dict[str, Any], *, asks: bool) -> dict[str, Any]:
    """Gives what the options tell, and what the user tells where no option does."""
    given: dict[str, Any] = {name: getattr(options, name) for name in QUESTIONS}
    given["base_url"] = given["base_url"] or known.get("base_url")
    for name in QUESTIONS if asks else ():
        if not given[name]:
            given[name] = _several(name) if name in SEVERAL else _answer(name, required=name in REQUIRED)
    for name in REQUIRED:
        if given[name] in {None, ""}:
            option = f"--{name.replace('_', '-')}"
            raise UsageError(f"{option} is missing", f"Give {option}, or run init-target on a terminal")
    known["base_url"] = given.pop("base_url")
    return given


def _answer(name: str, *, required: bool) -> str:
    hint = "" if required else " (empty: none)"
    while True:
        sys.stderr.write(f"{QUESTIONS[name]}{hint}: ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        if line.strip() or not required or not line:
            return line.strip()


def _several(name: str) -> list[str]:
    return list(iter(lambda: _answer(name, required=False), ""))


def _say(found: Survey, path: Path, key: str) -> None:
    for name, rows in found.found.items():
        say(f"found      {name}  ({', '.join(rows)})")
    for name, reasons in found.missed.items():
        for reason in reasons:
            say(f"NOT FOUND  {name}  {reason}")
    total = "not known, since total_count contradicts the entries" if found.total is None else found.total
    other = "none found" if found.other_rel_id is None else found.other_rel_id
    say(f"expected_total: {total}; other_rel_id: {other}", f"{path}: {key} written")
