"""The commands of the package, for `python -m`."""

from __future__ import annotations

import argparse
import sys

from .doctor import examine
from .version import PACKAGE


def main() -> int:
    """Runs the command that the command line names.

    Returns:
        0 where nothing is wrong, otherwise 1.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {PACKAGE}", description="Commands of this copy of the package.")
    parser.add_argument("command", choices=["doctor"], help="doctor: examine this copy, without a network")
    parser.parse_args()
    described, wrong = examine()
    for line in described:
        sys.stdout.write(f"{line}\n")
    for line in wrong:
        sys.stderr.write(f"WRONG      {line}\n")
    return 1 if wrong else 0
