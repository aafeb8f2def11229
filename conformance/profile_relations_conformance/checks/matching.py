"""Matching: each mode finds the profiles that it should, by what it should search, and no others."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice, permutations
from typing import TYPE_CHECKING, Any, NamedTuple

from profile_relations_conformance.checks.registry import check
from profile_relations_conformance.judging.oracle import NOTHING
from profile_relations_conformance.target.known_data import (
    ADDRESSES,
    FIELD_NAME,
    FIELD_VALUE,
    IDENTIFIER,
    NO_RESOURCE,
    NO_TAG,
    RESOURCE,
    TAG_SEPARATOR,
    Origin,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from profile_relations_conformance.checks.context import CheckContext
    from profile_relations_conformance.judging.results import Case
    from profile_relations_conformance.target.known_data import Selector

MOST_ORDERS = 3
UNKNOWN_MODES = ("fax", "email,phone", "email_profiles", "default", "id", "1", "почта")
NAMES_OF_OBJECTS = ("toString", "constructor", "__proto__", "__class__", "hasOwnProperty")
"""What a look-up in a table of many languages finds, though no mode has such a name."""
NOT_STRINGS: tuple[Any, ...] = (True, False, ["email"], [], {"matching": "email"})


def _selectors(ask: CheckContext, mode: str | None, field: str, *origins: Origin) -> Sequence[Selector]:
    """Gives the known selectors of a mode (None for requests without one) that use a field and are of these origins."""
    found = [
        item
        for item in ask.known.selectors
        if item.row.mode == mode and item.row.selectors[:1] == (field,) and item.origin in origins
    ]
    return ask.some(found)


def _all_find(ask: CheckContext, selectors: Sequence[Selector]) -> Iterator[Case]:
    for selector in selectors:
        yield ask.finds(selector)


class Find(NamedTuple):
    """A requirement that a mode finds profiles by what they hold in one place.

    Attributes:
        requirement: Its id.
        mode: The mode, or None for requests without one.
        field: The field that the mode searches by; the first one, where it needs several.
        origin: Where the profile holds the value.
        sentence: The requirement in words.
    """

    requirement: str
    mode: str | None
    field: str
    origin: Origin
    sentence: str


# Modes are asked in the order of these tables, and MATCH-EMAIL-PROFILE-ONLY between the two.
BY_IDENTIFIER_OR_EMAIL = (
    Find(
        "MATCH-PROFILE-ID",
        "profile_id",
        IDENTIFIER,
        Origin.IDENTIFIER,
        "`matching: profile_id` gives each known profile's relations.",
    ),
    Find(
        "MATCH-DEFAULT-PROFILE-ID",
        None,
        IDENTIFIER,
        Origin.IDENTIFIER,
        "An identifier alone gives each known profile's relations.",
    ),
    Find("MATCH-EMAIL", "email", "email", Origin.PROFILE_DATA, "`matching: email` finds the address of profile data."),
    Find(
        "MATCH-EMAIL-SUBSCRIPTION",
        "email",
        "email",
        Origin.SUBSCRIPTION,
        "`matching: email` finds the address of a subscription.",
    ),
    Find("MATCH-DEFAULT-EMAIL", None, "email", Origin.PROFILE_DATA, "An address alone is searched in profile data."),
    Find(
        "MATCH-DEFAULT-EMAIL-SUBSCRIPTION",
        None,
        "email",
        Origin.SUBSCRIPTION,
        "An address alone is searched in subscriptions.",
    ),
    Find(
        "MATCH-EMAIL-PROFILE",
        "email_profile",
        "email",
        Origin.PROFILE_DATA,
        "`matching: email_profile` finds the address of profile data.",
    ),
)
BY_PHONE_OR_CUSTOM_FIELD = (
    Find("MATCH-PHONE", "phone", "phone", Origin.PROFILE_DATA, "`matching: phone` finds the number of profile data."),
    Find(
        "MATCH-PHONE-SUBSCRIPTION",
        "phone",
        "phone",
        Origin.SUBSCRIPTION,
        "`matching: phone` finds the number of a subscription.",
    ),
    Find(
        "MATCH-CUSTOM-TEXT", "custom", FIELD_NAME, Origin.TEXT, "`matching: custom` finds the text of a custom field."
    ),
    Find(
        "MATCH-CUSTOM-NUMBER",
        "custom",
        FIELD_NAME,
        Origin.NUMBER,
        "`matching: custom` finds the number of a custom field.",
    ),
)


def _register(table: Sequence[Find]) -> None:
    """Makes a check of each row: all known selectors of its kind find their profile."""
    for row in table:

        def find(ask: CheckContext, row: Find = row) -> Iterator[Case]:
            return _all_find(ask, _selectors(ask, row.mode, row.field, row.origin))

        find.__doc__ = row.sentence
        check(row.requirement)(find)


_register(BY_IDENTIFIER_OR_EMAIL)


@check("MATCH-EMAIL-PROFILE-ONLY")
def email_profile_does_not_search_subscriptions(ask: CheckContext) -> Iterator[Case]:
    """`matching: email_profile` finds nobody by an address of a subscription."""
    hidden = [item for item in ask.known.hidden() if "email" in item.fields]
    for selector in ask.some(hidden):
        body = ask.body(selector.profile, selector.fields)
        words = f"{selector.row.title}, by {selector.key}, which only a subscription holds"
        yield ask.answers_rightly(body, words)
        own = min(ask.known.resources("email", selector.fields["email"]))
        yield ask.answers_rightly(body | {RESOURCE: own}, f"{words}, beside its own `{RESOURCE}`")


_register(BY_PHONE_OR_CUSTOM_FIELD)


@check("MATCH-TAGS")
def all_tags_find_in_any_order(ask: CheckContext) -> Iterator[Case]:
    """All tags of a field find the profile, in the order of the target file and in others."""
    tagged = _selectors(ask, "custom", FIELD_NAME, Origin.TAGS)
    yield from _all_find(ask, tagged)
    for selector in tagged:
        tags = selector.fields[FIELD_VALUE].split(TAG_SEPARATOR)
        orders = list(islice(permutations(reversed(tags)), MOST_ORDERS))
        for order in ask.some(orders) if len(tags) > 1 else ():
            changed = replace(selector, fields=selector.fields | {FIELD_VALUE: TAG_SEPARATOR.join(order)})
            yield ask.finds(changed, f"{selector.row.title}, by {selector.key} in another order")


@check("MATCH-TAGS-ALL")
def tags_find_nobody_that_lacks_one(ask: CheckContext) -> Iterator[Case]:
    """All tags of a field and one that nobody has find nobody."""
    for selector in _selectors(ask, "custom", FIELD_NAME, Origin.TAGS):
        value = selector.fields[FIELD_VALUE]
        for changed in (f"{value}{TAG_SEPARATOR}{NO_TAG}", f"{NO_TAG}{TAG_SEPARATOR}{value}"):
            yield shows_nobody(ask, selector, {FIELD_VALUE: changed}, "with a tag that nobody has")


@check("MATCH-OTHER-SELECTORS")
def other_selectors_find(ask: CheckContext) -> Iterator[Case]:
    """Every selector of the target file gives what the identifier gives."""
    return _all_find(ask, ask.some([item for item in ask.known.selectors if item.origin is Origin.OTHER]))


@check("MATCH-DEFAULT-BOTH")
def an_email_decides_before_an_identifier(ask: CheckContext) -> Iterator[Case]:
    """An address with another profile's identifier, and no mode, gives the address's profile or is refused."""
    addresses = _selectors(ask, None, "email", Origin.PROFILE_DATA, Origin.SUBSCRIPTION)
    for selector in addresses:
        for other in ask.known.profiles:
            if other is not selector.profile and other.rel_id == selector.profile.rel_id:
                body = ask.body(selector.profile, selector.fields, **{IDENTIFIER: other.profile_id})
                words = f"no mode, {selector.key} beside {other.key}.{IDENTIFIER}"
                yield ask.answers_rightly(body, words, first_row_decides=True)
                break
    yield from ask.of_grid("MATCH-DEFAULT-BOTH")


@check("RESOURCE-OWN")
def own_resource_finds(ask: CheckContext) -> Iterator[Case]:
    """An address of a subscription is found beside the subscription's own resource."""
    for selector, name in _in_subscriptions(ask):
        for resource in sorted(ask.known.resources(name, selector.fields[name])):
            body = ask.body(selector.profile, selector.fields, **{RESOURCE: resource})
            yield ask.answers_rightly(body, f"{selector.row.title}, by {selector.key} with its own `{RESOURCE}`")
    yield from ask.of_grid("RESOURCE-OWN")


