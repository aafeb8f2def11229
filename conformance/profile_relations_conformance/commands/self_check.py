"""`self-check`: judges the judge, on servers whose faults are known and on correct ones."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from profile_relations_conformance.commands.options import Commands, Parser, add_command, add_effort
from profile_relations_conformance.run.settings import count

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from profile_relations_conformance.run.need import Need
    from profile_relations_conformance.run.self_check import Trial

T = TypeVar("T")
ANY = "*"
EXAMPLES = """\
  relations-conformance self-check                          every fault, correct server and requirement
  relations-conformance self-check --fault '*token*'        the faults of these names, and no correct server
  relations-conformance self-check --fault limit-of-a-hundred --whole

exit codes:
  0  no fault was missed, no correct server failed, no requirement is spare
  1  a fault was missed, a correct server failed, or a requirement is spare
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
        "with each choice that the API documentation leaves to a server, alone and together, where it must pass. Then "
        "leaves out each requirement in turn, and sees that a fault is missed without it.",
        examples=EXAMPLES,
    )
    parser.add_argument("--fault", default=ANY, metavar="GLOB", help="only faults with these names")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the random values (default: 0)")
    add_effort(parser, ("quick", "standard"))
    parser.add_argument(
        "--jobs",
        type=count,
        default=(os.cpu_count() or 1) + 1,
        metavar="N",
        help="servers at a time (default: one more than there are cores, since some servers make the suite wait)",
    )
    parser.add_argument("--servers-only", action="store_true", help="leave out no requirement, which takes minutes")
    parser.add_argument(
        "--whole", action="store_true", help="continue after a fault was caught, to see what else fails"
    )


def _self_check(options: argparse.Namespace) -> int:
    from profile_relations_conformance.run.need import needs, try_need  # noqa: PLC0415 - `--help` need not load it
    from profile_relations_conformance.run.self_check import subjects, try_subject  # noqa: PLC0415 - see above

    started = time.monotonic()
    seed, effort, jobs = options.seed, options.effort, options.jobs
    servers = [partial(try_subject, item, seed, effort, options.whole) for item in subjects(options.fault, seed)]
    trials = _tried("servers", servers, jobs, row)
    every = options.fault == ANY and not options.servers_only
    found = (
        _tried("requirements", [partial(try_need, *item, seed) for item in needs()], jobs, need_row) if every else []
    )
    seconds = time.monotonic() - started
    sys.stdout.write("\n" + "".join(f"{line}\n" for line in (*score(trials), *need_score(found))))
    sys.stdout.write(
        f"seed {seed}, effort {effort}; {len(trials)} servers{' and each requirement' if found else ''} in "
        f"{seconds:.0f} s, {jobs} at a time\n"
    )
    return 0 if all(trial.is_right for trial in trials) and all(need.fault for need in found) else 1


def _tried(what: str, trials: Sequence[Callable[[], T]], jobs: int, row_of: Callable[[T], str]) -> list[T]:
    """Carries out trials, and prints a row for each as it is done."""
    from profile_relations_conformance.commands.progress import Tally  # noqa: PLC0415 - see above
    from profile_relations_conformance.run.self_check import try_all  # noqa: PLC0415 - see above

    with Tally(len(trials), what) as tally:
        return try_all(trials, jobs=jobs, done=lambda found: tally.row(row_of(found)))


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


def need_row(need: Need) -> str:
    """Writes one row of the table: what shows that a requirement is needed."""
    if not need.fault:
        return f"SPARE   {need.requirement:<36} no fault shows that it is needed"
    if need.covers:
        return f"covered {need.requirement:<36} {need.fault} is caught by {need.covers} too, as the ledger says"
    return f"needed  {need.requirement:<36} without it, {need.fault} is missed"


def need_score(found: Sequence[Need]) -> Iterator[str]:
    """Gives the lines of the score that are about requirements."""
    if found:
        covered = sum(bool(need.covers) for need in found)
        alone = sum(bool(need.fault) for need in found) - covered
        yield f"{alone} of {len(found)} requirements catch what all others miss, {covered} are covered by others"
    for need in found:
        if not need.fault:
            yield f"spare: {need.requirement}"


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
