"""What can be asked of a target and what must come back: selectors of known profiles, and values that nobody has.

A mode is never named here: which rows of the decision table a known address opens follows from the fields that they
use.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from profile_relations_conformance.errors import TargetFileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from profile_relations_conformance.contract.document import Contract, Row
    from profile_relations_conformance.target.model import KnownProfile, Target

Json = Any

# Where an address stands in the target file is called as the field of the request that takes it.
IDENTIFIER = "profile_id"
ADDRESSES = ("email", "phone")
FIELD_NAME, FIELD_VALUE = "field_name", "field_value"
RESOURCE = "resource_id"
TAG_SEPARATOR = ", "

NOBODY: Mapping[str, Json] = {
    IDENTIFIER: "0123456789abcdef01234567",
    "email": "nobody.at.all.4f1c@example.invalid",
    "phone": "+99900000000041",
    FIELD_NAME: "NO_SUCH_FIELD_4F1C",
    FIELD_VALUE: "no such value 4f1c",
}
"""Values that no profile has, by field: reserved names and numbers that can't be given out."""

NO_RESOURCE = 2_000_000_011
NO_RELATION_TYPE = 2_000_000_011
NO_TAG = "no-such-tag-4f1c"


class Origin(StrEnum):
    """Where a profile holds the value that finds it."""

    IDENTIFIER = "identifier"
    PROFILE_DATA = "profile data"
    SUBSCRIPTION = "subscription"
    TEXT = "text in a custom field"
    NUMBER = "number in a custom field"
    TAGS = "tags of a custom field"
    OTHER = "selector of the target file"


@dataclass(frozen=True)
class Selector:
    """A fragment of a request that must find a known profile.

    Attributes:
        profile: The profile that it finds.
        row: The row of the decision table that the request fits.
        fields: What the request has beside token and rel_id.
        origin: Where the profile holds the value.
        key: The place of the value in the target file.
        resource_id: The subscription's resource, where the value is in a subscription.
    """

    profile: KnownProfile
    row: Row
    fields: dict[str, Json]
    origin: Origin
    key: str
    resource_id: int | None = None


class SubscribedAddress(NamedTuple):
    """An address that a subscription holds.

    Attributes:
        place: Where it stands in its profile of the target file.
        field: The field of a request that takes it.
        address: The address.
        resource_id: The subscription's resource.
    """

    place: str
    field: str
    address: str
    resource_id: int


def _subscribed(profile: KnownProfile) -> Iterator[SubscribedAddress]:
    """Yields the addresses of a profile's subscriptions, in the order of the target file."""
    for number, subscription in enumerate(profile.subscriptions):
        for name in ADDRESSES:
            address = getattr(subscription, name)
            if address is not None:
                yield SubscribedAddress(f"subscriptions[{number}].{name}", name, address, subscription.resource_id)


def _may_find(selector: Selector, other: Selector) -> bool:
    """Says whether a server may find another profile by a selector, going by that one's selector.

    It may where both hold the same, letter case, space around it and the digits of a number apart, and where the other
    has all of the tags.
    """
    if selector.profile is other.profile or selector.row is not other.row:
        return False
    first, second = ([_folded(item.fields[name]) for name in item.row.selectors] for item in (selector, other))
    if Origin.TAGS in (selector.origin, other.origin) and first[:-1] == second[:-1]:
        return _tags(first[-1]) <= _tags(second[-1])
    return first == second


def _folded(value: Json) -> str:
    return str(value).strip().casefold()


def _tags(text: str) -> set[str]:
    return {tag.strip() for tag in text.split(TAG_SEPARATOR.strip())}


def canonical(value: Json) -> str:
    """Writes a JSON value so that equal values are equal texts, with 2, 2.0 and true told apart."""
    return json.dumps(value, sort_keys=True, ensure_ascii=True)


