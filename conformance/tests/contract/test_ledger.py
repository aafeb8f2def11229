"""The ledger is complete: every fact has an entry, every pointer a place, every requirement a check."""

import re
from itertools import chain

import pytest
from profile_relations_conformance.checks import checks, rules
from profile_relations_conformance.contract.document import load_contract, look_up
from profile_relations_conformance.contract.ledger import Requirement, load_ledger
from profile_relations_conformance.target.model import KnownProfile, Target, Token
from profile_relations_conformance.target.needs import missing_keys

LEDGER = load_ledger()
DOCUMENT = load_contract().document
OPEN_FACTS = (*range(17, 25), 29, 31)


def test_every_requirement_has_a_check_and_every_check_a_requirement() -> None:
    assert set(checks()) | set(rules()) == set(LEDGER.requirements)
    assert not set(checks()) & set(rules())


@pytest.mark.parametrize("name", LEDGER.requirements)
def test_an_id_is_a_name(name: str) -> None:
    assert re.fullmatch(r"[A-Z]+(-[A-Z0-9]+)*", name)
    assert not re.search(r"-\d+$", name)


@pytest.mark.parametrize("requirement", LEDGER.requirements.values(), ids=lambda item: item.id)
def test_a_requirement_says_all_that_it_must(requirement: Requirement) -> None:
    assert requirement.level in {"MUST", "SHOULD"}
    assert requirement.statement.endswith(".")
    assert requirement.why.endswith(".")
    assert requirement.facts
    assert requirement.page


@pytest.mark.parametrize("pointer", sorted({item.pointer for item in LEDGER.requirements.values() if item.pointer}))
def test_a_pointer_leads_into_the_contract(pointer: str) -> None:
    assert look_up(DOCUMENT, pointer) is not None


def test_every_cause_is_that_of_a_requirement() -> None:
    assert {item.cause for item in LEDGER.requirements.values()} == set(LEDGER.causes)


def test_every_fact_is_the_source_of_a_requirement_or_a_freedom() -> None:
    used = set(chain.from_iterable(item.facts for item in LEDGER.requirements.values()))
    free = {item.fact for item in LEDGER.freedoms.values()}
    assert used | free == set(LEDGER.facts) == set(range(1, 35))
    assert free == set(OPEN_FACTS)


def test_a_must_stands_on_a_stated_fact() -> None:
    stated = range(1, 12)
    for item in LEDGER.requirements.values():
        assert not item.is_must or any(fact in stated for fact in item.facts), item.id


def test_what_a_requirement_needs_is_found_missing_in_a_target_that_tells_the_least() -> None:
    least = Target("http://localhost", "NAME", Token("secret"), (KnownProfile(0, "669e6968ebf4ac52b623a997", 2),))
    for item in LEDGER.requirements.values():
        assert missing_keys(least, item) == list(item.needs), item.id
