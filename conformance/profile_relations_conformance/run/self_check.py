"""Judges the judge, on servers whose faults are known.

The suite must catch every fault of the reference server, and pass every variant of it that is correct.
"""

from __future__ import annotations

import fnmatch
import random
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from profile_relations_conformance.contract.ledger import load_ledger
from profile_relations_conformance.errors import SuiteError, UsageError
from profile_relations_conformance.judging.results import Outcome, Result
from profile_relations_conformance.run.preflight import check_target
from profile_relations_conformance.run.reference_server import list_faults, list_variants
from profile_relations_conformance.run.runner import Runner
from profile_relations_conformance.run.settings import RunSettings
from profile_relations_conformance.run.setup import run_parts
from profile_relations_conformance.transport.pace import LOCKED_OUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from profile_relations_conformance.judging.verdict import Run

TOKEN_PLACE = "token-in"  # noqa: S105 - the name of a variant
COMBINATIONS = 8
"""Correct servers that make several free choices at once, drawn from the seed."""


@dataclass(frozen=True)
class Subject:
    """A server that the suite is tried on.

    Attributes:
        name: The fault, or the choices of the variant.
        arguments: What `relations-server` is started with.
        breaks: The requirements that the fault breaks, the intended one first; empty for a correct server.
        token_in: Where the tester knows that the server takes the token.
    """

    name: str
    arguments: tuple[str, ...]
    breaks: tuple[str, ...] = ()
    token_in: str = "body"  # noqa: S105 - a place, no token


@dataclass(frozen=True)
class Trial:
    """What the suite said of a subject.

    Attributes:
        subject: The server.
        failed: The requirements that failed, with the number of the request that showed it.
        untested: The requirements that were not tested or in which the suite erred, with the reason.
        requests: Requests sent.
        seconds: Time from the first request until the fault was caught, or to the end of the run.
        trouble: Why the subject could not be judged.
    """

    subject: Subject
    failed: dict[str, int] = field(default_factory=dict)
    untested: dict[str, str] = field(default_factory=dict)
    requests: int = 0
    seconds: float = 0.0
    trouble: str = ""

    @property
    def is_right(self) -> bool:
        """Whether the fault was caught by a requirement that it breaks, or the correct server passed."""
        if self.subject.breaks:
            return any(name in self.failed for name in self.subject.breaks)
        return not (self.failed or self.untested or self.trouble)

    @property
    def caught_by(self) -> str:
        """The broken requirement that failed first, or an empty string."""
        found = [name for name in self.subject.breaks if name in self.failed]
        return min(found, key=lambda name: self.failed[name], default="")

    @property
    def first_request(self) -> int:
        """The number of the request that caught the fault."""
        return self.failed.get(self.caught_by, 0)


def subjects(pattern: str, seed: int) -> list[Subject]:
    """Gives the faults whose names match, and, where all are asked for, every variant and some combinations.

    Raises:
        UsageError: If no fault matches.
    """
    faults = [
        Subject(item.name, ("--fault", item.name), item.breaks)
        for item in list_faults()
        if fnmatch.fnmatchcase(item.name, pattern)
    ]
    if not faults:
        raise UsageError(f"{pattern!r} matches no fault", "`relations-server --list-faults` shows them")
    return faults if pattern != "*" else [*_variants(seed), *faults]


def _variants(seed: int) -> Iterator[Subject]:
    choices = list_variants()
    yield Subject("the defaults", ())
    for name, values in choices.items():
        for value in values[1:]:
            yield _variant({name: value})
    yield _variant({name: values[-1] for name, values in choices.items()})
    draw = random.Random(seed)  # noqa: S311 - a reproducible choice, no secret
    for _ in range(COMBINATIONS):
        yield _variant({name: draw.choice(values) for name, values in choices.items()})


def _variant(choices: dict[str, str]) -> Subject:
    arguments = [part for name, value in choices.items() for part in ("--variant", f"{name}={value}")]
    name = " ".join(f"{name}={value}" for name, value in choices.items())
    in_header = choices.get(TOKEN_PLACE) == "header"
    return Subject(name, tuple(arguments), token_in="header" if in_header else "body")


def try_subject(subject: Subject, seed: int, effort: str, whole: bool) -> Trial:  # noqa: FBT001 - for a pool's map
    """Runs the suite against one server; against a fault it stops once an intended requirement has failed."""
    watch = _Watch(subject, whole=whole)
    try:
        settings = RunSettings(effort=effort, seed=seed)
        with run_parts(settings, server_options=subject.arguments, token_in=subject.token_in) as parts:
            watch.start()
            check_target(parts)
            run = Runner(parts, load_ledger().requirements, stop_when=watch)()
            return _trial(subject, run, watch.seconds)
    except SuiteError as error:
        return Trial(subject, trouble=str(error))


class _Watch:
    """Notes when the fault was caught, and ends the run then unless the whole of it is wanted."""

    def __init__(self, subject: Subject, *, whole: bool) -> None:
        self._breaks = subject.breaks
        self._whole = whole
        self._started = 0.0
        self._caught: float | None = None

    def start(self) -> None:
        """Starts the clock."""
        self._started = time.monotonic()

    def __call__(self, run: Run) -> bool:
        if self._caught is None and any(run.results[name].failed_cases for name in self._breaks):
            self._caught = time.monotonic()
        return self._caught is not None and not self._whole

    @property
    def seconds(self) -> float:
        """Time from the start until the fault was caught, or until now."""
        return (self._caught or time.monotonic()) - self._started


def _trial(subject: Subject, run: Run, seconds: float) -> Trial:
    results = run.results.items()
    return Trial(
        subject,
        failed={name: item.failures[0].exchange.number for name, item in results if item.failed_cases},
        untested={name: item.reason for name, item in results if _is_gap(item)},
        requests=run.requests,
        seconds=seconds,
        trouble=run.interrupted,
    )


def _is_gap(result: Result) -> bool:
    """Says whether a correct server should have been asked this; a lock-out takes only what is no MUST."""
    is_after_lock_out = result.reason.startswith(LOCKED_OUT) and not result.requirement.is_must
    return result.outcome in {Outcome.NOT_TESTED, Outcome.ERRORED} and not is_after_lock_out


def try_all(  # noqa: PLR0913 - how to try, in one place
    chosen: Sequence[Subject], *, seed: int, effort: str, jobs: int, whole: bool, done: Callable[[Trial], None]
) -> list[Trial]:
    """Tries all subjects, several at a time, and reports each as it is done."""
    trials = []
    pool = ProcessPoolExecutor(jobs)
    try:
        for future in [pool.submit(try_subject, subject, seed, effort, whole) for subject in chosen]:
            trials.append(future.result())
            done(trials[-1])
    finally:
        pool.shutdown(cancel_futures=True)  # who breaks it off waits for what has begun, not for all
    return trials
