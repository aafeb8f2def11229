"""`self-check`: judges the judge, on servers whose faults are known and on correct ones."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

from profile_relations_conformance.commands.options import Commands, Parser, add_command, add_effort
from profile_relations_conformance.run.settings import count

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from profile_relations_conformance.run.self_check import Trial

EXAMPLES = """\
  relations-conformance self-check                          every fault, and every correct server
  relations-conformance self-check --fault '*token*'        the faults of these names, and no correct server
  relations-conformance self-check --fault limit-of-a-hundred --whole

exit codes:
  0  every fault was caught, and every correct server passed
  1  a fault was missed, or a correct server failed
  2  could not test: wrong usage, or a server that does not start
"""


def add(commands: Commands[Parser]) -> None:
    """Describes the command."""
    parser = add_command(
        commands,
        "self-check",
        _self_check,
        help="test the suite itself, on servers with known faults and on correct ones",
        description="Runs the suite against the reference server with each of its faults, where it must fail, and "
        "with each choice that the API documentation leaves to a server, alone and together, where it must pass.",
        examples=EXAMPLES,
    )
    parser.add_argument("--fault", default="*", metavar="GLOB", help="only faults with these names")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the random values (default: 0)")
    add_effort(parser, ("quick", "standard"))
    parser.add_argument(
        "--jobs",
        type=count,
        default=(os.cpu_count() or 1) + 1,
        metavar="N",
        help="servers at a time (default: one more than there are cores, since some servers make the suite wait)",
    )
    parser.add_argument(
        "--whole", action="store_true", help="continue after a fault was caught, to see what else fails"
    )


def _self_check(options: argparse.Namespace) -> int:
    from profile_relations_conformance.commands.progress import Tally  # noqa: PLC0415 - `--help` need not load it
    from profile_relations_conformance.run.self_check import subjects, try_all  # noqa: PLC0415 - see above

    started = time.monotonic()
    chosen = subjects(options.fault, options.seed)
    with Tally(len(chosen), "servers") as tally:
        trials = try_all(
            chosen,
            seed=options.seed,
            effort=options.effort,
            jobs=options.jobs,
            whole=options.whole,
            done=lambda trial: tally.row(row(trial)),
        )
    seconds = time.monotonic() - started
    sys.stdout.write("\n" + "".join(f"{line}\n" for line in score(trials)))
    sys.stdout.write(
        f"seed {options.seed}, effort {options.effort}; {len(trials)} servers in {seconds:.0f} s, "
        f"{options.jobs} at a time\n"
    )
    return 0 if all(trial.is_right for trial in trials) else 1


def row(trial: Trial) -> str:
    """Writes one row of the table: what became of a server, by which requirement, after how much, and what else."""
    name = trial.subject.name
    if trial.is_right and not trial.subject.breaks:
        return f"passed  {name}  ({trial.requests} requests, {trial.seconds:.1f} s)"
    also = [item for item in trial.failed if item != trial.caught_by]
    if trial.is_right:
        beside = f"; also {', '.join(also)}" if also else ""
        after = f"request {trial.first_request}, {trial.seconds:.2f} s"
        return f"caught  {name:<36} {trial.caught_by:<32} {after}{beside}"
    outcome = "MISSED" if trial.subject.breaks else "ALARM "
    told = [*(f"{item} failed" for item in also), *_untested(trial)]
    return f"{outcome}  {name:<36} {'; '.join([*told, trial.trouble] if trial.trouble else told) or 'nothing failed'}"


def _untested(trial: Trial) -> Iterator[str]:
    for why, times in Counter(trial.untested.values()).items():
        names = [name for name, reason in trial.untested.items() if reason == why]
        yield f"{names[0]}: {why}" if times == 1 else f"{times} requirements: {why}"


def score(trials: Sequence[Trial]) -> Iterator[str]:
    """Gives the lines of the score."""
    faults = [trial for trial in trials if trial.subject.breaks]
    correct = [trial for trial in trials if not trial.subject.breaks]
    caught = [trial for trial in faults if trial.is_right]
    if faults:
        yield f"{len(caught)} of {len(faults)} faults caught" + (_median(caught) if caught else "")
    if correct:
        passed = sum(trial.is_right for trial in correct)
        yield f"{passed} of {len(correct)} correct servers passed"
    for trial in trials:
        if not trial.is_right:
            yield f"{'missed' if trial.subject.breaks else 'blamed'}: {trial.subject.name}"


def _median(caught: Sequence[Trial]) -> str:
    requests = statistics.median(trial.first_request for trial in caught)
    seconds = statistics.median(trial.seconds for trial in caught)
    return f", half of them within {requests:g} requests and {seconds:.2f} s"
