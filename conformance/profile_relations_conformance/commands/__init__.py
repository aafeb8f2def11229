"""The commands of `relations-conformance`, in the order in which `--help` lists them.

Each module has `add(commands)`, which describes the command, and imports what the command needs only when it runs, so
that `--help` is quick.
"""

from profile_relations_conformance.commands import (
    compare,
    completion,
    explain,
    fill,
    init_target,
    known_failing,
    list_requirements,
    replay,
    run,
    self_check,
)

COMMANDS = (run, init_target, list_requirements, explain, replay, compare, known_failing, fill, self_check, completion)

__all__ = ["COMMANDS"]
