"""Outcomes, their order, and the verdict of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from profile_relations_conformance.contract import Requirement
    from profile_relations_conformance.judging import Case


class Outcome(IntEnum):
    """What became of a requirement; the worst of its cases is the requirement's, and a higher number is worse."""

    PASSED = 0
    NOT_TESTED = 1
    KNOWN_FAILING = 2
    FAILED = 3
    ERRORED = 4

    @property
    def label(self) -> str:
        """How reports write it."""
        return self.name.lower().replace("_", " ")


class ExitCode(IntEnum):
    """Exit codes of `run`."""

    CONFORMS = 0
    FAILS = 1
    CANNOT_JUDGE = 2
    LEAKED = 3


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
    errored: bool = False
    incomplete: bool = False
    known: str | None = None

    MOST_FAILURES = 5

    def add(self, case: Case) -> None:
        """Counts a case, and keeps it where it is one of the first that failed."""
        self.cases += 1
        if case.failure is not None:
            self.failed_cases += 1
            if len(self.failures) < self.MOST_FAILURES:
                self.failures.append(case)

    @property
    def outcome(self) -> Outcome:
        """The worst of what happened."""
        if self.errored:
            return Outcome.ERRORED
        if self.failed_cases:
            return Outcome.KNOWN_FAILING if self.known is not None else Outcome.FAILED
        return Outcome.NOT_TESTED if self.incomplete or not self.cases else Outcome.PASSED


@dataclass(frozen=True)
class Verdict:
    """What a run says of the server.

    Attributes:
        exit_code: The run's exit code.
        sentence: The verdict in one line.
        conformant: Whether every MUST was tested and passed.
        counts: Requirements by outcome label.
    """

    exit_code: ExitCode
    sentence: str
    conformant: bool
    counts: Mapping[str, int]


def decide(results: Iterable[Result], *, all_musts: int, strict: bool, interrupted: str = "") -> Verdict:
    """Draws the verdict.

    Args:
        results: All results of the run.
        all_musts: How many MUST requirements the ledger has; a run that selects fewer never says *conformant*.
        strict: Whether a failing SHOULD fails the run.
        interrupted: Why the run broke off, where it did.
    """
    found = list(results)
    counts = {outcome.label: sum(item.outcome is outcome for item in found) for outcome in Outcome}
    musts = [item for item in found if item.requirement.is_must]
    passed = sum(item.outcome is Outcome.PASSED for item in musts)
    failing = [item for item in found if item.outcome is Outcome.FAILED and (strict or item.requirement.is_must)]
    conformant = passed == all_musts and not failing
    code = _exit_code(found, failing, interrupted)
    return Verdict(code, _sentence(found, failing, passed, all_musts, interrupted), conformant, counts)


def _exit_code(found: list[Result], failing: list[Result], interrupted: str) -> ExitCode:
    if any(item.outcome is Outcome.ERRORED for item in found):
        return ExitCode.CANNOT_JUDGE
    if failing:
        return ExitCode.FAILS
    tested = any(item.outcome is not Outcome.NOT_TESTED for item in found)
    return ExitCode.CONFORMS if tested and not interrupted else ExitCode.CANNOT_JUDGE


def _sentence(found: list[Result], failing: list[Result], passed: int, all_musts: int, interrupted: str) -> str:
    errored = sum(item.outcome is Outcome.ERRORED for item in found)
    if errored:
        return f"could not judge: the suite itself erred in {errored} requirement{_s(errored)}"
    if failing:
        return f"not conformant: {len(failing)} requirement{_s(len(failing))} failed"
    if interrupted:
        return f"could not judge: {interrupted}"
    if passed == all_musts:
        return f"conformant: all {all_musts} MUST requirements were tested and passed"
    if all(item.outcome is Outcome.NOT_TESTED for item in found):
        return "could not judge: nothing was tested"
    return f"no failure in what was tested: {passed} of {all_musts} MUST requirements were tested and passed"


def _s(count: int) -> str:
    return "" if count == 1 else "s"
