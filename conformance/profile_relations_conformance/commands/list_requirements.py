"""`list`: shows the requirements."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from profile_relations_conformance.commands.options import Commands, Parser, add_command

if TYPE_CHECKING:
    import argparse

EXAMPLES = """\
  relations-conformance list                  all requirements
  relations-conformance list token 'MATCH-*'  those of an area, and those whose id matches
"""


def add(commands: Commands[Parser]) -> None:
    """Describes the command."""
    parser = add_command(commands, "list", _list, help="list the requirements", examples=EXAMPLES)
    parser.add_argument("patterns", nargs="*", metavar="GLOB", help="ids or areas; all where none is given")


def _list(options: argparse.Namespace) -> int:
    from profile_relations_conformance.contract import load_ledger  # noqa: PLC0415 - `--help` need not load it
    from profile_relations_conformance.runner import select  # noqa: PLC0415 - see above

    found = select(load_ledger(), options.patterns)
    width = max(map(len, found))
    for item in found.values():
        sys.stdout.write(f"{item.id:<{width}}  {item.level:<6}  {item.area:<10}  {item.statement}\n")
    return 0
