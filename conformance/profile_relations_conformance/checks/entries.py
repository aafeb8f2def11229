"""Rules of the entries of `data`: their members, their hashes, whose they are and how many."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import xxhash
from jsonschema import Draft202012Validator

from profile_relations_conformance.checks.envelope import lists_relations, success
from profile_relations_conformance.checks.registry import Mismatch, check, entry_rule, rule
from profile_relations_conformance.judging.assertions import describe
from profile_relations_conformance.judging.results import Case, Failure
from profile_relations_conformance.target.known_data import IDENTIFIER, Origin, canonical
from profile_relations_conformance.transport.reply import is_integer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profile_relations_conformance.checks.context import CheckContext
    from profile_relations_conformance.target.known_data import Selector
    from profile_relations_conformance.transport.exchange import Exchange

Entry = dict[str, Any]
Schemas = dict[str, Any]

MOST_ASKED_BACK = 2
"""Known profiles whose first relation is asked for from its other side."""


@lru_cache(maxsize=64)
def _validator(keyword: str, argument: str) -> Draft202012Validator:
    return Draft202012Validator({keyword: argument})


def _of_type(entry: Entry, schemas: Schemas, name: str) -> Mismatch:
    """Holds one member against the type that the contract gives it."""
    kind = schemas[name]["type"]
    if name not in entry:
        return f"`{name}`, of type {kind}", f"an entry without `{name}`"
    if _validator("type", kind).is_valid(entry[name]):
        return None
    return f"`{name}`, of type {kind}", f"`{name}` is {entry[name]!r}"


def _of_form(entry: Entry, schemas: Schemas, names: tuple[str, ...]) -> Mismatch:
    """Holds the members that are strings against the form and the length that the contract gives them."""
    for name in names:
        value, schema = entry.get(name), schemas[name]
        right = not isinstance(value, str) or (
            _validator("pattern", schema["pattern"]).is_valid(value) and len(value) <= schema["maxLength"]
        )
        if not right:
            return f"`{name}` of the form {schema['pattern']}", f"`{name}` is {value!r}"
    return None


def _hash_of(entry: Entry, identifier: str, name: str) -> Mismatch:
    """Holds a hash against the identifier beside it, in either case, since the form has a requirement of its own."""
    given, source = entry.get(name), entry.get(identifier)
    if not isinstance(given, str) or not isinstance(source, str):
        return None
    right = xxhash.xxh64_hexdigest(source.encode("utf-8", "surrogatepass"), seed=0)
    return None if given.lower() == right else (f"`{name}` {right}, the XXH64 of {source}", f"`{name}` is {given!r}")


MEMBERS = (
    ("ENTRY-PROFILE-ID-A", "profile_id_a", "Every entry has `profile_id_a`, of the contract's type."),
    ("ENTRY-XXH-A", "xxh_a", "Every entry has `xxh_a`, of the contract's type."),
    ("ENTRY-PROFILE-ID-B", "profile_id_b", "Every entry has `profile_id_b`, of the contract's type."),
    ("ENTRY-XXH-B", "xxh_b", "Every entry has `xxh_b`, of the contract's type."),
    ("ENTRY-DB-B", "db_b", "Every entry has `db_b`, of the contract's type."),
)
"""Requirements that every entry has a member of the right type: the id, the member, and the requirement in words."""


def _register() -> None:
    """Makes each row of the table a rule."""
    for requirement, member, sentence in MEMBERS:

        def has_its_type(entry: Entry, schemas: Schemas, name: str = member) -> Mismatch:
            return _of_type(entry, schemas, name)

        has_its_type.__doc__ = sentence
        entry_rule(requirement, applies=lists_relations)(has_its_type)


_register()


@entry_rule("ENTRY-PROPS", applies=lists_relations)
def props_has_its_type(entry: Entry, schemas: Schemas) -> Mismatch:
    """The properties of an entry are of the contract's type; only where it has none may they be null or left out."""
    return None if entry.get("props") is None else _of_type(entry, schemas, "props")


@entry_rule("ENTRY-PROPS-EMPTY", applies=lists_relations)
def an_entry_without_properties_has_props(entry: Entry, schemas: Schemas) -> Mismatch:
    """An entry without properties has an empty object as its `props`."""
    return _of_type(entry, schemas, "props") if entry.get("props") is None else None


@entry_rule("ENTRY-PROPS-VALUE", applies=lists_relations)
def properties_hold_a_value(entry: Entry, schemas: Schemas) -> Mismatch:
    """Every property is an object that has what the contract requires of one."""
    props = entry.get("props")
    required = schemas["props"]["additionalProperties"]["required"]
    for name, item in props.items() if isinstance(props, dict) else ():
        if not isinstance(item, dict) or not set(required) <= set(item):
            return f"each property an object with {' and '.join(required)}", f"property {name!r} is {item!r}"
    return None


