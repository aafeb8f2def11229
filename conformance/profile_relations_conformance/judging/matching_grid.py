"""The matching grid: every row of the decision table with every kind of value in every field, as requests.

It is derived from the contract, so that a further mode or field appears in it by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from profile_relations_conformance.contract.violations import blame
from profile_relations_conformance.judging.oracle import expect, without_empty
from profile_relations_conformance.target.known_data import ADDRESSES, IDENTIFIER, NO_RESOURCE, RESOURCE, Known, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from profile_relations_conformance.contract.document import Row
    from profile_relations_conformance.judging.oracle import Expectation
    from profile_relations_conformance.target.known_data import Selector
    from profile_relations_conformance.target.model import KnownProfile

Json = Any


class Value(StrEnum):
    """Kinds of value that the grid puts into a field."""

    ABSENT = "absent"
    NULL = "null"
    WRONG_TYPE = "wrong type"
    EMPTY = "empty"
    VALID = "valid"
    OTHER = "of another profile"


class Part(StrEnum):
    """Parts that a field can play in a row of the decision table."""

    MODE = "names the mode"
    SELECTOR = "the row searches by it"
    RESOURCE = "narrows the row's search"
    COMMON = "every request has it"
    RIVAL = "the row has no mode, and another row without one searches by it"
    FOREIGN = "the row does not use it"


ALLOWED = "CONTRACT-ALLOWED"
DEFAULT_BOTH = "MATCH-DEFAULT-BOTH"
OF_PART: Mapping[Part, str] = {
    Part.MODE: ALLOWED,
    Part.SELECTOR: ALLOWED,
    Part.RESOURCE: "RESOURCE-OWN",
    Part.COMMON: ALLOWED,
    Part.RIVAL: DEFAULT_BOTH,
    Part.FOREIGN: "OTHER-FIELDS-NEVER-DECIDE",
}
"""The requirement of an allowed request, by the part that the changed field plays."""
OF_VALUE: Mapping[tuple[Part, Value], str] = {
    (Part.SELECTOR, Value.EMPTY): "SELECTOR-EMPTY",
    (Part.SELECTOR, Value.OTHER): "SELECTOR-OF-ANOTHER-PROFILE",
    (Part.RESOURCE, Value.OTHER): "RESOURCE-OTHER",
}
"""The requirement of an allowed request where the value that the field gets decides it."""


@dataclass(frozen=True)
class Cell:
    """One cell of the grid.

    Attributes:
        row: The row of the decision table that the request starts from.
        field: The field that is changed.
        value: The kind of value that it gets.
        body: The request, or None where the cell has no meaning (`matching` of another profile, say).
        allowed: Whether the contract allows the body.
        expectation: What a server may answer.
        requirement: The requirement that the cell belongs to.
    """

    row: Row
    field: str
    value: Value
    body: dict[str, Json] | None
    allowed: bool
    expectation: Expectation | None
    requirement: str

    @property
    def place(self) -> tuple[str, str, str]:
        """The cell's row, column and value, by name."""
        return self.row.name, self.field, str(self.value)

    @property
    def mutation(self) -> str:
        """What the cell changes, in words."""
        return f"{self.row.title}: `{self.field}` {self.value}"


def wrong_type(schema: dict[str, Json]) -> Json:
    """Gives a value that the field's schema forbids, preferring those that are often taken for the right one."""
    validator = Draft202012Validator(schema)
    candidates: tuple[Json, ...] = (5, "5", True, [5], {})
    return next(value for value in candidates if not validator.is_valid(value))


