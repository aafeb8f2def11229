"""Compares a freshly generated tree with a committed one, both ways, or makes the committed one equal to it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

# An editable install and an import leave these behind; no generator wrote them.
_LEFT_BEHIND = ("__pycache__", "*.egg-info")


def contents(tree: Path) -> dict[str, bytes]:
    """The bytes of each file of a tree, by its path in the tree."""
    paths = (path for path in tree.rglob("*") if path.is_file() or path.is_symlink())
    return {
        path.relative_to(tree).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in paths
        if not any(Path(part).match(pattern) for part in path.relative_to(tree).parts for pattern in _LEFT_BEHIND)
    }


def differences(fresh: Path, committed: Path, *, part: bool = False) -> list[str]:
    """Every path in which the two trees differ, each after the word that says how the committed one is off.

    Args:
        fresh: The tree that was just generated.
        committed: The tree that is kept.
        part: Whether the fresh tree is a part of the committed one, whose other files are nothing to it.
    """
    expected, actual = contents(fresh), contents(committed)
    off = dict.fromkeys(expected.keys() - actual.keys(), "missing")
    off |= {} if part else dict.fromkeys(actual.keys() - expected.keys(), "extra")
    off |= {path: "different" for path in expected.keys() & actual.keys() if expected[path] != actual[path]}
    return [f"{how}: {path}" for path, how in sorted(off.items())]


def synchronise(fresh: Path, committed: Path, *, part: bool = False) -> list[str]:
    """Makes the committed tree equal to the fresh one and says what was done.

    A file that is right already is left alone, so that its time of change says something to make.
    """
    done = differences(fresh, committed, part=part)
    for line in done:
        how, path = line.split(": ", 1)
        if how == "extra":
            (committed / path).unlink()
        else:
            (committed / path).parent.mkdir(parents=True, exist_ok=True)
            (committed / path).write_bytes((fresh / path).read_bytes())
    return done


def main() -> int:
    """Runs the command that the command line names.

    Returns:
        1 where a comparison found a difference, otherwise 0.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["compare", "synchronise"])
    parser.add_argument("fresh", type=Path, help="the tree that was just generated")
    parser.add_argument("committed", type=Path, help="the tree that is kept")
    parser.add_argument("--part", action="store_true", help="leave alone what only the kept tree has")
    options = parser.parse_args()
    if options.command == "synchronise":
        for line in synchronise(options.fresh, options.committed, part=options.part):
            sys.stdout.write(f"{line}\n")
        return 0
    found = differences(options.fresh, options.committed, part=options.part)
    for line in found:
        sys.stderr.write(f"{line}\n")
    if found:
        sys.stderr.write(f"{options.committed} isn't what the contract generates: run `make generate`\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