@entry_rule("ENTRY-IDENTIFIER-FORM", applies=lists_relations)
def identifiers_have_their_form(entry: Entry, schemas: Schemas) -> Mismatch:
    """Both identifiers have the form of the contract."""
    return _of_form(entry, schemas, ("profile_id_a", "profile_id_b"))


@entry_rule("ENTRY-HASH-FORM", applies=lists_relations)
def hashes_have_their_form(entry: Entry, schemas: Schemas) -> Mismatch:
    """Both hashes have the form of the contract."""
    return _of_form(entry, schemas, ("xxh_a", "xxh_b"))


@entry_rule("ENTRY-HASH-A", applies=lists_relations)
def xxh_a_is_the_hash_of_profile_a(entry: Entry, schemas: Schemas) -> Mismatch:
    """`xxh_a` is made of `profile_id_a`."""
    del schemas
    return _hash_of(entry, "profile_id_a", "xxh_a")


@entry_rule("ENTRY-HASH-B", applies=lists_relations)
def xxh_b_is_the_hash_of_profile_b(entry: Entry, schemas: Schemas) -> Mismatch:
    """`xxh_b` is made of `profile_id_b`."""
    del schemas
    return _hash_of(entry, "profile_id_b", "xxh_b")


@rule("ENTRY-ONCE", applies=lists_relations)
def relations_are_listed_once(exchange: Exchange) -> Mismatch:
    """No two entries are the same."""
    entries = (exchange.reply.entries if exchange.reply else None) or ()
    twice = [text for text, count in Counter(map(canonical, entries)).items() if count > 1]
    return ("each relation once", f"{twice[0]} is listed more than once") if twice else None


@rule("TOTAL-COUNT-ENTRIES", applies=success)
def total_count_counts_the_entries(exchange: Exchange) -> Mismatch:
    """`total_count` is the number of entries."""
    reply = exchange.reply
    if reply is None or reply.entries is None or not is_integer(reply.total) or reply.total == len(reply.entries):
        return None
    if reply.total > len(reply.entries):
        return f"all {reply.total} relations in `data`", f"the list was cut: {len(reply.entries)} of {reply.total}"
    return f"`total_count` {len(reply.entries)}, the number of entries", f"`total_count` is {reply.total}"


@check("ENTRY-A-IS-THE-PROFILE-FOUND")
def profile_id_a_is_the_profile_found(ask: CheckContext) -> Iterator[Case]:
    """Every entry names the profile that was asked for as its `profile_id_a`, also where that is another's B."""
    for selector in ask.some(ask.known.selectors):
        yield from _owned(ask.finds(selector).exchange, selector.profile.profile_id)
    for profile in ask.known.profiles[: min(MOST_ASKED_BACK, ask.effort.voters)]:
        for selector in ask.known.of(profile, Origin.IDENTIFIER)[:1]:
            yield from _asked_back(ask, selector)


def _asked_back(ask: CheckContext, selector: Selector) -> Iterator[Case]:
    """Asks for the profile that a known relation leads to; the relation is not that profile's own."""
    reply = ask.finds(selector).exchange.reply
    others = [item.get("profile_id_b") for item in (reply.entries if reply else None) or () if isinstance(item, dict)]
    for other in others[:1]:
        if isinstance(other, str) and other.lower() != selector.profile.profile_id.lower():
            body = ask.body(selector.profile, selector.fields, **{IDENTIFIER: other})
            words = f"{selector.row.title}: the identifier of a profile that {selector.profile.key} is linked with"
            yield from _owned(ask.post(body, words), other)


def _owned(exchange: Exchange, found: str) -> Iterator[Case]:
    """Judges that all entries are of one profile; a reply without entries tells nothing."""
    if lists_relations(exchange) and exchange.reply is not None:
        failure = Failure(f"`profile_id_a` {found} in every entry", describe(exchange), exchange)
        yield Case(exchange, failure if exchange.reply.owners - {found.lower()} else None)


@check("TOTAL-COUNT-EXPECTED", last=True)
def all_known_relations_are_counted(ask: CheckContext) -> Iterator[Case]:
    """As many relations are counted and listed as the tester knows the profile to have."""
    for profile in ask.known.profiles:
        if profile.expected_total is None:
            continue
        exchanges = [ask.finds(selector).exchange for selector in ask.known.of(profile, Origin.IDENTIFIER)]
        exchange = next((item for item in exchanges if success(item)), exchanges[0])
        failure = _miscounted(exchange, profile.expected_total)
        if failure is None or not ask.baselines.moved:  # what a tester counted says little of data that changes
            yield Case(exchange, failure)


def _miscounted(exchange: Exchange, expected: int) -> Failure | None:
    reply = exchange.reply
    listed = None if reply is None or reply.entries is None else len(reply.entries)
    if reply is not None and reply.is_success and expected in (listed, reply.total) and listed in (expected, None):
        return None
    return Failure(f"{expected} relation{'' if expected == 1 else 's'}", describe(exchange), exchange)