class Grid:
    """Makes the cells for what is known of a target.

    Args:
        known: The target's data, and the contract.
        token: The target's token.
    """

    def __init__(self, known: Known, token: str) -> None:
        self._known = known
        self._contract = known.contract
        self._token = token

    def cells(self) -> Iterator[Cell]:
        """Yields every cell, row by row and field by field."""
        for row in self._contract.rows:
            base = self._base(row)
            for name in self._contract.fields:
                for value in Value:
                    yield self._cell(row, base, name, value)

    def _selector(self, row: Row) -> Selector | None:
        """Picks a known selector of the row: in a subscription where it reads them, of a profile with relations."""
        found = self._known.of_row(row)
        wanted = Origin.SUBSCRIPTION if RESOURCE in row.fields else None
        ranked = sorted(found, key=lambda item: (item.origin is not wanted, item.profile.expected_total == 0))
        return ranked[0] if ranked else None

    def _base(self, row: Row) -> dict[str, Json]:
        selector = self._selector(row)
        profile = selector.profile if selector else self._known.profiles[0]
        fields = selector.fields if selector else self._known.known_values(row)
        return {"token": self._token, "rel_id": profile.rel_id} | dict(fields)

    def _cell(self, row: Row, base: dict[str, Json], name: str, value: Value) -> Cell:
        body = self._change(row, base, name, value)
        if body is None:
            return Cell(row, name, value, None, allowed=False, expectation=None, requirement="")
        expectation = expect(self._known, body)
        requirement = ALLOWED if body == base else self._requirement(row, name, value, body, expectation)
        if requirement == DEFAULT_BOTH:
            expectation = expect(self._known, body, first_row_decides=True)
        return Cell(row, name, value, body, self._contract.allows(body), expectation, requirement)

    def _change(self, row: Row, base: dict[str, Json], name: str, value: Value) -> dict[str, Json] | None:
        """Gives the base with a field changed, or None where such a change has no meaning."""
        match value:
            case Value.ABSENT:
                return {key: item for key, item in base.items() if key != name}
            case Value.NULL:
                return base | {name: None}
            case Value.WRONG_TYPE:
                return base | {name: wrong_type(self._contract.fields[name])}
            case Value.EMPTY:
                return base | {name: ""}
            case Value.VALID:
                return self._with_valid(row, base, name)
            case Value.OTHER:
                return self._with_other(row, base, name)

    def _with_valid(self, row: Row, base: dict[str, Json], name: str) -> dict[str, Json] | None:
        """Gives the base itself where it has the field, and else a value of the field for the same profile."""
        if name in base:
            return base
        if name == self._contract.mode_field:
            modes = [item.mode for item in self._contract.rows if item.mode and set(item.selectors) <= set(base)]
            return base | {name: modes[0]} if modes else None
        return base | {name: self._value_of(self._profile(row), name, base)}

    def _with_other(self, row: Row, base: dict[str, Json], name: str) -> dict[str, Json] | None:
        if name in {*self._contract.common, self._contract.mode_field}:
            return None
        others = [item for item in self._known.profiles if item is not self._profile(row)]
        if not others:
            return None
        if name == RESOURCE:
            return base | {name: NO_RESOURCE if RESOURCE in row.fields else self._resource_of(others)}
        if name in row.selectors:
            return self._swapped(row, base, others)
        ranked = sorted(others, key=lambda item: (item.expected_total == 0, item.rel_id != base.get("rel_id")))
        return base | {name: self._value_of(ranked[0], name, base)}

    def _resource_of(self, others: list[KnownProfile]) -> int:
        """Gives a resource that others subscribed to, and one that nobody did where none is known."""
        return min((item.resource_id for other in others for item in other.subscriptions), default=NO_RESOURCE)

    def _swapped(self, row: Row, base: dict[str, Json], others: list[KnownProfile]) -> dict[str, Json] | None:
        found = [item for item in self._known.of_row(row) if item.profile in others]
        ranked = sorted(found, key=lambda item: (item.profile.expected_total == 0, item.origin is Origin.SUBSCRIPTION))
        return base | {"rel_id": ranked[0].profile.rel_id} | dict(ranked[0].fields) if ranked else None

    def _profile(self, row: Row) -> KnownProfile:
        selector = self._selector(row)
        return selector.profile if selector else self._known.profiles[0]

    def _value_of(self, profile: KnownProfile, name: str, base: dict[str, Json]) -> Json:
        if name == IDENTIFIER:
            return profile.profile_id
        if name == RESOURCE:
            own = [self._known.resources(field, base[field]) for field in ADDRESSES if field in base]
            return min(own[0]) if own and own[0] else NO_RESOURCE
        for selector in self._known.of(profile):
            if name in selector.fields:
                return selector.fields[name]
        return self._known.nobody(name)

    @cached_property
    def _default_selectors(self) -> set[str]:
        """Fields that requests without a mode are searched by."""
        return {name for row in self._contract.rows if row.mode is None for name in row.selectors}

    def _requirement(self, row: Row, name: str, value: Value, body: dict[str, Json], expectation: Expectation) -> str:
        if expectation.must_refuse:
            return blame(self._contract, body)
        if name in {self._contract.mode_field, RESOURCE} and without_empty(self._contract, body) != body:
            return ALLOWED  # an optional field that holds nothing may be read as not given
        part = self._part(row, name)
        return OF_VALUE.get((part, value), OF_PART[part])

    def _part(self, row: Row, name: str) -> Part:
        """Says what a field is to a row."""
        if name == self._contract.mode_field:
            return Part.MODE
        if name not in row.fields:
            return Part.RIVAL if row.mode is None and name in self._default_selectors else Part.FOREIGN
        if name == RESOURCE:
            return Part.RESOURCE
        return Part.SELECTOR if name in row.selectors else Part.COMMON