class Known:
    """The target's profiles, seen through the contract.

    Args:
        contract: The contract.
        target: The target.
    """

    def __init__(self, contract: Contract, target: Target) -> None:
        self.contract = contract
        self.profiles = target.profiles

    @cached_property
    def selectors(self) -> tuple[Selector, ...]:
        """Every request fragment that must find its profile, profile by profile; none that may find another too."""
        return tuple(item for item in self._all if not any(_may_find(item, other) for other in self._all))

    @cached_property
    def _all(self) -> tuple[Selector, ...]:
        return tuple(selector for profile in self.profiles for selector in self._of_profile(profile))

    def of(self, profile: KnownProfile, *origins: Origin) -> tuple[Selector, ...]:
        """Gives the selectors of one profile, of the origins named or of all."""
        return tuple(
            item for item in self.selectors if item.profile is profile and (not origins or item.origin in origins)
        )

    @cached_property
    def best_known(self) -> KnownProfile:
        """The profile that most selectors find."""
        return max(self.profiles, key=lambda item: len(self.of(item)))

    def all_fields(self, profile: KnownProfile) -> dict[str, Json]:
        """Gives a value of the profile's for every field that one of its selectors has."""
        return {name: value for item in self.of(profile) for name, value in item.fields.items()}

    def of_row(self, row: Row, *origins: Origin) -> tuple[Selector, ...]:
        """Gives the selectors that fit one row, of the origins named or of all."""
        return tuple(item for item in self.selectors if item.row is row and (not origins or item.origin in origins))

    def rows_by(self, *fields: str) -> tuple[Row, ...]:
        """Gives the rows that require exactly these fields."""
        return tuple(row for row in self.contract.rows if set(row.selectors) == set(fields))

    def fragment(self, row: Row, values: Mapping[str, Json]) -> dict[str, Json]:
        """Writes the fields of a request of this row, its mode among them."""
        mode = {} if row.mode is None else {self.contract.mode_field: row.mode}
        return mode | dict(values)

    def _of_profile(self, profile: KnownProfile) -> Iterator[Selector]:
        for row in self.rows_by(IDENTIFIER):
            values = {IDENTIFIER: profile.profile_id}
            yield self._selector(profile, row, values, Origin.IDENTIFIER, "profile_id")
        for name in ADDRESSES:
            address = getattr(profile, name)
            if address is not None:
                for row in self.rows_by(name):
                    yield self._selector(profile, row, {name: address}, Origin.PROFILE_DATA, name)
        yield from self._of_subscriptions(profile)
        yield from self._of_custom_fields(profile)
        for number, fields in enumerate(profile.selectors):
            key = f"{profile.key}.selectors[{number}]"
            row_found = self._row_of_fragment(fields)
            if row_found is None:
                raise TargetFileError(f"{key}: the contract forbids such a request", "Correct it, or leave it out")
            yield Selector(profile, row_found, dict(fields), Origin.OTHER, key)

    def _selector(
        self, profile: KnownProfile, row: Row, values: Mapping[str, Json], origin: Origin, place: str
    ) -> Selector:
        return Selector(profile, row, self.fragment(row, values), origin, f"{profile.key}.{place}")

    def _of_subscriptions(self, profile: KnownProfile) -> Iterator[Selector]:
        for item in _subscribed(profile):
            for row in self._rows_that_search(item.field, subscriptions=True):
                found = self._selector(profile, row, {item.field: item.address}, Origin.SUBSCRIPTION, item.place)
                yield replace(found, resource_id=item.resource_id)

    def _of_custom_fields(self, profile: KnownProfile) -> Iterator[Selector]:
        for number, item in enumerate(profile.custom_fields):
            if item.tags:
                value: str | int = TAG_SEPARATOR.join(item.tags)
                origin, place = Origin.TAGS, f"custom_fields[{number}].tags"
            elif item.value is not None:
                value = item.value
                origin = Origin.TEXT if isinstance(value, str) else Origin.NUMBER
                place = f"custom_fields[{number}].value"
            else:
                continue
            for row in self.rows_by(FIELD_NAME, FIELD_VALUE):
                yield self._selector(profile, row, {FIELD_NAME: item.name, FIELD_VALUE: value}, origin, place)

    def _row_of_fragment(self, fields: Mapping[str, Json]) -> Row | None:
        common = {name: self.contract.examples(name)[0] for name in self.contract.common}
        return self.contract.row_of(common | dict(fields))

    @cached_property
    def _finders(self) -> dict[tuple[str, str], list[Selector]]:
        found: dict[tuple[str, str], list[Selector]] = defaultdict(list)
        for selector in self._all:
            found[self._key(selector.row, selector.fields)].append(selector)
        return found

    @staticmethod
    def _key(row: Row, body: Mapping[str, Json]) -> tuple[str, str]:
        return row.name, canonical([body[name] for name in row.selectors])

    def found_by(self, row: Row, body: Mapping[str, Json]) -> list[Selector]:
        """Gives the known selectors that this body uses, whatever else it has."""
        return self._finders.get(self._key(row, body), [])

    def resources(self, name: str, address: str) -> set[int]:
        """Gives the resources that known subscriptions tie to an address."""
        return {
            item.resource_id
            for profile in self.profiles
            for item in profile.subscriptions
            if getattr(item, name) == address
        }

    def hidden(self) -> Iterator[Selector]:
        """Yields what must find nobody: an address of a subscription, in a row that searches profile data alone."""
        for profile in self.profiles:
            for item in _subscribed(profile):
                if not self.is_in_profile_data(item.field, item.address):
                    for row in self._rows_that_search(item.field, subscriptions=False):
                        values = {item.field: item.address}
                        yield self._selector(profile, row, values, Origin.SUBSCRIPTION, item.place)

    def _rows_that_search(self, field: str, *, subscriptions: bool) -> Iterator[Row]:
        """Yields the rows that search by an address, in subscriptions too or in profile data alone.

        A row searches subscriptions if it can narrow the search to a resource: only subscriptions have one.
        """
        return (row for row in self.rows_by(field) if (RESOURCE in row.fields) is subscriptions)

    def is_in_profile_data(self, name: str, address: str) -> bool:
        """Says whether a known profile holds the address in its profile data."""
        return any(getattr(profile, name) == address for profile in self.profiles)

    def known_values(self, row: Row) -> dict[str, Json]:
        """Gives values for the fields of a row: of the first known selector that fits it, or of nobody."""
        for selector in self.of_row(row):
            return dict(selector.fields)
        return self.fragment(row, {name: self.nobody(name) for name in row.selectors})

    def nobody(self, name: str) -> Json:
        """Gives a value of a field that no profile has; of a field that this suite does not know, one of its type."""
        if name in NOBODY:
            return NOBODY[name]
        return 0 if "integer" in self.contract.fields[name].get("type", ()) else "nobody 4f1c"


MADE_UP_TOKEN = "made-up-token-4f1c9a7be2d05836"  # noqa: S105 - nobody's token
