"""The contract's verdict on a request is that of the decision table, which is written out here a second time.

The table is tried on every value of `matching` with every subset of the selector fields, by both validators.
"""

from itertools import chain, combinations
from typing import Any

import jsonschema_rs
import pytest
from profile_relations_conformance.contract.document import Row, load_contract

CONTRACT = load_contract()
RUST = jsonschema_rs.Draft202012Validator(CONTRACT.request_schema | {"components": CONTRACT.document["components"]})
ABSENT = object()

VALUES: dict[str, Any] = {
    "email": "john@example.com",
    "phone": "+79000000000",
    "profile_id": "669e6968ebf4ac52b623a997",
    "field_name": "CRM_ID",
    "field_value": "123420",
    "resource_id": 24,
}
MATCHING = [ABSENT, "email", "email_profile", "phone", "profile_id", "custom", "telegram", None]
SUBSETS = list(chain.from_iterable(combinations(VALUES, size) for size in range(len(VALUES) + 1)))
COMMON = {"token": "8a28168486844c8bae2673a51d4433ff", "rel_id": 2}


def table_says(matching: object, fields: set[str]) -> str | None:  # noqa: PLR0911 - one return a row
    """Gives the component of the row that accepts the request, or None where it is refused."""
    if matching is ABSENT:
        if "email" in fields:
            return "DefaultEmailRequest"
        return "DefaultProfileIdRequest" if "profile_id" in fields else None
    if matching == "email":
        return "EmailRequest" if "email" in fields else None
    if matching == "email_profile":
        return "EmailProfileRequest" if "email" in fields else None
    if matching == "phone":
        return "PhoneRequest" if "phone" in fields else None
    if matching == "profile_id":
        return "ProfileIdRequest" if "profile_id" in fields else None
    if matching == "custom":
        return "CustomRequest" if {"field_name", "field_value"} <= fields else None
    return None


def request_with(matching: object, fields: tuple[str, ...]) -> dict[str, Any]:
    chosen = {} if matching is ABSENT else {"matching": matching}
    return COMMON | chosen | {name: VALUES[name] for name in fields}


def verdicts(body: object) -> set[bool]:
    """Asks both validators, and the union of the rows, for their verdict."""
    return {RUST.is_valid(body), CONTRACT.request_validator.is_valid(body), CONTRACT.allows(body)}


@pytest.mark.parametrize("matching", MATCHING, ids=lambda value: "absent" if value is ABSENT else str(value))
def test_the_contract_judges_every_subset_of_fields_as_the_table_does(matching: object) -> None:
    assert len(SUBSETS) == 2 ** len(VALUES)
    for fields in SUBSETS:
        body = request_with(matching, fields)
        expected = table_says(matching, set(fields))
        assert verdicts(body) == {expected is not None}, body
        fitting = [row.name for row in CONTRACT.rows if row.validator.is_valid(body)]
        assert fitting == ([] if expected is None else [expected]), body


ROWS = {row.name: request_with(ABSENT if row.mode is None else row.mode, row.selectors) for row in CONTRACT.rows}
WRONG: dict[str, list[Any]] = {
    "token": [None, "", 5, True, ["x"], {}],
    "rel_id": [None, "2", 2.5, True, [2], {}, ""],
    "matching": [None, 5, True, ["email"], {}, "", "EMAIL", "e-mail"],
    "email": [None, 5, True, ["x"], {}],
    "phone": [None, 79000000000, True, ["x"], {}],
    "profile_id": [None, 5, True, ["x"], {}],
    "field_name": [None, 5, True, ["x"], {}],
    "field_value": [None, 2.5, True, ["x"], {}],
    "resource_id": [None, "24", 2.5, True, [24], {}],
}


@pytest.mark.parametrize("row", CONTRACT.rows, ids=lambda row: row.name)
def test_a_field_that_the_row_uses_is_refused_with_another_type(row: Row) -> None:
    for name in (*row.fields, "matching"):
        for value in WRONG[name]:
            assert verdicts(ROWS[row.name] | {name: value}) == {False}, (name, value)


@pytest.mark.parametrize("row", CONTRACT.rows, ids=lambda row: row.name)
def test_a_field_that_the_row_does_not_use_may_have_any_value(row: Row) -> None:
    deciding = {"matching", *(["email"] if row.name == "DefaultProfileIdRequest" else [])}
    for name in WRONG.keys() - set(row.fields) - deciding:
        for value in WRONG[name]:
            assert verdicts(ROWS[row.name] | {name: value}) == {True}, (name, value)


@pytest.mark.parametrize("row", ROWS)
def test_an_unknown_field_is_allowed(row: str) -> None:
    assert verdicts(ROWS[row] | {"comment": ["anything"]}) == {True}


@pytest.mark.parametrize("row", CONTRACT.rows, ids=lambda row: row.name)
def test_token_and_rel_id_are_required_in_every_row(row: Row) -> None:
    for name in COMMON:
        assert verdicts({key: value for key, value in ROWS[row.name].items() if key != name}) == {False}


@pytest.mark.parametrize("row", CONTRACT.rows, ids=lambda row: row.name)
def test_an_empty_selector_is_allowed(row: Row) -> None:
    for name in row.selectors:
        assert verdicts(ROWS[row.name] | {name: ""}) == {True}, name


@pytest.mark.parametrize("body", [None, [], [COMMON], "text", 5, True])
def test_a_body_that_is_no_object_is_refused(body: object) -> None:
    assert verdicts(body) == {False}


def test_a_mistyped_email_beside_a_profile_id_is_refused_without_a_mode() -> None:
    assert verdicts(COMMON | {"email": None, "profile_id": VALUES["profile_id"]}) == {False}


def test_a_whole_number_with_a_fraction_is_an_integer_for_json_schema() -> None:
    assert verdicts(ROWS["ProfileIdRequest"] | {"rel_id": 2.0}) == {True}


@pytest.mark.parametrize("value", ["123420", 7, -3, 0, "tag-1, tag-2"])
def test_a_field_value_is_a_string_or_an_integer(value: object) -> None:
    assert verdicts(ROWS["CustomRequest"] | {"field_value": value}) == {True}
