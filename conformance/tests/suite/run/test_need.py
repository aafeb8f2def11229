"""A requirement is needed where a fault is missed without it, or where what the ledger names catches the fault too."""

from dataclasses import replace

import pytest
from profile_relations_conformance.contract.ledger import load_ledger
from profile_relations_conformance.run.need import Need, needs, try_need
from profile_relations_conformance.run.self_check import Subject

LIMIT = "limit-of-a-hundred"
OTHER = "get-with-body"
EFFORTS = "profile_relations_conformance.run.need.EFFORTS"
REQUIREMENT = load_ledger().requirements["TOTAL-COUNT-EXPECTED"]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What shows nothing in a quick run is not tried again in a longer one."""
    monkeypatch.setattr(EFFORTS, ("quick",))


def subject(fault: str) -> Subject:
    return Subject(fault, ("--fault", fault))


@pytest.mark.parametrize(
    ("covered_by", "faults", "found"),
    [
        ((), [OTHER, LIMIT], Need(REQUIREMENT.id, LIMIT)),
        ((), [OTHER], Need(REQUIREMENT.id)),
        (("METHOD-GET",), [LIMIT], Need(REQUIREMENT.id)),
    ],
    ids=["it alone catches a fault", "it catches none", "what covers it catches none"],
)
def test_a_fault_shows_that_it_is_needed(covered_by: tuple[str, ...], faults: list[str], found: Need) -> None:
    requirement = replace(REQUIREMENT, covered_by=covered_by)
    assert try_need(requirement, [subject(name) for name in faults], seed=0) == found


def test_what_covers_it_is_named() -> None:
    requirement, faults = next((item, faults) for item, faults in needs() if item.covered_by)
    need = try_need(requirement, faults, seed=0)
    assert need.fault
    assert need.covers in requirement.covered_by


def test_a_fault_that_another_catches_too_shows_nothing() -> None:
    covered, faults = next((item, faults) for item, faults in needs() if item.covered_by)
    assert try_need(replace(covered, covered_by=()), faults[:1], seed=0) == Need(covered.id)


def test_every_requirement_has_a_fault_that_may_show_it() -> None:
    assert [item.id for item, faults in needs() if not faults] == []
