"""Writes the parts of a world as they stand in a world file: what `world_reader` makes of it is the same again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profile_relations_server.world.model import Profile, Relation

Json = Any

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def encode(value: Json) -> str:
    """Writes JSON without spaces."""
    return _encode(value)


def plain_profile(profile: Profile) -> Mapping[str, Json]:
    """Gives the entry of a profile, without the keys that it has nothing for."""
    plain: dict[str, Json] = {"profile_id": profile.profile_id, "database": profile.database}
    if profile.email is not None:
        plain["email"] = profile.email
    if profile.phones:
        plain["phones"] = profile.phones
    if profile.fields:
        plain["fields"] = profile.fields
    if profile.subscriptions:
        plain["subscriptions"] = [
            {"resource_id": item.resource_id, "channel": item.channel, "address": item.address}
            for item in profile.subscriptions
        ]
    return plain


def plain_relation(relation: Relation) -> Mapping[str, Json]:
    """Gives the entry of a relation, without properties where it has none."""
    plain: dict[str, Json] = {
        "rel_id": relation.rel_id,
        "profile_id_a": relation.profile_id_a,
        "profile_id_b": relation.profile_id_b,
        "db_b": relation.db_b,
    }
    return plain | {"props": relation.props} if relation.props else plain
