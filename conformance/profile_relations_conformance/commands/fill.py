"""`fill`: prints the body of a request that a report shows, with values in the place of its placeholders."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from profile_relations_conformance.commands.options import Commands, Parser, add_command

if TYPE_CHECKING:
    import argparse

EXAMPLES = """\
  relations-conformance fill --target my-server.toml '{"token":"{{token}}","email":"{{profiles[0].email}}"}' |
    curl -sS -H 'content-type: application/json' --data-binary @- https://example.com/api/v1.1/relations/get
"""


def add(commands: Commands[Parser]) -> None:
    """Describes the command."""
    parser = add_command(
        commands,
        "fill",
        _fill,
        help="print a request of a report with the values of its placeholders",
        description="Prints the body of a request that a report shows, for a pipe. Values come from the target file, "
        "and the token from its variable, so that neither stands in the report or among a program's arguments.",
        examples=EXAMPLES,
    )
    parser.add_argument("body", metavar="BODY", help="the body as the report has it")
    parser.add_argument("--target", type=Path, metavar="FILE", help="target file of the run (default: the bundled one)")
    parser.add_argument("--token-env", metavar="NAME", help="environment variable that holds the token")


def _fill(options: argparse.Namespace) -> int:
    from profile_relations_conformance.run.reference_server import bundled_target  # noqa: PLC0415 - `--help` need not load it
    from profile_relations_conformance.target.file import load_target  # noqa: PLC0415 - see above
    from profile_relations_conformance.target.placeholders import fill  # noqa: PLC0415 - see above

    with bundled_target() as bundled:
        target = load_target(options.target or bundled, base_url="http://localhost", token_env=options.token_env)
    sys.stdout.buffer.write(fill(options.body, target, target.token))
    return 0
