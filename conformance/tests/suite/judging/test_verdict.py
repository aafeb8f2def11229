"""What a run says in the end: outcomes in their order, the exit code, the sentence, and what known failures excuse."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profile_relations_conformance.contract.ledger import Requirement
from profile_relations_conformance.judging.known_failing import excuse, stale
from profile_relations_conformance.judging.results import Case, Failure, KnownFailure, Outcome, Result
from profile_relations_conformance.judging.verdict import ExitCode, Verdict, decide

from tests.helpers.made_up import exchange, refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

DOES_NOT_APPLY, PASSED, NOT_TESTED, KNOWN_FAILING, FAILED, ERRORED = Outcome
EXCHANGE = exchange(refusal())
RIGHT = Case(EXCHANGE)
WRONG = Case(EXCHANGE, Failure("this", "that", EXCHANGE))
DAY = date(2027, 1, 31)
LISTED = KnownFailure("SOME-ID", "a reason")


def requirement(level: str = "MUST") -> Requirement:
    return Requirement("SOME-ID", level, "envelope", "envelope", "A statement.", "A reason.", (1,), "nowhere")


def result(outcome: Outcome, level: str = "MUST") -> Result:
    """A result whose outcome came about as it does in a run."""
    found = Result(requirement(level))
    for case in {PASSED: [RIGHT], NOT_TESTED: []}.get(outcome, [RIGHT, WRONG]):
        found.add(case)
    found.errored = outcome is ERRORED
    found.applies = outcome is not DOES_NOT_APPLY
    found.known = LISTED if outcome is KNOWN_FAILING else None
    return found


def verdict_of(
    *musts: Outcome, shoulds: Sequence[Outcome] = (), strict: bool = False, interrupted: str = ""
) -> Verdict:
    results = [*(result(item) for item in musts), *(result(item, "SHOULD") for item in shoulds)]
    return decide(results, all_musts=len(musts), strict=strict, interrupted=interrupted)


def test_outcomes_have_an_order_and_a_name() -> None:
    assert [outcome.label for outcome in sorted(Outcome)] == [
        "does not apply",
        "passed",
        "not tested",
        "known failing",
        "failed",
        "errored",
    ]


@pytest.mark.parametrize("outcome", Outcome)
def test_a_result_made_for_these_tests_has_its_outcome(outcome: Outcome) -> None:
    assert result(outcome).outcome is outcome


@given(cases=st.lists(st.booleans()), errored=st.booleans(), incomplete=st.booleans(), listed=st.booleans())
def test_the_worst_of_what_happened_is_the_outcome(
    *, cases: list[bool], errored: bool, incomplete: bool, listed: bool
) -> None:
    found = Result(requirement(), errored=errored, incomplete=incomplete, known=LISTED if listed else None)
    happened = [PASSED if cases else NOT_TESTED]
    happened += [NOT_TESTED] * incomplete + [ERRORED] * errored
    for is_right in cases:
        found.add(RIGHT if is_right else WRONG)
        happened.append(PASSED if is_right else KNOWN_FAILING if listed else FAILED)
    assert found.outcome is max(happened)


def test_failing_cases_are_counted_and_the_first_ones_kept() -> None:
    found = Result(requirement())
    for _ in range(Result.MOST_FAILURES + 3):
        found.add(RIGHT)
        found.add(WRONG)
    assert (found.cases, found.failed_cases) == (2 * (Result.MOST_FAILURES + 3), Result.MOST_FAILURES + 3)
    assert found.failures == [WRONG] * Result.MOST_FAILURES


ALL_PASSED = "conformant: all 2 MUST requirements were tested and passed"
ONE_OF_TWO = "no failure in what was tested: 1 of 2 MUST requirements were tested and passed"
ONE_KNOWN = "nothing but 1 known failure: 1 of 2 MUST requirements were tested and passed"


@pytest.mark.parametrize(
    ("musts", "code", "sentence"),
    [
        ((PASSED, PASSED), 0, ALL_PASSED),
        ((PASSED, NOT_TESTED), 0, ONE_OF_TWO),
        ((PASSED, KNOWN_FAILING), 0, ONE_KNOWN),
        ((PASSED, FAILED), 1, "not conformant: 1 MUST failed"),
        ((FAILED, FAILED), 1, "not conformant: 2 MUST failed"),
        ((PASSED, ERRORED), 2, "could not judge: an error of the suite itself in 1 requirement"),
        ((ERRORED, ERRORED), 2, "could not judge: an error of the suite itself in 2 requirements"),
        ((FAILED, ERRORED), 2, "could not judge: an error of the suite itself in 1 requirement"),
        ((NOT_TESTED, NOT_TESTED), 2, "could not judge: nothing was tested"),
        ((NOT_TESTED, FAILED), 1, "not conformant: 1 MUST failed"),
        (
            (KNOWN_FAILING, KNOWN_FAILING),
            0,
            "nothing but 2 known failures: 0 of 2 MUST requirements were tested and passed",
        ),
    ],
)
def test_the_outcomes_of_musts_give_the_code_and_the_sentence(
    musts: tuple[Outcome, ...], code: int, sentence: str
) -> None:
    verdict = verdict_of(*musts)
    assert (verdict.exit_code, verdict.sentence) == (code, sentence)
    assert verdict.conformant == (musts == (PASSED, PASSED))


@pytest.mark.parametrize(("strict", "code", "conformant"), [(False, 0, True), (True, 1, False)])
def test_a_should_that_fails_fails_a_strict_run_alone(*, strict: bool, code: int, conformant: bool) -> None:
    verdict = verdict_of(PASSED, PASSED, shoulds=[FAILED, PASSED], strict=strict)
    assert (verdict.exit_code, verdict.conformant) == (code, conformant)
    assert verdict.sentence == (
        "not conformant: 1 SHOULD failed" if strict else f"{ALL_PASSED}, with 1 warning (SHOULD)"
    )


@pytest.mark.parametrize("outcome", [NOT_TESTED, KNOWN_FAILING])
def test_a_should_that_was_not_tested_or_is_known_to_fail_fails_no_run(outcome: Outcome) -> None:
    verdict = verdict_of(PASSED, PASSED, shoulds=[outcome], strict=True)
    assert (verdict.exit_code, verdict.sentence) == (0, ALL_PASSED)


def test_an_error_of_the_suite_in_a_should_is_no_verdict_either() -> None:
    assert verdict_of(PASSED, PASSED, shoulds=[ERRORED]).exit_code == ExitCode.CANNOT_JUDGE


def test_no_failure_is_not_said_where_a_should_failed() -> None:
    verdict = verdict_of(Outcome.PASSED, Outcome.NOT_TESTED, shoulds=[Outcome.FAILED])
    said = "no MUST failed in what was tested: 1 of 2 MUST requirements were tested and passed, with 1 warning (SHOULD)"
    assert verdict.sentence == said


@pytest.mark.parametrize(
    ("strict", "sentence"),
    [
        (False, "not conformant: 2 MUST failed, with 3 warnings (SHOULD)"),
        (True, "not conformant: 2 MUST and 3 SHOULD failed"),
    ],
)
def test_the_sentence_counts_must_and_should_apart(*, strict: bool, sentence: str) -> None:
    verdict = verdict_of(FAILED, FAILED, PASSED, shoulds=[FAILED, FAILED, FAILED, PASSED], strict=strict)
    assert (verdict.exit_code, verdict.sentence) == (1, sentence)


def test_a_run_of_some_requirements_never_says_conformant() -> None:
    verdict = decide([result(PASSED)], all_musts=2, strict=False)
    assert (verdict.exit_code, verdict.conformant, verdict.sentence) == (0, False, ONE_OF_TWO)


def test_a_run_of_nothing_judges_nothing() -> None:
    verdict = decide([], all_musts=2, strict=False)
    assert (verdict.exit_code, verdict.sentence) == (2, "could not judge: nothing was tested")


def test_a_run_that_broke_off_says_why_but_what_failed_before_counts() -> None:
    broken = verdict_of(PASSED, NOT_TESTED, interrupted="the server is gone")
    assert (broken.exit_code, broken.sentence) == (2, "could not judge: the server is gone")
    failed = verdict_of(FAILED, NOT_TESTED, interrupted="the server is gone")
    assert (failed.exit_code, failed.sentence) == (1, "not conformant: 1 MUST failed")


def test_requirements_are_counted_by_outcome() -> None:
    verdict = verdict_of(PASSED, FAILED, PASSED, shoulds=[NOT_TESTED])
    assert verdict.counts == {"passed": 2, "not tested": 1, "known failing": 0, "failed": 1, "errored": 0}


@given(found=st.lists(st.tuples(st.sampled_from(Outcome), st.sampled_from(["MUST", "SHOULD"]))), strict=st.booleans())
def test_the_exit_code_is_that_of_the_readme(*, found: list[tuple[Outcome, str]], strict: bool) -> None:
    verdict = decide([result(*item) for item in found], all_musts=99, strict=strict)
    outcomes = [outcome for outcome, _ in found]
    if ERRORED in outcomes or set(outcomes) <= {NOT_TESTED, DOES_NOT_APPLY}:
        assert verdict.exit_code == 2
    elif (FAILED, "MUST") in found or (strict and FAILED in outcomes):
        assert verdict.exit_code == 1
    else:
        assert verdict.exit_code == 0
    assert "\n" not in verdict.sentence


@pytest.mark.parametrize(("count", "words"), [(1, "1 entry"), (2, "2 entries")])
def test_an_entry_that_is_not_true_any_more_fails_the_run(count: int, words: str) -> None:
    verdict = decide([result(PASSED)], all_musts=1, strict=False, stale=["a line"] * count)
    assert (verdict.exit_code, verdict.stale) == (1, ("a line",) * count)
    assert verdict.sentence == f"the list of known failures is out of date in {words}"


@pytest.mark.parametrize(
    ("outcome", "entry", "lines"),
    [
        (FAILED, LISTED, []),
        (NOT_TESTED, LISTED, []),
        (ERRORED, LISTED, []),
        (PASSED, LISTED, ["SOME-ID is listed as a known failure, and passes"]),
        (FAILED, KnownFailure("OTHER-ID", "r"), ["OTHER-ID is listed as a known failure, and is no requirement"]),
        (FAILED, KnownFailure("SOME-ID", "r", expires=DAY), []),
        (
            FAILED,
            KnownFailure("SOME-ID", "r", expires=date(2027, 1, 30)),
            ["SOME-ID is listed as a known failure until 2027-01-30, which is over"],
        ),
    ],
)
def test_an_entry_is_stale_where_it_passes_has_expired_or_names_nothing(
    outcome: Outcome, entry: KnownFailure, lines: list[str]
) -> None:
    assert list(stale({"SOME-ID": result(outcome)}, [entry], {"SOME-ID"}, DAY)) == lines


def test_an_entry_whose_requirement_was_not_asked_is_not_stale() -> None:
    assert list(stale({}, [LISTED], {"SOME-ID"}, DAY)) == []


@pytest.mark.parametrize(
    ("outcome", "expires", "excused"),
    [
        (FAILED, None, KNOWN_FAILING),
        (FAILED, DAY, KNOWN_FAILING),
        (FAILED, date(2027, 1, 30), FAILED),
        (PASSED, None, PASSED),
        (ERRORED, None, ERRORED),
        (NOT_TESTED, None, NOT_TESTED),
    ],
)
def test_an_entry_excuses_a_failure_until_its_day_and_nothing_else(
    outcome: Outcome, expires: date | None, excused: Outcome
) -> None:
    found = {"SOME-ID": result(outcome)}
    excuse(found, [KnownFailure("SOME-ID", "r", expires=expires), KnownFailure("OTHER-ID", "r")], DAY)
    assert found["SOME-ID"].outcome is excused
