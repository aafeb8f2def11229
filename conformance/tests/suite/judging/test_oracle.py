"""What the oracle lets a server answer: by each row of the decision table, and within each freedom of the ledger."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from profile_relations_conformance.checks.strategies import json_values
from profile_relations_conformance.errors import TargetFileError
from profile_relations_conformance.judging.oracle import NOTHING, REFUSED, UNKNOWN, Expectation, expect
from profile_relations_conformance.target.known_data import NO_RELATION_TYPE, NO_RESOURCE, NOBODY, Origin
from profile_relations_conformance.target.model import CustomField, Subscription

from tests.helpers.made_up import ANNA, BELA, CONTRACT, KNOWN, asking, known, the_one_of

if TYPE_CHECKING:
    from profile_relations_conformance.target.known_data import Selector

Json = Any

BARE: dict[str, Any] = {"phone": None, "subscriptions": (), "selectors": ()}
ONLY_ANNA = Expectation(profiles=(ANNA,))
ANNA_OR_REFUSED = Expectation(refused=True, profiles=(ANNA,))
ANNA_OR_NOTHING = Expectation(refused=True, nothing=True, profiles=(ANNA,))

RIGHT: list[dict[str, Json]] = [
    {"email": "anna@example.com"},
    {"email": "anna.news@example.com"},
    {"profile_id": ANNA.profile_id},
    {"matching": "email", "email": "anna@example.com"},
    {"matching": "email", "email": "anna.news@example.com"},
    {"matching": "email_profile", "email": "anna@example.com"},
    {"matching": "phone", "phone": "+10000000001"},
    {"matching": "phone", "phone": "+10000000011"},
    {"matching": "profile_id", "profile_id": ANNA.profile_id},
    {"matching": "custom", "field_name": "CRM_ID", "field_value": "a-1"},
    {"matching": "custom", "field_name": "LOYALTY", "field_value": 7},
    {"matching": "custom", "field_name": "TAGS", "field_value": "tag-1, tag-2"},
    {"matching": "custom", "field_name": "SHOP", "field_value": 9},
]


@pytest.mark.parametrize("fields", RIGHT, ids=str)
def test_what_the_target_knows_to_find_a_profile_must_find_it(fields: dict[str, Json]) -> None:
    expectation = expect(KNOWN, asking(**fields))
    assert expectation == ONLY_ANNA
    assert the_one_of(expectation) is ANNA
    assert not expectation.must_refuse


def test_the_right_requests_above_use_every_row_of_the_decision_table() -> None:
    assert {CONTRACT.row_of(asking(**fields)) for fields in RIGHT} == set(CONTRACT.rows)


@pytest.mark.parametrize(
    "body",
    [
        asking(),
        asking(phone="+10000000001"),
        asking(matching="email"),
        asking(matching="email", profile_id=ANNA.profile_id),
        asking(matching="email_profile", phone="+10000000001"),
        asking(matching="phone", email="anna@example.com"),
        asking(matching="profile_id", email="anna@example.com"),
        asking(matching="custom", field_name="CRM_ID"),
        asking(matching="custom", field_value="a-1"),
        asking(matching="fax", email="anna@example.com"),
        asking(matching="EMAIL", email="anna@example.com"),
        asking(email="anna@example.com", rel_id="2"),
        asking(email="anna@example.com", rel_id=2.5),
        asking(email="anna@example.com", rel_id=True),
        asking(email="anna@example.com", token=""),
        asking(email="anna@example.com", resource_id="24"),
        {"rel_id": 2, "email": "anna@example.com"},
        [asking(email="anna@example.com")],
        None,
        "email",
    ],
    ids=str,
)
def test_what_fits_no_row_must_be_refused(body: Json) -> None:
    assert expect(KNOWN, body) == REFUSED
    assert expect(KNOWN, body).must_refuse


@pytest.mark.parametrize(
    "fields",
    [
        {"email": ""},
        {"matching": "email", "email": "", "profile_id": ANNA.profile_id},
        {"matching": "phone", "phone": ""},
        {"matching": "profile_id", "profile_id": ""},
        {"matching": "custom", "field_name": "", "field_value": "a-1"},
        {"matching": "custom", "field_name": "CRM_ID", "field_value": ""},
        {"email": NOBODY["email"]},
        {"matching": "phone", "phone": NOBODY["phone"]},
        {"matching": "profile_id", "profile_id": NOBODY["profile_id"]},
        {"matching": "custom", "field_name": NOBODY["field_name"], "field_value": "a-1"},
        {"matching": "custom", "field_name": "CRM_ID", "field_value": NOBODY["field_value"]},
        {"email": "anna@example.com", "rel_id": NO_RELATION_TYPE},
        {"matching": "email_profile", "email": "anna.news@example.com"},
    ],
    ids=str,
)
def test_what_is_known_to_find_nobody_shows_nothing_or_is_refused(fields: dict[str, Json]) -> None:
    assert expect(KNOWN, asking(**fields)) == NOTHING


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "ANNA@example.com"},
        {"email": " anna@example.com"},
        {"matching": "phone", "phone": "10000000001"},
        {"matching": "profile_id", "profile_id": ANNA.profile_id.upper()},
        {"matching": "custom", "field_name": "TAGS", "field_value": "tag-1"},
        {"matching": "custom", "field_name": "LOYALTY", "field_value": "7"},
        {"matching": "custom", "field_name": "LOYALTY", "field_value": 8},
        {"matching": "email_profile", "email": "somebody@example.com"},
    ],
    ids=str,
)
def test_what_the_target_does_not_tell_of_may_find_anybody(fields: dict[str, Json]) -> None:
    assert expect(KNOWN, asking(**fields)) == UNKNOWN


@pytest.mark.parametrize(
    "extra",
    [
        {"comment": "unknown"},
        {"comment": None},
        {"phone": "+10000000002"},
        {"profile_id": BELA.profile_id},
        {"profile_id": 5},
        {"field_name": "CRM_ID", "field_value": "b-2"},
        {"rel_id": 2.0},
    ],
    ids=str,
)
def test_beside_what_the_row_does_not_use_a_refusal_is_right_too(extra: dict[str, Json]) -> None:
    assert expect(KNOWN, asking(matching="email", email="anna@example.com") | extra) == ANNA_OR_REFUSED


def test_only_where_nothing_else_is_right_must_a_profile_be_found() -> None:
    assert the_one_of(ANNA_OR_REFUSED) is None
    assert the_one_of(ANNA_OR_NOTHING) is None
    assert the_one_of(UNKNOWN) is None


def test_beside_what_the_row_does_not_use_nobody_is_still_nobody() -> None:
    assert expect(KNOWN, asking(email="", phone="+10000000001")) == NOTHING


def test_without_a_mode_the_address_decides_only_where_that_is_what_is_judged() -> None:
    body = asking(email="anna@example.com", profile_id=BELA.profile_id)
    assert expect(KNOWN, body, first_row_decides=True) == ANNA_OR_REFUSED
    assert expect(KNOWN, body) == Expectation(refused=True, profiles=(ANNA, BELA))
    empty = asking(email="", profile_id=ANNA.profile_id)
    assert expect(KNOWN, empty, first_row_decides=True) == ANNA_OR_NOTHING
    assert expect(KNOWN, empty) == ANNA_OR_NOTHING


@pytest.mark.parametrize(
    "fields",
    [
        {"matching": None, "email": "anna@example.com"},
        {"matching": "", "email": "anna@example.com"},
        {"email": None, "profile_id": ANNA.profile_id},
        {"matching": "profile_id", "profile_id": ANNA.profile_id, "resource_id": None},
        {"matching": "email", "email": "anna@example.com", "resource_id": 0},
    ],
    ids=str,
)
def test_an_optional_field_that_holds_nothing_may_be_read_as_not_given(fields: dict[str, Json]) -> None:
    expected = expect(KNOWN, asking(**fields))
    assert expected.refused
    assert ANNA in expected.profiles
    assert BELA not in expected.profiles


@pytest.mark.parametrize("value", [None, ""])
def test_a_required_field_that_holds_nothing_finds_nobody(value: Json) -> None:
    body = asking(matching="phone", phone=value, email="anna@example.com", profile_id=ANNA.profile_id)
    assert expect(KNOWN, body).profiles == ()


def test_only_a_resource_is_nothing_where_it_is_zero() -> None:
    assert expect(KNOWN, asking(email="anna@example.com", resource_id=-1)).profiles == (ANNA,)
    assert expect(KNOWN, asking(email=0, profile_id=ANNA.profile_id)) == REFUSED
    assert expect(KNOWN, asking(email="anna@example.com", resource_id=False)) == REFUSED


def test_with_a_mode_nothing_else_decides() -> None:
    body = asking(matching="profile_id", email="anna@example.com", profile_id=BELA.profile_id)
    assert expect(KNOWN, body) == Expectation(refused=True, profiles=(BELA,))


@pytest.mark.parametrize("mode", [{}, {"matching": "email"}], ids=["no mode", "email"])
@pytest.mark.parametrize(
    ("address", "resource", "expected"),
    [
        ("anna.news@example.com", 24, ONLY_ANNA),
        ("anna.news@example.com", 31, NOTHING),
        ("anna.news@example.com", NO_RESOURCE, NOTHING),
        ("anna@example.com", 24, ONLY_ANNA),
        ("anna@example.com", 31, ANNA_OR_NOTHING),
        ("anna@example.com", NO_RESOURCE, ANNA_OR_NOTHING),
        ("somebody@example.com", NO_RESOURCE, UNKNOWN),
        ("somebody@example.com", 24, UNKNOWN),
        ("", 24, NOTHING),
    ],
)
def test_a_resource_narrows_the_search_in_subscriptions(
    mode: dict[str, str], address: str, resource: int, expected: Expectation
) -> None:
    assert expect(KNOWN, asking(**mode, email=address, resource_id=resource)) == expected


def test_a_resource_narrows_the_search_by_phone_too() -> None:
    assert expect(KNOWN, asking(matching="phone", phone="+10000000011", resource_id=24)) == ONLY_ANNA
    assert expect(KNOWN, asking(matching="phone", phone="+10000000011", resource_id=31)) == NOTHING


def test_a_resource_is_an_unused_field_where_only_profile_data_is_searched() -> None:
    body = asking(matching="email_profile", email="anna@example.com", resource_id=NO_RESOURCE)
    assert expect(KNOWN, body) == ANNA_OR_REFUSED


def test_nothing_is_known_of_another_type_of_relation_but_whose_it_is() -> None:
    assert expect(KNOWN, asking(rel_id=3, email="anna@example.com")) == ANNA_OR_NOTHING


def test_an_address_that_known_profiles_share_finds_any_of_them() -> None:
    twin = replace(BELA, email=ANNA.email)
    expectation = expect(known(ANNA, twin), asking(email="anna@example.com"))
    assert expectation == Expectation(refused=True, profiles=(ANNA, twin))
    assert the_one_of(expectation) is None


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("an@example.com", " AN@example.com"),
        (CustomField("TAGS", tags=("a", "b")), CustomField("TAGS", tags=("B", "a"))),
        (CustomField("N", value=7), CustomField("N", value="7")),
    ],
)
def test_what_two_known_profiles_share_is_never_relied_on(mine: str | CustomField, theirs: str | CustomField) -> None:
    one, other = (replace(item, **BARE, **holding(value)) for item, value in ((ANNA, mine), (BELA, theirs)))
    assert {item.origin for item in known(one).selectors} > {Origin.IDENTIFIER}
    assert {item.origin for item in known(one, other).selectors} == {Origin.IDENTIFIER}


def holding(value: str | CustomField) -> dict[str, Any]:
    """The one thing that a profile has: an address, or a custom field."""
    field = isinstance(value, CustomField)
    return {"email": None if field else value, "custom_fields": (value,) if field else ()}


def test_only_who_has_all_the_tags_may_be_found_by_them() -> None:
    few = replace(ANNA, **BARE, **holding(CustomField("TAGS", tags=("a", "b"))))
    more = replace(BELA, **BARE, **holding(CustomField("TAGS", tags=("a", "b", "c"))))
    tagged = [item.profile for item in known(few, more).selectors if item.origin is Origin.TAGS]
    assert tagged == [more]


def test_an_unused_address_beside_a_resource_does_not_count() -> None:
    body = asking(matching="phone", phone="+10000000011", resource_id=24, email="bela@example.com")
    assert expect(KNOWN, body).profiles == (ANNA,)


def test_beside_a_resource_the_profile_data_of_another_may_match() -> None:
    twin = replace(BELA, email="anna.news@example.com", subscriptions=())
    assert twin in expect(known(ANNA, twin), asking(email="anna.news@example.com", resource_id=24)).profiles


def test_a_subscription_to_another_resource_does_not_make_a_profile_right() -> None:
    twin = replace(BELA, email=None, subscriptions=(Subscription(31, email="anna.news@example.com"),))
    assert expect(known(ANNA, twin), asking(email="anna.news@example.com", resource_id=24)).profiles == (ANNA,)


def test_a_field_of_another_row_without_a_mode_counts_only_where_it_is_valid() -> None:
    assert not expect(KNOWN, asking(email="anna@example.com", profile_id=None)).anybody


def test_a_selector_that_the_contract_forbids_is_told() -> None:
    odd = replace(BELA, selectors=({"matching": "fax", "fax": "1"},))
    with pytest.raises(TargetFileError, match=r"profiles\[1\]\.selectors\[0\]"):
        _ = known(odd).selectors


def test_an_address_in_the_profile_data_of_one_and_a_subscription_of_another_is_not_hidden() -> None:
    twin = replace(BELA, email="anna.news@example.com")
    body = asking(matching="email_profile", email="anna.news@example.com")
    assert expect(known(ANNA, twin), body) == Expectation(profiles=(twin,))
    assert "anna.news@example.com" in {item.fields["email"] for item in known(ANNA).hidden()}
    assert "anna.news@example.com" not in {item.fields["email"] for item in known(ANNA, twin).hidden()}


def test_numbers_and_their_digits_are_told_apart() -> None:
    digits = replace(BELA, custom_fields=(CustomField("LOYALTY", value="7"),))
    asked = {"matching": "custom", "field_name": "LOYALTY"}
    assert expect(known(ANNA, digits), asking(**asked, field_value=7)).profiles == (ANNA,)
    assert expect(known(ANNA, digits), asking(**asked, field_value="7")).profiles == (digits,)


def test_a_subscription_to_two_resources_is_found_in_either() -> None:
    address = "li@example.com"
    profile = replace(BELA, subscriptions=(Subscription(24, email=address), Subscription(40, email=address)))
    for resource, expected in (
        (24, Expectation(profiles=(profile,))),
        (40, Expectation(profiles=(profile,))),
        (31, NOTHING),
    ):
        assert expect(known(profile), asking(email=address, resource_id=resource)) == expected


@given(json_values() | st.dictionaries(st.sampled_from(list(CONTRACT.fields)), json_values()))
def test_whatever_the_contract_forbids_must_be_refused(body: Json) -> None:
    assume(not CONTRACT.request_validator.is_valid(body))
    assert expect(KNOWN, body) == REFUSED


@given(st.sampled_from(KNOWN.selectors))
def test_a_known_selector_alone_must_find_its_profile(selector: Selector) -> None:
    body = asking(**selector.fields) | {"rel_id": selector.profile.rel_id}
    assert the_one_of(expect(KNOWN, body)) is selector.profile


@pytest.mark.slow
@given(
    st.sampled_from(KNOWN.selectors),
    st.dictionaries(st.text(min_size=1) | st.sampled_from(list(CONTRACT.fields)), json_values(), min_size=1),
)
def test_what_stands_beside_a_known_selector_never_makes_another_profile_right(
    selector: Selector, extra: dict[str, Json]
) -> None:
    right = asking(**selector.fields)
    assume(CONTRACT.row_of(extra | right) is selector.row)
    assume("resource_id" not in extra)
    expectation = expect(KNOWN, extra | right, first_row_decides=True)
    assert expectation.profiles == (selector.profile,)
    assert not expectation.anybody


@pytest.mark.parametrize(
    ("expectation", "words"),
    [
        (REFUSED, "a refusal"),
        (ONLY_ANNA, "the relations of profiles[0]"),
        (NOTHING, "a refusal or no relation"),
        (UNKNOWN, "a refusal or no relation or the relations of one profile"),
    ],
)
def test_an_expectation_is_said_in_words(expectation: Expectation, words: str) -> None:
    assert str(expectation) == words