@check("RESOURCE-OTHER")
def other_resource_finds_nobody(ask: CheckContext) -> Iterator[Case]:
    """An address of a subscription is not found beside a resource that no subscription ties to it."""
    known = {item.resource_id for profile in ask.known.profiles for item in profile.subscriptions}
    for selector, name in _in_subscriptions(ask):
        own = ask.known.resources(name, selector.fields[name])
        of_profile = {item.resource_id for item in selector.profile.subscriptions}
        others = [NO_RESOURCE, *sorted(of_profile - own)[:1], *sorted(known - of_profile - own)[:1]]
        others += [-1] if selector is ask.known.of_row(selector.row, Origin.SUBSCRIPTION)[0] else []
        for resource in ask.some(others):
            yield shows_nobody(ask, selector, {RESOURCE: resource}, f"with another `{RESOURCE}`")
    yield from ask.of_grid("RESOURCE-OTHER")


@check("RESOURCE-TYPE")
def resource_id_is_an_integer(ask: CheckContext) -> Iterator[Case]:
    """A `resource_id` of another type is refused where the mode uses it."""
    yield from ask.of_grid("RESOURCE-TYPE")
    wrong: list[tuple[Selector, Any]] = []
    for selector, name in _in_subscriptions(ask, most_of_a_row=1):
        own = min(ask.known.resources(name, selector.fields[name]))
        values: tuple[Any, ...] = (str(own), own + 0.5, True, [own], {})
        wrong += [(selector, value) for value in values]
    found = [item for item in ask.known.selectors if item.origin is Origin.PROFILE_DATA and RESOURCE in item.row.fields]
    wrong += [(selector, True) for selector in found[:1]]
    for selector, value in ask.some(wrong):
        body = ask.body(selector.profile, selector.fields, **{RESOURCE: value})
        yield ask.refuses(body, f"{selector.row.title}: `{RESOURCE}` {value!r}")


