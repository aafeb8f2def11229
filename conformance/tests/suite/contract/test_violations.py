"""Which requirement a forbidden body is held against: what is missing comes before what has a wrong type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from profile_relations_conformance.checks.strategies import json_values
from profile_relations_conformance.contract.violations import blame, intended_row

from tests.helpers.made_up import ANNA, CONTRACT, LEDGER, ROWS, TOKEN, asking, with_sixth_mode

if TYPE_CHECKING:
    from profile_relations_conformance.contract.document import Contract

Json = Any

SIXTH = with_sixth_mode()
EMAIL = {"email": ANNA.email}

FORBIDDEN: list[tuple[Json, str]] = [
    (None, "ROBUST-NOT-AN-OBJECT"),
    ([asking(**EMAIL)], "ROBUST-NOT-AN-OBJECT"),
    ("token", "ROBUST-NOT-AN-OBJECT"),
    ({}, "TOKEN-MISSING"),
    ({"rel_id": 2} | EMAIL, "TOKEN-MISSING"),
    ({"token": TOKEN} | EMAIL, "REL-ID-MISSING"),
    ({"token": ""} | EMAIL, "REL-ID-MISSING"),
    (asking(token="", **EMAIL), "TOKEN-EMPTY"),
    (asking(token=None, **EMAIL), "TOKEN-TYPE"),
    (asking(token=[TOKEN], **EMAIL), "TOKEN-TYPE"),
    (asking(token=5, matching=None, **EMAIL), "TOKEN-TYPE"),
    (asking(matching="fax", **EMAIL), "MATCHING-UNKNOWN"),
    (asking(matching="", **EMAIL), "MATCHING-UNKNOWN"),
    (asking(matching="email ", **EMAIL), "MATCHING-CASE"),
    (asking(matching="Email", **EMAIL), "MATCHING-CASE"),
    (asking(matching="EMAIL_PROFILE", **EMAIL), "MATCHING-CASE"),
    (asking(matching=None, **EMAIL), "MATCHING-TYPE"),
    (asking(matching=["email"], **EMAIL), "MATCHING-TYPE"),
    (asking(), "SELECTOR-MISSING"),
    (asking(matching="email"), "SELECTOR-MISSING"),
    (asking(matching="custom"), "SELECTOR-MISSING"),
    (asking(matching="custom", field_name="CRM_ID"), "SELECTOR-MISSING"),
    (asking(matching="phone", resource_id=24), "SELECTOR-MISSING"),
    (asking(phone=ANNA.phone), "SELECTOR-NO-FALLBACK"),
    (asking(matching="phone", **EMAIL), "SELECTOR-NO-FALLBACK"),
    (asking(matching="email", profile_id=ANNA.profile_id), "SELECTOR-NO-FALLBACK"),
    (asking(token=5, matching="phone"), "SELECTOR-MISSING"),
    (asking(rel_id="2", **EMAIL), "REL-ID-TYPE"),
    (asking(rel_id=2.5, email=None), "REL-ID-TYPE"),
    (asking(rel_id=None, **EMAIL), "REL-ID-TYPE"),
    (asking(email=None), "SELECTOR-NULL"),
    (asking(email=None, profile_id=ANNA.profile_id), "SELECTOR-NULL"),
    (asking(matching="custom", field_name="CRM_ID", field_value=None), "SELECTOR-NULL"),
    (asking(email=5), "SELECTOR-TYPE"),
    (asking(email=[]), "SELECTOR-TYPE"),
    (asking(email=False), "SELECTOR-TYPE"),
    (asking(matching="custom", field_name="CRM_ID", field_value=1.5), "SELECTOR-TYPE"),
    (asking(matching="profile_id", profile_id=[ANNA.profile_id]), "SELECTOR-TYPE"),
    (asking(resource_id="24", **EMAIL), "RESOURCE-TYPE"),
    (asking(matching="phone", phone=ANNA.phone, resource_id=None), "RESOURCE-TYPE"),
]


@pytest.mark.parametrize(("body", "requirement"), FORBIDDEN, ids=str)
def test_a_forbidden_body_is_held_against(body: Json, requirement: str) -> None:
    assert not CONTRACT.allows(body)
    assert blame(CONTRACT, body) == requirement


def requests() -> st.SearchStrategy[Json]:
    """Bodies that often have the right fields, and the right or a wrong value in each."""
    modes = st.sampled_from([*SIXTH.modes, "fax", "EMAIL"])
    fields: dict[str, st.SearchStrategy[Json]] = {
        name: json_values() | st.sampled_from(SIXTH.examples(name) or (1,)) for name in SIXTH.fields
    }
    return st.fixed_dictionaries({}, optional=fields | {SIXTH.mode_field: modes | json_values()})


@pytest.mark.parametrize("contract", [CONTRACT, SIXTH], ids=["bundled", "with a sixth mode"])
@given(requests() | json_values())
def test_the_blamed_requirement_is_always_one_of_the_ledger(contract: Contract, body: Json) -> None:
    assume(not contract.allows(body))
    assert blame(contract, body) in LEDGER.requirements


@pytest.mark.parametrize(
    ("body", "row"),
    [
        (asking(matching="phone"), "PhoneRequest"),
        (asking(matching="email", profile_id="x"), "EmailRequest"),
        (asking(email="a", profile_id="b"), "DefaultEmailRequest"),
        (asking(profile_id=None), "DefaultProfileIdRequest"),
    ],
    ids=str,
)
def test_a_body_means_to_fit_the_row_of_its_mode_or_of_the_fields_it_has(body: dict[str, Json], row: str) -> None:
    assert intended_row(CONTRACT, body) is ROWS[row]


@pytest.mark.parametrize("body", [asking(), asking(phone="1"), asking(matching="fax"), asking(matching=None)], ids=str)
def test_a_body_with_no_known_mode_and_no_default_selector_means_no_row(body: dict[str, Json]) -> None:
    assert intended_row(CONTRACT, body) is None


def test_a_sixth_mode_without_its_field_lacks_a_selector() -> None:
    assert blame(SIXTH, asking(matching="loyalty_card")) == "SELECTOR-MISSING"
    assert blame(SIXTH, asking(matching="loyalty_card", phone="1")) == "SELECTOR-NO-FALLBACK"
    assert blame(SIXTH, asking(matching="loyalty_card", card_number="1")) == "SELECTOR-TYPE"
    assert blame(CONTRACT, asking(matching="loyalty_card", card_number="1")) == "MATCHING-UNKNOWN"
