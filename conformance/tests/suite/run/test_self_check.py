"""A trial of the suite tells a fault that is caught from one that is missed, and a correct server from a faulty one."""

import pytest
from profile_relations_conformance.run.self_check import Subject, try_subject

FAULT = ("--fault", "limit-of-a-hundred")


@pytest.mark.parametrize(
    ("subject", "right"),
    [
        (Subject("fault", FAULT, ("TOTAL-COUNT-EXPECTED",)), True),
        (Subject("fault, tied to what it does not break", FAULT, ("TOKEN-EMPTY",)), False),
        (Subject("fault, taken for correct", FAULT), False),
        (Subject("defaults", ()), True),
    ],
    ids=lambda value: value.name if isinstance(value, Subject) else str(value),
)
def test_a_trial_says_whether_the_suite_was_right(subject: Subject, right: bool) -> None:  # noqa: FBT001 - a parameter
    assert try_subject(subject, seed=0, effort="quick", whole=False).is_right is right
