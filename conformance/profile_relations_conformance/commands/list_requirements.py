"""`list`: shows the requirements."""

from __future__ import annotations

import json
import sys
import textwrap
from dataclasses import asdict
from typing import TYPE_CHECKING

from profile_relations_conformance.commands.options import (
    LEVELS,
    Commands,
    Parser,
    add_command,
    complete_by,
    complete_patterns,
)
from profile_relations_conformance.report.screen import terminal_width

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterator

    from profile_relations_conformance.contract.ledger import Requirement

EXAMPLES = """\
  relations-conformance list                            all requirements
  relations-conformance list 'MATCH-*' token            by id and by area
  relations-conformance list --level must --area token  the MUST requirements of an area
  relations-conformance list --json                     with all their details, as JSON
"""
LEAST = 40
"""Columns that a statement gets, however narrow the terminal is."""


def add(commands: Commands[Parser]) -> None:
    """Describes the command."""
    parser = add_command(commands, "list", _list, help="list the requirements", examples=EXAMPLES)
    patterns = parser.add_argument("patterns", nargs="*", metavar="GLOB", help="ids or areas (default: all)")
    complete_by(patterns, complete_patterns)
    parser.add_argument("--level", type=str.upper, choices=LEVELS, help="only those of this level")
    parser.add_argument("--area", action="append", metavar="NAME", help="only those of this area; may be repeated")
    parser.add_argument("--json", action="store_true", help="write JSON")


def _list(options: argparse.Namespace) -> int:
    from profile_relations_conformance.contract.ledger import load_ledger  # noqa: PLC0415 - `--help` need not load it
    from profile_relations_conformance.contract.selection import select  # noqa: PLC0415 - see above
    from profile_relations_conformance.errors import UsageError  # noqa: PLC0415 - see above

    ledger = load_ledger()
    areas = {item.area for item in ledger.requirements.values()}
    for area in options.area or ():
        if area not in areas:
            raise UsageError(f"there is no area {area!r}", f"Areas are {', '.join(sorted(areas))}")
    found = [
        item
        for item in select(ledger, options.patterns).values()
        if options.level in {None, item.level} and (not options.area or item.area in options.area)
    ]
    if options.json:
        sys.stdout.write(json.dumps([asdict(item) for item in found], indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("".join(f"{line}\n" for line in _table(found)))
    return 0


def _table(found: Collection[Requirement]) -> Iterator[str]:
    names, areas = (max((len(getattr(item, name)) for item in found), default=0) for name in ("id", "area"))
    for item in found:
        head = f"{item.id:<{names}}  {item.level:<6}  {item.area:<{areas}}  "
        yield from _row(head, item.statement)


def _row(head: str, statement: str) -> Iterator[str]:
    """Gives one line in a pipe, and on a terminal as many as the statement needs beside its head."""
    if not sys.stdout.isatty():
        yield head + statement
        return
    width = max(LEAST, terminal_width() - len(head))
    first, *rest = textwrap.wrap(statement, width, break_on_hyphens=False)
    yield head + first
    yield from (" " * len(head) + line for line in rest)
