"""The matching grid holds every row, field and kind of value of the contract, each cell with the contract's verdict."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from profile_relations_conformance.judging.matching_grid import Cell, Grid, Value, wrong_type
from profile_relations_conformance.judging.oracle import expect, without_empty

from tests.helpers.made_up import ANNA, BELA, CONTRACT, KNOWN, LEDGER, ROWS, TOKEN, known, the_one_of, with_sixth_mode

if TYPE_CHECKING:
    from profile_relations_conformance.contract.document import Contract, Row
    from profile_relations_conformance.target.known_data import Known

Json = Any

CELLS = tuple(Grid(KNOWN, TOKEN).cells())
ASKED = [(cell, cell.body) for cell in CELLS if cell.body is not None]
BASES = {cell.row: cell.body for cell in CELLS if (cell.field, cell.value) == ("token", Value.VALID)}


def cell_of(row: str, field: str, value: Value) -> Cell:
    return next(cell for cell in CELLS if cell.place == (row, field, str(value)))


def swaps(cell: Cell) -> bool:
    """Whether the cell puts another profile's selector into the request, which may need several fields."""
    return cell.value is Value.OTHER and cell.field in cell.row.selectors


@pytest.mark.parametrize("contract", [CONTRACT, with_sixth_mode()], ids=["bundled", "with a sixth mode"])
def test_every_row_has_every_field_with_every_kind_of_value(contract: Contract) -> None:
    cells = Grid(known(ANNA, BELA, contract=contract), TOKEN).cells()
    places = [(cell.row, cell.field, cell.value) for cell in cells]
    assert places == list(product(contract.rows, contract.fields, Value))


def test_the_cells_of_a_sixth_mode_ask_for_its_field() -> None:
    contract = with_sixth_mode()
    cells = {cell.place: cell for cell in Grid(known(ANNA, BELA, contract=contract), TOKEN).cells()}
    verdicts = {
        str(value): cell.requirement if cell.expectation and cell.expectation.must_refuse else "allowed"
        for value in (Value.ABSENT, Value.NULL, Value.WRONG_TYPE, Value.EMPTY, Value.VALID)
        for cell in [cells["LoyaltyCardRequest", "card_number", str(value)]]
    }
    assert verdicts == {
        "absent": "SELECTOR-MISSING",
        "null": "SELECTOR-NULL",
        "wrong type": "SELECTOR-TYPE",
        "empty": "SELECTOR-TYPE",
        "valid": "allowed",
    }
    assert cells["PhoneRequest", "card_number", "null"].requirement == "OTHER-FIELDS-NEVER-DECIDE"


@pytest.mark.parametrize("row", CONTRACT.rows, ids=lambda row: row.name)
def test_a_base_fits_its_row(row: Row) -> None:
    base = BASES[row]
    assert base is not None
    assert CONTRACT.row_of(base) is row
    assert base["token"] == TOKEN
    assert the_one_of(expect(KNOWN, base)) is not None


def test_a_base_is_found_in_a_subscription_where_the_row_reads_them() -> None:
    assert (BASES[ROWS["EmailRequest"]] or {})["email"] == "anna.news@example.com"
    assert (BASES[ROWS["PhoneRequest"]] or {})["phone"] == "+10000000011"
    assert (BASES[ROWS["EmailProfileRequest"]] or {})["email"] == "anna@example.com"


def test_a_cell_differs_from_its_base_in_its_field_alone() -> None:
    for cell, body in ASKED:
        base = BASES[cell.row] or {}
        changed = {name for name in body.keys() | base.keys() if body.get(name, ...) != base.get(name, ...)}
        allowed = {*cell.row.selectors, "rel_id"} if swaps(cell) else {cell.field}
        assert changed <= allowed, cell.place


def test_a_cell_has_the_kind_of_value_that_it_says() -> None:
    for cell, body in ASKED:
        value = body.get(cell.field, ...)
        assert (value is ...) == (cell.value is Value.ABSENT), cell.place
        assert (value is None) == (cell.value is Value.NULL), cell.place
        assert (value == "") == (cell.value is Value.EMPTY), cell.place
        is_right = value is not ... and Draft202012Validator(CONTRACT.fields[cell.field]).is_valid(value)
        if cell.value is Value.WRONG_TYPE:
            assert not is_right, cell.place
        if cell.value in {Value.VALID, Value.OTHER}:
            assert is_right, cell.place


