"""What a server may answer to a body: derived from the contract, the freedoms and what is known of its data.

The suite judges every request by this one function, whichever check sent it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.target.known_data import NO_RELATION_TYPE, NOBODY, RESOURCE, Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profile_relations_conformance.contract.document import Contract, Row
    from profile_relations_conformance.target.known_data import Known, Selector
    from profile_relations_conformance.target.model import KnownProfile

Json = Any


@dataclass(frozen=True)
class Expectation:
    """The set of answers that a correct server may give.

    Attributes:
        refused: It may refuse.
        nothing: It may list no relation.
        profiles: It may list the relations of any of these.
        anybody: It may list the relations of a profile that the tester does not know.
    """

    refused: bool = False
    nothing: bool = False
    profiles: tuple[KnownProfile, ...] = ()
    anybody: bool = False

    @property
    def must_refuse(self) -> bool:
        """Whether nothing but a refusal is right."""
        return self.refused and not (self.nothing or self.profiles or self.anybody)

    def or_else(self, other: Expectation) -> Expectation:
        """Gives the set of answers that this one or the other has."""
        return Expectation(
            refused=self.refused or other.refused,
            nothing=self.nothing or other.nothing,
            profiles=tuple(dict.fromkeys((*self.profiles, *other.profiles))),
            anybody=self.anybody or other.anybody,
        )

    def __str__(self) -> str:
        parts = ["a refusal"] if self.refused else []
        parts += ["no relation"] if self.nothing else []
        parts += [f"the relations of {profile.key}" for profile in self.profiles]
        parts += ["the relations of one profile"] if self.anybody else []
        return " or ".join(parts)


REFUSED = Expectation(refused=True)
NOTHING = Expectation(refused=True, nothing=True)
UNKNOWN = Expectation(refused=True, nothing=True, anybody=True)


def expect(known: Known, body: Json, *, first_row_decides: bool = False) -> Expectation:
    """Says what a server may answer to a body that carries the right token.

    A body that the contract forbids must be refused. One that it allows finds the profile that its selectors name, by
    the target's word; beside fields that the row does not use, or a whole number written as 2.0, a refusal is right too
    (freedoms UNUSED-FIELDS, UNKNOWN-FIELDS and WHOLE-FLOAT).

    Args:
        known: What is known of the target's data.
        body: The parsed body.
        first_row_decides: Whether a body without a mode that has the fields of several rows must be searched by the
            first of them. That it should is a requirement of its own, MATCH-DEFAULT-BOTH; for all others, any will do.
    """
    found = _as_given(known, body, first_row_decides=first_row_decides)
    filled = without_empty(known.contract, body)
    if filled == body:
        return found
    return found.or_else(REFUSED).or_else(_as_given(known, filled, first_row_decides=first_row_decides))


def without_empty(contract: Contract, body: Json) -> Json:
    """Gives a body without the optional fields that hold nothing, which a server may read as not given.

    Nothing is null, an empty text, or 0 for `resource_id` (freedom EMPTY-AS-ABSENT).
    """
    if not isinstance(body, dict):
        return body
    return {
        name: value
        for name, value in body.items()
        if name in contract.common or not (value is None or value == "" or (name == RESOURCE and is_zero(value)))
    }


def is_zero(value: Json) -> bool:
    """Says whether a value is the number 0, which `false` is not."""
    return value == 0 and not isinstance(value, bool)


def _as_given(known: Known, body: Json, *, first_row_decides: bool) -> Expectation:
    row = known.contract.row_of(body)
    if row is None:
        return REFUSED
    found = _by_selectors(known, row, body)
    for rival in () if first_row_decides else _rivals(known.contract, row, body):
        found = found.or_else(_by_selectors(known, rival, body))
    if _is_plain(row, body):
        return found
    return Expectation(refused=True, nothing=found.nothing, profiles=found.profiles, anybody=found.anybody)


def _rivals(contract: Contract, row: Row, body: Mapping[str, Json]) -> list[Row]:
    """Gives the other rows that a body without a mode would fit, were it not for the fields of its own row."""
    if row.mode is not None:
        return []
    rest = {name: value for name, value in body.items() if name not in row.selectors}
    return [item for item in contract.rows if item.mode is None and item is not row and item.fits(rest)]


def _is_plain(row: Row, body: Mapping[str, Json]) -> bool:
    return all(name in row.fields and not isinstance(value, float) for name, value in body.items())


def _by_selectors(known: Known, row: Row, body: Mapping[str, Json]) -> Expectation:
    values = {name: body[name] for name in row.selectors}
    if body.get("rel_id") == NO_RELATION_TYPE or any(value == "" for value in values.values()):
        return NOTHING
    if any(NOBODY.get(name) == value for name, value in values.items()):
        return NOTHING
    selectors = known.found_by(row, body)
    if RESOURCE in row.fields and RESOURCE in body:
        return _by_resource(selectors, body)
    if selectors:
        return _in_type(selectors, body)
    if any(item.row is row and item.fields.items() <= body.items() for item in known.hidden()):
        return NOTHING
    return UNKNOWN


def _in_type(selectors: list[Selector], body: Mapping[str, Json]) -> Expectation:
    """What selectors give in the type of relation asked for; of another type than the target names nothing is known."""
    profiles = tuple(dict.fromkeys(item.profile for item in selectors))
    if any(body["rel_id"] != profile.rel_id for profile in profiles):
        return Expectation(refused=True, nothing=True, profiles=profiles)
    return Expectation(refused=len(profiles) > 1, profiles=profiles)


def _by_resource(selectors: list[Selector], body: Mapping[str, Json]) -> Expectation:
    """What selectors give beside a resource: who subscribed to it; profile data may count too."""
    subscribed = [item for item in selectors if item.origin is Origin.SUBSCRIPTION]
    to_this = [item for item in subscribed if item.resource_id == body[RESOURCE]]
    in_profile_data = [item for item in selectors if item.origin is Origin.PROFILE_DATA]
    if to_this:
        return _in_type([*to_this, *in_profile_data], body)
    if in_profile_data:
        profiles = tuple(dict.fromkeys(item.profile for item in in_profile_data))
        return Expectation(refused=True, nothing=True, profiles=profiles)
    return NOTHING if subscribed else UNKNOWN
