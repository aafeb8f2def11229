"""Reads a world file and checks it: every value, no identifier twice, no relation of a profile that is not there.

Every error names the file, the place in it and what to do.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec

from profile_relations_server.errors import WorldError
from profile_relations_server.world.model import MOST_TAGS, Profile, Relation, World
from profile_relations_server.world.plain_data import check_json, read_plain_data
from profile_relations_server.world.schema_messages import explain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable

Json = Any

BUNDLED = "bundled-world.yaml"
TAG_SEPARATOR = ","


def load_world(path: Traversable | None = None) -> World:
    """Loads a world.

    Args:
        path: The file, in YAML or JSON; the bundled world where it is None.

    Raises:
        WorldError: If the file can't be read or breaks a rule of the format.
    """
    return _bundled() if path is None else _loaded(path)


@cache
def _bundled() -> World:
    return _loaded(files(__package__) / BUNDLED)


def _loaded(source: Traversable) -> World:
    plain = read_plain_data(source)
    try:
        return _world(plain)
    except WorldError as error:
        raise WorldError(f"{source}: {error}") from None


def read_world(plain: Json) -> World:
    """Makes a world of what a file holds.

    Args:
        plain: JSON data in the format of a world file.

    Raises:
        WorldError: If it breaks a rule of the format; the message names the place.
    """
    check_json(plain)
    return _world(plain)


def _world(plain: Json) -> World:
    plain = _without_nulls(plain)
    try:
        world = msgspec.convert(plain, World)
    except msgspec.ValidationError as error:
        raise explain(error, plain) from None
    if not world.tokens:
        raise WorldError("tokens: is empty; add a token, so that a request can succeed")
    _check_profiles(world.profiles)
    _check_relations(world.relations, {profile.profile_id for profile in world.profiles})
    return world


def _without_nulls(plain: Json) -> Json:
    """Leaves out the optional keys that hold null, which say the same as keys that are not there."""
    if not isinstance(plain, dict):
        return plain
    given = _given(plain, World)
    for key, kind in (("profiles", Profile), ("relations", Relation)):
        if isinstance(given.get(key), list):
            given[key] = [_given(entry, kind) if isinstance(entry, dict) else entry for entry in given[key]]
    return given


def _given(entry: dict[str, Json], kind: type[msgspec.Struct]) -> dict[str, Json]:
    if None not in entry.values():
        return dict(entry)
    optional = kind.__struct_fields__[-len(kind.__struct_defaults__) :]
    return {key: value for key, value in entry.items() if value is not None or key not in optional}


def _check_profiles(profiles: Iterable[Profile]) -> None:
    found: set[str] = set()
    for number, profile in enumerate(profiles):
        place = f"profiles[{number}]"
        if profile.profile_id in found:
            raise WorldError(f"{place}.profile_id: {profile.profile_id} is also the identifier of another profile")
        found.add(profile.profile_id)
        _check_unique(profile.phones, f"{place}.phones")
        for name, value in profile.fields.items():
            if isinstance(value, tuple):
                _check_tags(value, f"{place}.fields.{name}")


def _check_unique(texts: tuple[str, ...], place: str) -> None:
    for number, text in enumerate(texts):
        if text in texts[:number]:
            raise WorldError(f"{place}[{number}]: {text!r} stands in this list twice; remove one")


def _check_tags(tags: tuple[str, ...], place: str) -> None:
    for number, tag in enumerate(tags):
        if TAG_SEPARATOR in tag or tag.strip() != tag:
            raise WorldError(
                f"{place}[{number}]: {tag!r} can't be searched: a tag has no comma, and no space around it"
            )
    if len(tags) > MOST_TAGS:
        raise WorldError(f"{place}: has {len(tags)} tags; a tag field holds at most {MOST_TAGS}")
    _check_unique(tags, place)


def _check_relations(relations: Iterable[Relation], known: set[str]) -> None:
    found: set[tuple[int, str, str]] = set()
    for number, item in enumerate(relations):
        place = f"relations[{number}]"
        if item.profile_id_a not in known:
            raise WorldError(
                f"{place}.profile_id_a: {item.profile_id_a} is not a profile in this file; "
                "add it under profiles, or remove the relation"
            )
        for name, held in item.props.items():
            if "value" not in held:
                raise WorldError(f"{place}.props.{name}: must be a mapping that holds the value; write {{value: …}}")
        key = (item.rel_id, item.profile_id_a, item.profile_id_b)
        if key in found:
            raise WorldError(f"{place}: repeats an earlier relation between the same profiles; remove one")
        found.add(key)
