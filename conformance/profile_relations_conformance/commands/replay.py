"""`replay`: sends again what a report shows as failing, and says whether it still fails."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.commands.options import (
    Commands,
    Parser,
    add_command,
    add_pace,
    add_target,
    complete_by,
    complete_ids,
    defaults,
)
from profile_relations_conformance.errors import CannotJudgeError, UsageError

if TYPE_CHECKING:
    import argparse

    from profile_relations_conformance.checks.context import CheckContext

EXAMPLES = """\
  relations-conformance replay reports/report.json                 all that failed
  relations-conformance replay reports/report.json TOKEN-EMPTY     one requirement
  relations-conformance replay report.json --base-url https://staging.example.com/api/v1.1      another server

exit codes:
  0  nothing fails any more
  1  something still fails
  2  something could not be judged, and nothing else fails
"""


def add(commands: Commands[Parser]) -> None:
    """Describes the command."""
    parser = add_command(
        commands,
        "replay",
        _replay,
        help="send again what a report shows as failing",
        description="Sends the recorded requests again, with values from the target file and the token from its "
        "variable, and judges the replies as the run did. A report of the bundled server is replayed on a new one.",
        examples=EXAMPLES,
    )
    parser.add_argument("report", type=Path, metavar="REPORT", help="report.json of a run")
    named = parser.add_argument("id", nargs="?", metavar="ID", help="the requirement; all that failed by default")
    complete_by(named, complete_ids)
    add_target(parser)
    add_pace(parser)


def _replay(options: argparse.Namespace) -> int:
    from profile_relations_conformance.report.schema import load  # noqa: PLC0415 - `--help` need not load it
    from profile_relations_conformance.run.replay import Again, retry  # noqa: PLC0415 - see above

    document = load(options.report)
    chosen = _chosen(document, options.id)
    if not chosen:
        sys.stdout.write("Nothing failed in this report.\n")
        return 0
    outcomes = set()
    with ExitStack() as stack:
        ask = _ask(document, options, stack)
        for item in chosen:
            found = retry(ask, item)
            outcomes.add(found.again)
            _say(f"{item['id']} {found.again}")
            _say(f"  asked     {found.asked}")
            if found.expected:
                _say(f"  expected  {found.expected}")
            _say(f"  got       {found.actual}")
    return 1 if Again.FAILS in outcomes else 2 if Again.UNDECIDED in outcomes else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _chosen(document: dict[str, Any], name: str | None) -> list[dict[str, Any]]:
    failing = [item for item in document["requirements"] if item["failures"]]
    if name is None:
        return failing
    found = [item for item in failing if item["id"] == name.upper()]
    if not found:
        ids = ", ".join(item["id"] for item in failing) or "none"
        raise UsageError(f"{name!r} did not fail in this report", f"Failed: {ids}")
    return found


def _ask(document: dict[str, Any], options: argparse.Namespace, stack: ExitStack) -> CheckContext:
    """Puts together what the run asked with, unless an option says otherwise, and learns the profiles' relations."""
    from profile_relations_conformance.contract.document import load_contract  # noqa: PLC0415 - `--help` need not load it
    from profile_relations_conformance.run.preflight import check_target  # noqa: PLC0415 - see above
    from profile_relations_conformance.run.setup import choose_target, make_ask  # noqa: PLC0415 - see above
    from profile_relations_conformance.transport.pace import BudgetSpentError  # noqa: PLC0415 - see above

    settings = defaults("run")
    recorded = document["settings"]
    vars(settings).update({name: getattr(options, name) for name in ("rate", "max_requests", "time_budget", "timeout")})
    vars(settings).update({name: recorded[name] for name in ("profile", "seed", "show_data")})
    settings.contract, settings.base_url = options.contract, options.base_url
    if options.target is not None or recorded["target"] is not None:
        settings.target = options.target or Path(recorded["target"])
        settings.base_url = options.base_url or document["target"]["base_url"]
        settings.token_env = options.token_env or document["target"]["token_env"]
    ask = make_ask(load_contract(options.contract), choose_target(settings, stack), settings, stack)
    check_target(ask)
    try:
        ask.learn_baselines()
    except BudgetSpentError as spent:
        raise CannotJudgeError(f"{spent} before anything could be asked again", "Allow more requests or time") from None
    return ask
