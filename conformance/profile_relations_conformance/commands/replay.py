"""`replay`: sends again what a report shows as failing, and says whether it still fails."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.commands.options import (
    Commands,
    Parser,
    add_command,
    add_connection,
    add_pace,
    add_target,
    complete_by,
    complete_ids,
)
from profile_relations_conformance.commands.output import say
from profile_relations_conformance.errors import CannotJudgeError, UsageError
from profile_relations_conformance.run.settings import RunSettings, connection_of

if TYPE_CHECKING:
    import argparse

    from profile_relations_conformance.run.setup import RunParts

EXAMPLES = """\
  relations-conformance replay report.json                         all that failed on the bundled server
  relations-conformance replay report.json --target my-server.toml                 on the server of that file
  relations-conformance replay report.json TOKEN-EMPTY --target my-server.toml     one requirement
  relations-conformance replay report.json --target my-server.toml \\
    --base-url https://staging.example.com/api/v1.1                another server

exit codes:
  0  nothing fails any more
  1  something still fails
  2  nothing fails, but something could not be judged
"""


def add(commands: Commands[Parser]) -> None:
    """Describes the command."""
    parser = add_command(
        commands,
        "replay",
        _replay,
        help="send the failed requests of a report again",
        description="Sends the recorded requests again, with values from the target file and the token from its "
        "variable, and judges the replies as the run did. A report of the bundled server is replayed on a new one. "
        "Server and variable are those of the target file or the options; a report that names others is refused.",
        examples=EXAMPLES,
    )
    parser.add_argument("report", type=Path, metavar="REPORT", help="report.json of a run")
    named = parser.add_argument("id", nargs="?", metavar="ID", help="the requirement; all that failed by default")
    complete_by(named, complete_ids)
    add_target(parser)
    add_pace(parser)
    add_connection(parser)


def _replay(options: argparse.Namespace) -> int:
    from profile_relations_conformance.report.schema import load  # noqa: PLC0415 - `--help` need not load it
    from profile_relations_conformance.run.replay import Again, replay  # noqa: PLC0415 - see above
    from profile_relations_conformance.run.setup import run_parts  # noqa: PLC0415 - see above

    document = load(options.report)
    chosen = _chosen(document, options.id)
    if not chosen:
        say("Nothing failed in this report.")
        return 0
    outcomes = set()
    with run_parts(_settings(document, options)) as parts:
        _prepare(parts)
        for item in chosen:
            found = replay(parts, item)
            outcomes.add(found.again)
            say(f"{item['id']} {found.again}", f"  asked     {found.asked}")
            say(*[f"  expected  {found.expected}"] * bool(found.expected), f"  got       {found.actual}")
    return 1 if Again.FAILS in outcomes else 2 if Again.UNDECIDED in outcomes else 0


def _chosen(document: dict[str, Any], name: str | None) -> list[dict[str, Any]]:
    failing = [item for item in document["requirements"] if item["failures"]]
    if name is None:
        return failing
    found = [item for item in failing if item["id"] == name.upper()]
    if not found:
        ids = ", ".join(item["id"] for item in failing) or "none"
        raise UsageError(f"{name!r} did not fail in this report", f"Failed: {ids}")
    return found


def _settings(document: dict[str, Any], options: argparse.Namespace) -> RunSettings:
    """Gives the settings of the recorded run; which server gets which token, the user alone says.

    A report may come from anybody. One that chose the target file, the server or the variable could have any variable
    of this machine sent to anywhere.
    """
    recorded = document["settings"]
    if options.target is None and recorded["target"] is not None:
        raise UsageError(
            f"{options.report} was made with the target file {recorded['target']}, and no report chooses the server",
            "Name the target file with --target",
        )
    if options.target is not None:
        _check_server(document, options)
    return RunSettings(
        target=options.target,
        base_url=options.base_url,
        token_env=options.token_env,
        contract=options.contract,
        effort=recorded["profile"],
        seed=recorded["seed"],
        show_data=recorded["show_data"],
        rate=options.rate,
        max_requests=options.max_requests,
        time_budget=options.time_budget,
        timeout=options.timeout,
        connection=connection_of(options),
    )


def _check_server(document: dict[str, Any], options: argparse.Namespace) -> None:
    """Makes sure that the report was made with the server and the variable that the target file names.

    Raises:
        UsageError: If it was not, and no option says which is meant.
    """
    from profile_relations_conformance.target.file import named_server  # noqa: PLC0415 - `--help` need not load it

    named = named_server(options.target)
    for key in ("base_url", "token_env"):
        told = document["target"][key]
        if getattr(options, key) is None and told != named[key]:
            option = f"--{key.replace('_', '-')}"
            raise UsageError(
                f"{options.report} was made with the {key} {told}, and {options.target} names {named[key]}",
                f"Say which is meant, with {option}",
            )


def _prepare(parts: RunParts) -> None:
    """Learns the profiles' relations, as the run did before its checks."""
    from profile_relations_conformance.run.preflight import check_target  # noqa: PLC0415 - `--help` need not load it
    from profile_relations_conformance.transport.pace import BudgetSpentError  # noqa: PLC0415 - see above

    check_target(parts)
    try:
        parts.context.learn_baselines()
    except BudgetSpentError as spent:
        raise CannotJudgeError(
            f"{spent} before any request could be sent again", "Allow more requests or time"
        ) from None