def _in_subscriptions(ask: CheckContext, *, most_of_a_row: int | None = None) -> Iterator[tuple[Selector, str]]:
    found = [item for row in ask.contract.rows for item in ask.known.of_row(row, Origin.SUBSCRIPTION)[:most_of_a_row]]
    for selector in ask.some(found):
        name = next(item for item in ADDRESSES if item in selector.fields)
        if not ask.known.is_in_profile_data(name, selector.fields[name]):
            yield selector, name


@check("MATCHING-UNKNOWN")
def unknown_modes_are_refused(ask: CheckContext) -> Iterator[Case]:
    """A mode that the contract does not know is refused, also where the request has all fields of all modes."""
    yield from ask.of_grid("MATCHING-UNKNOWN")
    other_spellings = [mode.replace("_", "-") for mode in ask.contract.modes if "_" in mode]
    yield from _with_modes(ask, [*UNKNOWN_MODES, *other_spellings])
    yield from _with_modes(ask, NAMES_OF_OBJECTS)


@check("MATCHING-CASE")
def modes_in_capitals_are_refused(ask: CheckContext) -> Iterator[Case]:
    """A mode in capital letters, or with space around it, is refused."""
    first, *_, last = ask.contract.modes
    yield from _with_modes(ask, [*(mode.upper() for mode in ask.contract.modes), f" {first}", f"{last} "])


@check("MATCHING-TYPE")
def modes_of_other_types_are_refused(ask: CheckContext) -> Iterator[Case]:
    """A mode that is no string is refused."""
    yield from ask.of_grid("MATCHING-TYPE")
    yield from _with_modes(ask, NOT_STRINGS)
    yield from _with_modes(ask, range(len(ask.contract.modes) + 1))


def _with_modes(ask: CheckContext, modes: Sequence[Any]) -> Iterator[Case]:
    profile = ask.known.profiles[0]
    # Identifiers and profile data come first among the selectors and win, so that every mode would find the profile.
    everything = {name: value for item in reversed(ask.known.of(profile)) for name, value in item.fields.items()}
    for mode in ask.some(modes):
        body = ask.body(profile, everything, **{ask.contract.mode_field: mode})
        yield ask.refuses(body, f"`{ask.contract.mode_field}` {mode!r}")


def shows_nobody(ask: CheckContext, selector: Selector, fields: dict[str, Any], what: str) -> Case:
    """Asks with changed fields, which must find nobody: a refusal or an empty list."""
    body = ask.body(selector.profile, selector.fields, **fields)
    exchange = ask.post(body, f"{selector.row.title}, by {selector.key} {what}")
    return ask.judged(exchange, NOTHING)