def test_a_cell_is_judged_as_the_contract_judges_its_body() -> None:
    validator = Draft202012Validator(CONTRACT.resolve(CONTRACT.request_schema))
    for cell, body in ASKED:
        assert cell.allowed == validator.is_valid(body), cell.place
        decides = cell.requirement == "MATCH-DEFAULT-BOTH"
        assert cell.expectation == expect(KNOWN, body, first_row_decides=decides), cell.place
        may_be_read_as_absent = without_empty(CONTRACT, body) != body
        assert may_be_read_as_absent or cell.expectation.must_refuse != cell.allowed, cell.place


def test_a_cell_belongs_to_a_requirement_of_the_ledger() -> None:
    assert {cell.requirement for cell, _ in ASKED} <= LEDGER.requirements.keys()
    assert all(cell.expectation is None and not cell.requirement for cell in CELLS if cell.body is None)


def test_only_cells_without_a_meaning_are_left_out() -> None:
    left_out = {(cell.field, cell.value) for cell in CELLS if cell.body is None}
    assert left_out <= {
        ("token", Value.OTHER),
        ("rel_id", Value.OTHER),
        ("matching", Value.OTHER),
        ("matching", Value.VALID),
    }
    assert cell_of("DefaultEmailRequest", "matching", Value.VALID).body is not None


def test_the_selector_of_another_profile_must_find_that_profile() -> None:
    for row in CONTRACT.rows:
        for name in row.selectors:
            cell = cell_of(row.name, name, Value.OTHER)
            assert cell.expectation is not None
            assert the_one_of(cell.expectation) is not None
            base = the_one_of(expect(KNOWN, BASES[row]))
            assert the_one_of(cell.expectation) is not base
            assert cell.requirement == "SELECTOR-OF-ANOTHER-PROFILE"


@pytest.mark.parametrize(
    ("place", "requirement"),
    [
        (("PhoneRequest", "token", Value.ABSENT), "TOKEN-MISSING"),
        (("PhoneRequest", "phone", Value.ABSENT), "SELECTOR-MISSING"),
        (("PhoneRequest", "phone", Value.EMPTY), "SELECTOR-EMPTY"),
        (("PhoneRequest", "email", Value.NULL), "OTHER-FIELDS-NEVER-DECIDE"),
        (("PhoneRequest", "resource_id", Value.VALID), "RESOURCE-OWN"),
        (("PhoneRequest", "resource_id", Value.OTHER), "RESOURCE-OTHER"),
        (("PhoneRequest", "resource_id", Value.NULL), "CONTRACT-ALLOWED"),
        (("DefaultEmailRequest", "matching", Value.NULL), "CONTRACT-ALLOWED"),
        (("DefaultProfileIdRequest", "email", Value.VALID), "MATCH-DEFAULT-BOTH"),
        (("CustomRequest", "field_value", Value.VALID), "CONTRACT-ALLOWED"),
    ],
)
def test_a_cell_is_held_against(place: tuple[str, str, Value], requirement: str) -> None:
    assert cell_of(*place).requirement == requirement


def test_a_target_with_one_profile_has_no_cells_of_another() -> None:
    cells = list(Grid(known(ANNA), TOKEN).cells())
    assert all(cell.body is None for cell in cells if cell.value is Value.OTHER)
    assert len(cells) == len(CELLS)


def test_a_target_that_tells_of_an_identifier_alone_still_gets_a_whole_grid() -> None:
    bare = known(type(ANNA)(index=0, profile_id=ANNA.profile_id, rel_id=2))
    cells = {cell.place: cell for cell in Grid(bare, TOKEN).cells()}
    assert len(cells) == len(CELLS)
    assert _refused(bare, cells) == _refused(KNOWN, {cell.place: cell for cell in CELLS})


def _refused(target: Known, cells: dict[tuple[str, str, str], Cell]) -> set[tuple[str, str, str]]:
    """The places whose bodies must be refused, which the contract alone decides."""
    return {place for place, cell in cells.items() if cell.body is not None and expect(target, cell.body).must_refuse}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, 5),
        ({"type": "integer"}, "5"),
        ({"type": ["string", "integer"]}, True),
        ({"type": ["string", "number", "boolean"]}, [5]),
    ],
)
def test_a_wrong_type_is_one_that_is_often_taken_for_the_right_one(schema: dict[str, Json], value: Json) -> None:
    assert wrong_type(schema) == value
