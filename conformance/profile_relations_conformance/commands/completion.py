"""`completion`: prints what makes a shell complete the command line."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from profile_relations_conformance.commands.options import Commands, Parser, add_command
from profile_relations_conformance.target.shown_text import PROGRAM

if TYPE_CHECKING:
    import argparse

EXAMPLES = """\
  eval "$(relations-conformance completion bash)"            in ~/.bashrc
  eval "$(relations-conformance completion zsh)"             in ~/.zshrc, after compinit
  relations-conformance completion fish | source             in ~/.config/fish/config.fish
"""


def add(commands: Commands[Parser]) -> None:
    """Describes the command."""
    parser = add_command(
        commands,
        "completion",
        _completion,
        help="print the set-up of shell completion",
        examples=EXAMPLES,
    )
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell")


def _completion(options: argparse.Namespace) -> int:
    from argcomplete.shell_integration import shellcode  # noqa: PLC0415 - `--help` need not load it

    sys.stdout.write(shellcode([PROGRAM], shell=options.shell) + "\n")
    return 0
