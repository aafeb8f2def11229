"""Outcomes, their order, and the verdict of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from profile_relations_conformance.contract import Requirement
    from profile_relations_conformance.judging import Case
    from profile_relations_conformance.known_failing import KnownFailure


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
    known: KnownFailure | None = None

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
        conformant: Whether every MUST was tested and passed, and nothing else keeps the run from saying so.
        counts: Requirements by outcome label.
        stale: A line for each entry of the list of known failures that is not true any more.
    """

    exit_code: ExitCode
    sentence: str
    conformant: bool
    counts: Mapping[str, int]
    stale: tuple[str, ...] = ()


def decide(
    results: Iterable[Result], *, all_musts: int, strict: bool, interrupted: str = "", stale: Sequence[str] = ()
) -> Verdict:
    """Draws the verdict.

    Args:
        results: All results of the run.
        all_musts: How many MUST requirements the ledger has; a run that selects fewer never says *conformant*.
        strict: Whether a failing SHOULD fails the run.
        interrupted: Why the run broke off, where it did.
        stale: A line for each entry of the list of known failures that is not true any more; any fails the run.
    """
    found = list(results)
    counts = {outcome.label: sum(item.outcome is outcome for item in found) for outcome in Outcome}
    musts = [item for item in found if item.requirement.is_must]
    passed = sum(item.outcome is Outcome.PASSED for item in musts)
    failing = [item for item in found if item.outcome is Outcome.FAILED and (strict or item.requirement.is_must)]
    code = _exit_code(found, interrupted, fails=bool(failing or stale))
    conformant = passed == all_musts and code is ExitCode.CONFORMS
    sentence = _trouble(found, failing, stale, interrupted) or _praise(counts, passed, all_musts)
    return Verdict(code, sentence, conformant, counts, tuple(stale))


def _exit_code(found: list[Result], interrupted: str, *, fails: bool) -> ExitCode:
    if any(item.outcome is Outcome.ERRORED for item in found):
        return ExitCode.CANNOT_JUDGE
    if fails:
        return ExitCode.FAILS
    return ExitCode.CANNOT_JUDGE if interrupted or _is_untested(found) else ExitCode.CONFORMS


def _is_untested(found: list[Result]) -> bool:
    return all(item.outcome is Outcome.NOT_TESTED for item in found)


def _trouble(found: list[Result], failing: list[Result], stale: Sequence[str], interrupted: str) -> str:
    errored = sum(item.outcome is Outcome.ERRORED for item in found)
    if errored:
        return f"could not judge: the suite itself erred in {errored} requirement{_s(errored)}"
    if failing:
        return f"not conformant: {len(failing)} requirement{_s(len(failing))} failed"
    if stale:
        return (
            f"the list of known failures is not true any more in {len(stale)} entr{'y' if len(stale) == 1 else 'ies'}"
        )
    if interrupted:
        return f"could not judge: {interrupted}"
    return "could not judge: nothing was tested" if _is_untested(found) else ""


def _praise(counts: Mapping[str, int], passed: int, all_musts: int) -> str:
    if passed == all_musts:
        return f"conformant: all {all_musts} MUST requirements were tested and passed"
    known = counts[Outcome.KNOWN_FAILING.label]
    failed = counts[Outcome.FAILED.label]
    nothing = f"nothing but {known} known failure{_s(known)}" if known else "no failure in what was tested"
    if failed:  # a SHOULD, in a run that is not strict
        nothing = f"no MUST failed in what was tested, and {failed} SHOULD did"
    return f"{nothing}: {passed} of {all_musts} MUST requirements were tested and passed"


def _s(count: int) -> str:
    return "" if count == 1 else "s"
