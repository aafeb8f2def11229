"""Requests that nearly find a known profile: a value that is a little different, or stands in another field."""

from __future__ import annotations

from itertools import islice, permutations, product
from typing import TYPE_CHECKING, Any

import xxhash

from profile_relations_conformance.target.known_data import (
    ADDRESSES,
    FIELD_NAME,
    FIELD_VALUE,
    IDENTIFIER,
    NO_TAG,
    TAG_SEPARATOR,
    Origin,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profile_relations_conformance.checks.context import CheckContext
    from profile_relations_conformance.target.known_data import Selector
    from profile_relations_conformance.target.model import KnownProfile

Fields = dict[str, Any]

WILDCARDS = ("%", ".*")
MOST_SWAPPED = 2
PHONE = "phone"


def changed_a_little(selector: Selector) -> Iterator[tuple[Fields, str]]:
    """Gives the fields of a selector with its value, or the name of its field, a little changed, and says so."""
    name = FIELD_VALUE if FIELD_VALUE in selector.fields else selector.row.selectors[0]
    words = f"{selector.row.title}, by nearly {selector.key}"
    near = _near(selector.fields[name], selector.origin)
    for changed in _other_numbers(selector.fields[name], near) if name == PHONE else near:
        yield selector.fields | {name: changed}, words
    if FIELD_NAME in selector.fields and len(selector.fields[FIELD_NAME]) > 1:
        yield selector.fields | {FIELD_NAME: selector.fields[FIELD_NAME][:-1]}, f"{words}, whose field is cut short"


def _near(value: Any, origin: Origin) -> list[Any]:  # noqa: ANN401 - what a selector may hold
    """Gives values that a lax comparison takes for the right one: patterns, prefixes, and numbers read loosely."""
    if isinstance(value, int):
        return [value + 1, f"{value}abc", *([-value] if value else [])]
    if origin is Origin.TAGS:
        return [NO_TAG, *_near_tags(value.split(TAG_SEPARATOR))]
    near = [value[:-1], f"{value}0", *WILDCARDS, f"{value[:1]}_{value[2:]}", f"{value}\x00x"]
    if "@" in value:
        near.append(value.replace("@", "+x@"))
    if value.isdecimal():
        near += [f"0{value}", f"{value}.0"]
    return [item for item in near if item != value]


def _other_numbers(phone: str, near: list[Any]) -> Iterator[Any]:
    """Gives the values with other digits than a phone number has, since it may be compared by these alone.

    A value that a server which reads numbers takes for the same one is added.
    """
    digits = _digits(phone)
    yield from (item for item in near if _digits(item).lstrip("0") != digits)
    if len(digits) > 1:
        yield f"{digits[0]}.{digits[1:]}e{len(digits) - 1}"


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdecimal())


def _near_tags(tags: list[str]) -> Iterator[str]:
    """Gives combinations of which none is among the tags: each of them cut short, or prolonged."""
    for changed in ([tag[:-1] for tag in tags], [f"{tag}x" for tag in tags]):
        if all(changed) and not set(changed) & set(tags):
            yield TAG_SEPARATOR.join(changed)


def in_another_field(ask: CheckContext, profile: KnownProfile) -> Iterator[tuple[Fields, str]]:
    """Gives, for each mode, fields that hold what the profile has in another one, and says so."""
    hashed = xxhash.xxh64_hexdigest(profile.profile_id.encode())
    for row in ask.contract.rows:
        name = row.selectors[0]
        if row.mode is None or name not in (IDENTIFIER, *ADDRESSES):
            continue
        values = {key: value for other in ADDRESSES if other != name for key, value in _addresses(profile, other)}
        values |= {"its hash": hashed} if name == IDENTIFIER else {}
        for key, value in values.items():
            yield ask.known.fragment(row, {name: value}), f"{row.title}: {key} as `{name}`"
    custom = ask.known.of(profile, Origin.TEXT, Origin.NUMBER)
    tagged = ask.known.of(profile, Origin.TAGS)
    for tags, other in islice(product(tagged, (*custom, *tagged)), MOST_SWAPPED):
        if tags.fields[FIELD_NAME] != other.fields[FIELD_NAME]:
            fields = tags.fields | {FIELD_NAME: other.fields[FIELD_NAME]}
            yield fields, f"{tags.row.title}: {tags.key} in the field of {other.key}"
    for first, second in islice(permutations(custom, 2), MOST_SWAPPED):
        if str(first.fields[FIELD_VALUE]) != str(second.fields[FIELD_VALUE]):
            fields = first.fields | {FIELD_VALUE: second.fields[FIELD_VALUE]}
            yield fields, f"{first.row.title}: {second.key} in the field of {first.key}"


def _addresses(profile: KnownProfile, name: str) -> Iterator[tuple[str, str]]:
    """Gives the first address of a kind in profile data, and the first in subscriptions, with their places."""
    if getattr(profile, name) is not None:
        yield f"{profile.key}.{name}", getattr(profile, name)
    for number, subscription in enumerate(profile.subscriptions):
        if getattr(subscription, name) is not None:
            yield f"{profile.key}.subscriptions[{number}].{name}", getattr(subscription, name)
            return
