"""The kinds of request that an operation takes: which of them an example is, and whether they exclude each other."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from attrs import frozen

from openapi.tools.document import ContractError, Schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@frozen
class Row:
    """One kind of request.

    Attributes:
        name: The component.
        fields: Its fields, resolved.
        required: Those that must be there.
        excludes: Sets of fields of which a request may not have all.
        closed: Whether it has no other fields than its own.
    """

    name: str
    fields: Mapping[str, Schema]
    required: frozenset[str]
    excludes: tuple[tuple[str, ...], ...]
    closed: bool

    @classmethod
    def of(cls, name: str, schema: Schema, fields: Mapping[str, Schema]) -> Row:
        """Reads a component."""
        excludes = tuple(tuple(names) for names in exclusions(name, schema))
        closed = schema.get("additionalProperties") is False
        return cls(name, fields, frozenset(schema.get("required", [])), excludes, closed)

    @property
    def constants(self) -> dict[str, Any]:
        """The fields that have one value, and must be there."""
        return {
            name: value["const"] for name, value in self.fields.items() if "const" in value and name in self.required
        }

    def fits(self, value: Mapping[str, Any]) -> bool:
        """Whether a request is of this kind, by the names of its fields and by those of one value."""
        return (
            self.required <= value.keys()
            and all(value[name] == constant for name, constant in self.constants.items())
            and not any(set(names) <= value.keys() for names in self.excludes)
            and not (self.closed and value.keys() - self.fields.keys())
        )

    def excludes_all_of(self, other: Row) -> bool:
        """Whether no request of the other kind can be of this one."""
        mine, theirs = self.constants, other.constants
        return (
            any(theirs[name] != constant for name, constant in mine.items() if name in theirs)
            or any(set(names) <= other.required for names in self.excludes)
            or (self.closed and bool(other.required - self.fields.keys()))
        )


def exclusions(name: str, schema: Schema) -> list[list[str]]:
    """The sets of fields of which a value may not have all, read from `not`.

    Raises:
        ContractError: `not` says something else.
    """
    forbidden = schema.get("not")
    if forbidden is None:
        return []
    alternatives = forbidden.get("anyOf", [forbidden])
    if any(set(alternative) != {"required"} for alternative in alternatives):
        raise ContractError(f"{name}: `not` can only name fields, with `required` or with `anyOf` of it")
    return [alternative["required"] for alternative in alternatives]


def check_rows(rows: Sequence[Row], examples: Mapping[str, Schema], *, exactly_one: bool) -> None:
    """Checks that rows exclude each other, where a request must fit one alone, and that each has an example.

    Raises:
        ContractError: They don't.
    """
    for one, other in combinations(rows, 2) if exactly_one else ():
        if not (one.excludes_all_of(other) or other.excludes_all_of(one)):
            raise ContractError(f"{one.name} and {other.name} overlap: a request may fit both")
    for name, example in examples.items():
        if not any(row.fits(example.get("value", {})) for row in rows):
            raise ContractError(f"the example {name} is no request of {', '.join(row.name for row in rows)}")
    for row in rows:
        if not any(row.fits(example.get("value", {})) for example in examples.values()):
            raise ContractError(f"{row.name} has no example of a request")


def shown_beside(row: Row, examples: Mapping[str, Schema]) -> list[str]:
    """The fields that stand in examples of a row without being its own."""
    fitting = [example["value"] for example in examples.values() if row.fits(example["value"])]
    return sorted({name for value in fitting for name in value} - row.fields.keys())
