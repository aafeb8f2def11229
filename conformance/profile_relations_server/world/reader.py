"""Reads a world file and checks it: every value, no identifier twice, no relation of a profile that is not there.

Every error names the file, the entry in it and what to do.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from profile_relations_server.errors import WorldError
from profile_relations_server.world.model import MOST_TAGS, Channel, Profile, Relation, Subscription, World
from profile_relations_server.world.plain_data import read_plain_data
from profile_relations_server.world.schema_messages import Entry

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping
    from importlib.resources.abc import Traversable

    from profile_relations_server.world.model import FieldValue, Json

BUNDLED = "bundled-world.yaml"
TAG_SEPARATOR = ","


def load_world(path: Traversable | None = None) -> World:
    """Loads a world.

    Args:
        path: The file, in YAML or JSON; the bundled world where it is None.

    Raises:
        WorldError: If the file can't be read or breaks a rule of the format.
    """
    source = files(__package__) / BUNDLED if path is None else path
    plain = read_plain_data(source)
    try:
        return read_world(plain)
    except WorldError as error:
        raise WorldError(f"{source}: {error}") from None


def read_world(plain: Json) -> World:
    """Makes a world of what a file holds.

    Args:
        plain: JSON data in the format of a world file.

    Raises:
        WorldError: If it breaks a rule of the format; the message names the entry.
    """
    root = Entry(plain)
    root.keys(("tokens", "profiles"), ("relations",))
    tokens = tuple(item.text() for item in root.at("tokens", secret=True).items())
    if not tokens:
        raise root.at("tokens").error("is empty, so no request could succeed; add a token")
    profiles = _profiles(root.at("profiles"))
    known = {profile.profile_id for profile in profiles}
    relations = _relations(root.at("relations"), known) if root.has("relations") else ()
    return World(tokens=tokens, profiles=profiles, relations=relations)


def _profiles(entries: Entry) -> tuple[Profile, ...]:
    found: dict[str, Profile] = {}
    for entry in entries.items():
        profile = read_profile(entry)
        if profile.profile_id in found:
            raise entry.at("profile_id").error(f"{profile.profile_id} is the identifier of another profile too")
        found[profile.profile_id] = profile
    return tuple(found.values())


def read_profile(entry: Entry) -> Profile:
    """Makes a profile of an entry of a world file.

    Args:
        entry: One of `profiles`.

    Raises:
        WorldError: If it breaks a rule of the format.
    """
    entry.keys(("profile_id", "database"), ("email", "phones", "fields", "subscriptions"))
    return Profile(
        profile_id=entry.at("profile_id").identifier(),
        database=entry.at("database").integer(),
        email=entry.at("email").text() if entry.has("email") else None,
        phones=_texts(entry.at("phones")) if entry.has("phones") else (),
        fields=_fields(entry.at("fields")) if entry.has("fields") else {},
        subscriptions=_subscriptions(entry.at("subscriptions")) if entry.has("subscriptions") else (),
    )


def _texts(entries: Entry) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for entry in entries.items():
        if entry.text() in found:
            raise entry.error(f"{entry.text()!r} stands in this list twice; remove one")
        found[entry.text()] = None
    return tuple(found)


def _fields(entries: Entry) -> Mapping[str, FieldValue]:
    return {name: _field_value(entry) for name, entry in entries.pairs()}


def _field_value(entry: Entry) -> FieldValue:
    if isinstance(entry.value, list):
        return _tags(entry)
    return entry.text() if isinstance(entry.value, str) else entry.integer()


def _tags(entries: Entry) -> tuple[str, ...]:
    for entry in entries.items():
        tag = entry.text()
        if TAG_SEPARATOR in tag or tag.strip() != tag:
            raise entry.error(f"{tag!r} can't be searched: a tag has no comma, and no space around it")
    tags = _texts(entries)
    if len(tags) > MOST_TAGS:
        raise entries.error(f"has {len(tags)} tags; a tag field holds at most {MOST_TAGS}")
    return tags


def _subscriptions(entries: Entry) -> tuple[Subscription, ...]:
    return tuple(_subscription(entry) for entry in entries.items())


def _subscription(entry: Entry) -> Subscription:
    entry.keys(("resource_id", "channel", "address"))
    channel = entry.at("channel").text()
    if channel not in list(Channel):
        raise entry.at("channel").error(f"{channel!r} is no channel; write {' or '.join(Channel)}")
    return Subscription(entry.at("resource_id").integer(), Channel(channel), entry.at("address").text())


def _relations(entries: Entry, known: Container[str]) -> tuple[Relation, ...]:
    found: dict[tuple[int, str, str], Relation] = {}
    for entry in entries.items():
        relation = _relation(entry)
        if relation.profile_id_a not in known:
            raise entry.at("profile_id_a").error(
                f"{relation.profile_id_a} is no profile of this file; add it under profiles, or remove the relation"
            )
        key = (relation.rel_id, relation.profile_id_a, relation.profile_id_b)
        if key in found:
            raise entry.error("links two profiles that an earlier relation of the type links already; remove one")
        found[key] = relation
    return tuple(found.values())


def _relation(entry: Entry) -> Relation:
    entry.keys(("rel_id", "profile_id_a", "profile_id_b", "db_b"), ("props",))
    return Relation(
        rel_id=entry.at("rel_id").integer(),
        profile_id_a=entry.at("profile_id_a").identifier(),
        profile_id_b=entry.at("profile_id_b").identifier(),
        db_b=entry.at("db_b").integer(),
        props=_props(entry.at("props").pairs()) if entry.has("props") else {},
    )


def _props(pairs: Iterable[tuple[str, Entry]]) -> Mapping[str, Mapping[str, Json]]:
    found = {}
    for name, entry in pairs:
        if not isinstance(entry.value, dict) or "value" not in entry.value:
            raise entry.error("must be a mapping that holds the property's value; write {value: …}")
        found[name] = entry.json()
    return found
