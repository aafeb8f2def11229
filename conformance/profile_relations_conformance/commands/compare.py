"""`compare`: says what moved between two reports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from profile_relations_conformance.commands.options import Commands, Parser, add_command
from profile_relations_conformance.commands.output import say_all

if TYPE_CHECKING:
    import argparse

EXAMPLES = """\
  relations-conformance compare last-week.json reports/report.json

exit codes:
  0  no new failure
  1  a new failure, which no list of known failures has
  2  a report can't be read
"""
TITLES = {
    "newly_failing": "Newly failing",
    "excused": "Newly failing, but known",
    "fixed": "Fixed",
    "vanished": "Gone",
    "newly_untested": "Newly untested",
}


def add(commands: Commands[Parser]) -> None:
    """Describes the command."""
    parser = add_command(
        commands,
        "compare",
        _compare,
        help="show what changed between two reports",
        description="Shows which requirements newly fail, are fixed, are gone or are newly untested. Only what newly "
        "fails is a regression.",
        examples=EXAMPLES,
    )
    parser.add_argument("old", type=Path, metavar="OLD", help="the earlier report.json")
    parser.add_argument("new", type=Path, metavar="NEW", help="the later report.json")


def _compare(options: argparse.Namespace) -> int:
    from profile_relations_conformance.report.comparison import compare  # noqa: PLC0415 - `--help` need not load it
    from profile_relations_conformance.report.schema import load  # noqa: PLC0415 - see above

    old, new = load(options.old), load(options.new)
    found = compare(old, new)
    statements = {item["id"]: item["statement"] for document in (old, new) for item in document["requirements"]}
    lines = [f"{remark}." for remark in found.remarks]
    for name, title in TITLES.items():
        moved = getattr(found, name)
        if moved:
            lines += [f"{title} ({len(moved)})", *(f"  {item}  {statements[item]}" for item in moved)]
    if len(lines) == len(found.remarks):
        lines.append("Nothing changed.")
    say_all(lines)
    return int(found.is_regression)
