"""What a run found as a whole, its exit codes, and the verdict that is drawn of it, once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING

from profile_relations_conformance.judging.known_failing import stale, today
from profile_relations_conformance.judging.results import Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from profile_relations_conformance.contract.ledger import Ledger
    from profile_relations_conformance.judging.results import KnownFailure
    from profile_relations_conformance.transport.exchange import Exchange


@dataclass
class Run:
    """A run of the suite, under way or over.

    Attributes:
        results: One result for each selected requirement, by id.
        seconds: Duration so far.
        interrupted: Why it broke off, or an empty string.
        done: How many requirements have been judged by their own check; rules are judged along with all of them.
        requests: How many requests were sent.
        cut_short: The budget that was used up before everything was asked, in words, or an empty string.
        notes: What a reader should know of how the server was judged, a line each.
        exchanges: All that was asked, in order.
        explained_by: What explains most failures at once, in two lines, or nothing.
        unfound_modes: The modes of the contract that no request of the run could find a profile by.
    """

    results: dict[str, Result]
    seconds: float = 0.0
    interrupted: str = ""
    done: int = 0
    requests: int = 0
    cut_short: str = ""
    notes: list[str] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list, repr=False)
    explained_by: tuple[str, ...] = ()
    unfound_modes: tuple[str, ...] = ()


class ExitCode(IntEnum):
    """Exit codes of `run`."""

    CONFORMS = 0
    FAILS = 1
    CANNOT_JUDGE = 2
    LEAKED = 3


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


def draw(run: Run, ledger: Ledger, *, strict: bool, listed: Sequence[KnownFailure] = ()) -> Verdict:
    """Draws the verdict of a run.

    Args:
        run: The run, over or broken off.
        ledger: All requirements; a run that judges fewer never says *conformant*.
        strict: Whether a SHOULD that fails, fails the run.
        listed: The list of known failures; an entry that is not true any more fails the run.
    """
    lines = tuple(stale(run.results, listed, ledger.requirements, today()))
    exempt = {name for name, result in run.results.items() if not result.applies}
    musts = sum(item.is_must and name not in exempt for name, item in ledger.requirements.items())
    verdict = decide(run.results.values(), all_musts=musts, strict=strict, interrupted=run.interrupted, stale=lines)
    return replace(verdict, sentence=f"{verdict.sentence}{_of_modes(run.unfound_modes)}")


def _of_modes(unfound: Sequence[str]) -> str:
    """Names the modes that a run could not find a profile by."""
    if not unfound:
        return ""
    named = " and ".join(f"`{mode}`" for mode in unfound)
    one = len(unfound) == 1
    return f"; the mode{'' if one else 's'} {named} {'was' if one else 'were'} not tested beyond refusals"


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
    found = [item for item in results if item.applies]
    counted = [outcome for outcome in Outcome if outcome is not Outcome.DOES_NOT_APPLY]
    counts = {outcome.label: sum(item.outcome is outcome for item in found) for outcome in counted}
    musts = [item for item in found if item.requirement.is_must]
    passed = sum(item.outcome is Outcome.PASSED for item in musts)
    failing = [item for item in found if item.outcome is Outcome.FAILED and (strict or item.requirement.is_must)]
    code = _exit_code(found, interrupted, fails=bool(failing or stale))
    conformant = passed == all_musts and code is ExitCode.CONFORMS
    warnings = 0 if strict else sum(item.outcome is Outcome.FAILED and not item.requirement.is_must for item in found)
    sentence = _trouble(found, failing, stale, interrupted) or _praise(counts, passed, all_musts, warnings)
    if warnings:
        sentence += f", with {warnings} warning{_s(warnings)} (SHOULD)"
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
        return f"could not judge: an error of the suite itself in {errored} requirement{_s(errored)}"
    if failing:
        return f"not conformant: {_by_level(failing)} failed"
    if stale:
        return f"the list of known failures is out of date in {len(stale)} entr{'y' if len(stale) == 1 else 'ies'}"
    if interrupted:
        return f"could not judge: {interrupted}"
    return "could not judge: nothing was tested" if _is_untested(found) else ""


def _by_level(failing: list[Result]) -> str:
    """Counts MUST and SHOULD apart, such as `2 MUST and 1 SHOULD`."""
    musts = sum(item.requirement.is_must for item in failing)
    counts = {"MUST": musts, "SHOULD": len(failing) - musts}
    return " and ".join(f"{number} {level}" for level, number in counts.items() if number)


def _praise(counts: Mapping[str, int], passed: int, all_musts: int, warnings: int) -> str:
    if passed == all_musts:
        return f"conformant: all {all_musts} MUST requirements were tested and passed"
    known = counts[Outcome.KNOWN_FAILING.label]
    nothing = f"no {'MUST failed' if warnings else 'failure'} in what was tested"
    if known:
        nothing = f"nothing but {known} known failure{_s(known)}"
    return f"{nothing}: {passed} of {all_musts} MUST requirements were tested and passed"


def _s(count: int) -> str:
    return "" if count == 1 else "s"
