"""`known-failing`: writes the list of known failures from a report."""

from __future__ import annotations

import sys
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.commands.options import Commands, Parser, add_command

if TYPE_CHECKING:
    import argparse

EXAMPLES = """\
  relations-conformance run --target my-server.toml --report-json report.json
  relations-conformance known-failing report.json --output known-failing.toml
  relations-conformance run --target my-server.toml --known-failing known-failing.toml
"""
HEAD = """\
# Requirements that this server is known not to meet yet. Each is asked in every run, and its failure does not fail the
# run. An entry fails the run where its requirement passes, where it has expired, and where it names no requirement.
#
#   id         the requirement
#   reason     why it fails; must be filled in
#   link       where more is said about it; optional
#   expires    the last day on which it is accepted, such as 2027-01-31; optional
"""


def add(commands: Commands[Parser]) -> None:
    """Describes the command."""
    parser = add_command(
        commands,
        "known-failing",
        _known_failing,
        help="list the failures of a report as known",
        description="Writes an entry for each failed requirement; you fill in the reason in. What the "
        "report's own list said is kept, where it still fails.",
        examples=EXAMPLES,
    )
    parser.add_argument("report", type=Path, metavar="REPORT", help="report.json of a run")
    parser.add_argument("--output", type=Path, metavar="F", help="the file to write; standard output by default")


def _known_failing(options: argparse.Namespace) -> int:
    from profile_relations_conformance.errors import UsageError  # noqa: PLC0415 - see above
    from profile_relations_conformance.report.files import write  # noqa: PLC0415 - see above
    from profile_relations_conformance.report.schema import load  # noqa: PLC0415 - see above

    failing = [item for item in load(options.report)["requirements"] if item["outcome"] in {"failed", "known failing"}]
    text = HEAD + "".join(f"\n{_entry(item)}" for item in failing)
    if options.output is None:
        sys.stdout.write(text)
        return 0
    if options.output.exists():
        raise UsageError(f"{options.output} exists already", "Name another file, or remove it")
    write({options.output: text})
    unexplained = sum(item["known_failing"] is None for item in failing)
    entries = "1 entry" if len(failing) == 1 else f"{len(failing)} entries"
    sys.stdout.write(f"{options.output}: {entries}, {unexplained} with a reason to fill in\n")
    return 0


def _entry(item: dict[str, Any]) -> str:
    import tomlkit  # noqa: PLC0415 - see above

    from profile_relations_conformance.judging.known_failing import TABLE  # noqa: PLC0415 - see above
    from profile_relations_conformance.target.toml import comments  # noqa: PLC0415 - see above

    known = item["known_failing"] or {"reason": "", "link": "", "expires": None}
    table = tomlkit.table()
    said = [f"{item['level']}: {item['statement']}", *(f"Got: {failure['actual']}" for failure in item["failures"][:1])]
    for line in chain.from_iterable(map(comments, said)):
        table.add(line)
    table.update({"id": item["id"], "reason": known["reason"]})
    if known["link"]:
        table.add("link", known["link"])
    if known["expires"]:
        table.add("expires", date.fromisoformat(known["expires"]))
    entries = tomlkit.aot()
    entries.append(table)
    return tomlkit.dumps({TABLE: entries})
