"""What a run finds out: cases, failures, the outcome of each requirement, and entries of the known-failure list."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING

from profile_relations_conformance.target.shown_text import cut

if TYPE_CHECKING:
    from datetime import date

    from profile_relations_conformance.contract.ledger import Requirement
    from profile_relations_conformance.transport.exchange import Exchange


LONGEST_WORDS = 2_000
"""Characters of what was expected and of what came instead."""


@dataclass(frozen=True)
class Failure:
    """A requirement that a reply does not meet.

    Attributes:
        expected: What would have been right.
        actual: What the server did.
        exchange: The request and the reply that show it.
    """

    expected: str
    actual: str
    exchange: Exchange

    def __post_init__(self) -> None:
        """Cuts what a server may have made long, before anything compares, wraps or hides it."""
        for name in ("expected", "actual"):
            object.__setattr__(self, name, cut(getattr(self, name), LONGEST_WORDS))


@dataclass(frozen=True)
class Case:
    """One thing that a check asked, and how it went."""

    exchange: Exchange
    failure: Failure | None = None

    @property
    def mutation(self) -> str:
        """What was changed in a request that is right."""
        return self.exchange.request.mutation

    def condensed(self) -> Case:
        """Gives the case with no more of its reply than is kept once it was judged."""
        exchange, failure = self.exchange.condensed(), self.failure
        return Case(exchange, failure and replace(failure, exchange=failure.exchange.condensed()))


class Outcome(IntEnum):
    """What became of a requirement; the worst of its cases is the requirement's, and a higher number is worse."""

    DOES_NOT_APPLY = -1
    PASSED = 0
    NOT_TESTED = 1
    KNOWN_FAILING = 2
    FAILED = 3
    ERRORED = 4

    @property
    def label(self) -> str:
        """How reports write it."""
        return self.name.lower().replace("_", " ")


@dataclass
class Result:
    """What a run found out about one requirement.

    Attributes:
        requirement: The requirement.
        cases: How many cases were judged.
        requests: How many requests were sent for it.
        failures: The failing cases, the first ones.
        failed_cases: How many cases failed.
        reason: Why it was not tested or why the suite erred.
        applies: Whether it is asked of this target at all; what does not apply counts nowhere.
        errored: Whether the suite itself erred.
        incomplete: Whether some of it could not be asked.
        known: The reason that the list of known failures gives, or None.
    """

    requirement: Requirement
    cases: int = 0
    requests: int = 0
    failures: list[Case] = field(default_factory=list)
    failed_cases: int = 0
    reason: str = ""
    applies: bool = True
    errored: bool = False
    incomplete: bool = False
    known: KnownFailure | None = None

    MOST_FAILURES = 5

    def add(self, case: Case) -> None:
        """Counts a case, and keeps it where it is one of the first that failed."""
        self.cases += 1
        if case.failure is not None:
            self.failed_cases += 1
            if len(self.failures) < self.MOST_FAILURES:
                self.failures.append(case.condensed())

    def leave_out(self, reason: str) -> None:
        """Notes that some of it could not be asked, and why."""
        self.incomplete = True
        self.reason = reason

    def exempt(self, reason: str) -> None:
        """Notes that it is not asked of this target, and why."""
        self.applies = False
        self.reason = reason

    def err(self, reason: str) -> None:
        """Notes that the suite itself erred, and how."""
        self.errored = True
        self.reason = reason

    @property
    def outcome(self) -> Outcome:
        """The worst of what happened."""
        if not self.applies:
            return Outcome.DOES_NOT_APPLY
        if self.errored:
            return Outcome.ERRORED
        if self.failed_cases:
            return Outcome.KNOWN_FAILING if self.known is not None else Outcome.FAILED
        return Outcome.NOT_TESTED if self.incomplete or not self.cases else Outcome.PASSED


@dataclass(frozen=True)
class KnownFailure:
    """One entry of the list.

    Attributes:
        id: The requirement.
        reason: Why it fails.
        link: Where more is said about it, or an empty string.
        expires: The last day on which it excuses a failure, or None.
    """

    id: str
    reason: str
    link: str = ""
    expires: date | None = None

    def has_expired(self, today: date) -> bool:
        """Says whether it excuses nothing any more."""
        return self.expires is not None and self.expires < today
