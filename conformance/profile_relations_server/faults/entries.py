"""Faults in the members of an entry: their presence, their types, and what `props` looks like."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from profile_relations_server.faults.helpers import without
from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from profile_relations_server.service.messages import Body, Json
    from profile_relations_server.world.model import Relation

OWN_DATABASE = 5


@breaks("ENTRY-PROFILE-ID-A")
class ProfileIdALeftOut(Service):
    """An entry has no `profile_id_a`, since the caller knows it."""

    def entry(self, relation: Relation) -> Body:
        return without(super().entry(relation), "profile_id_a")


@breaks("ENTRY-PROFILE-ID-A", "ENTRY-A-IS-THE-PROFILE-FOUND")
class ProfileIdAAsDocument(Service):
    """`profile_id_a` is an object, as the document database prints its identifiers."""

    def entry(self, relation: Relation) -> Body:
        return super().entry(relation) | {"profile_id_a": {"$oid": relation.profile_id_a}}


@breaks("ENTRY-PROFILE-ID-B")
class ProfileIdBAsDocument(Service):
    """`profile_id_b` is an object, as the document database prints its identifiers."""

    def entry(self, relation: Relation) -> Body:
        return super().entry(relation) | {"profile_id_b": {"$oid": relation.profile_id_b}}


@breaks("ENTRY-PROFILE-ID-B")
class ProfileIdBLeftOutAtHome(Service):
    """An entry whose profile B lives in database A has no `profile_id_b`."""

    def entry(self, relation: Relation) -> Body:
        entry = super().entry(relation)
        return without(entry, "profile_id_b") if relation.db_b == OWN_DATABASE else entry


@breaks("ENTRY-XXH-A", "ENTRY-HASH-A")
class XxhAAsNumber(Service):
    """`xxh_a` is the hash as a number."""

    def hash_a(self, relation: Relation) -> Json:
        return int(self.hash_of(relation.profile_id_a), 16)


@breaks("ENTRY-XXH-A")
class XxhALeftOut(Service):
    """An entry has no `xxh_a`."""

    def entry(self, relation: Relation) -> Body:
        return without(super().entry(relation), "xxh_a")


@breaks("ENTRY-XXH-B", "ENTRY-HASH-B")
class XxhBAsNumber(Service):
    """`xxh_b` is the hash as a number."""

    def hash_b(self, relation: Relation) -> Json:
        return int(self.hash_of(relation.profile_id_b), 16)


@breaks("ENTRY-XXH-B")
class XxhBNullAbroad(Service):
    """`xxh_b` is null where profile B lives in another database, whose hashes were never computed."""

    def hash_b(self, relation: Relation) -> Json:
        return super().hash_b(relation) if relation.db_b == OWN_DATABASE else None


@breaks("ENTRY-DB-B")
class DbBAsText(Service):
    """`db_b` is a string of digits."""

    def database(self, relation: Relation) -> Json:
        return str(relation.db_b)


@breaks("ENTRY-DB-B")
class DbBLeftOutAtHome(Service):
    """An entry whose profile B lives in database A has no `db_b`."""

    def entry(self, relation: Relation) -> Body:
        entry = super().entry(relation)
        return without(entry, "db_b") if relation.db_b == OWN_DATABASE else entry


@breaks("ENTRY-DB-B")
class DbBAsObject(Service):
    """`db_b` is an object that describes the database."""

    def database(self, relation: Relation) -> Json:
        return {"id": relation.db_b, "name": f"database {relation.db_b}"}


@breaks("ENTRY-PROPS")
class EmptyPropsAreAList(Service):
    """`props` without properties is an empty array, as a language prints it that knows only one kind of array."""

    def props(self, relation: Relation) -> Json:
        return relation.props or []


@breaks("ENTRY-PROPS-EMPTY")
class EmptyPropsAreLeftOut(Service):
    """An entry without properties has no `props`."""

    def entry(self, relation: Relation) -> Body:
        entry = super().entry(relation)
        return entry if entry["props"] else without(entry, "props")


@breaks("ENTRY-PROPS-EMPTY")
class EmptyPropsAreNull(Service):
    """`props` without properties is null."""

    def props(self, relation: Relation) -> Json:
        return relation.props or None


@breaks("ENTRY-PROPS", "ENTRY-PROPS-VALUE")
class PropsAsText(Service):
    """`props` is the JSON text that the database column holds."""

    def props(self, relation: Relation) -> Json:
        return json.dumps(relation.props)


@breaks("ENTRY-PROPS", "ENTRY-PROPS-VALUE")
class PropsAsPairs(Service):
    """`props` is an array of names with their values."""

    def props(self, relation: Relation) -> Json:
        return [{"name": name, **held} for name, held in relation.props.items()]


@breaks("ENTRY-PROPS-VALUE")
class PropsUnwrapped(Service):
    """A property is its value alone."""

    def props(self, relation: Relation) -> Json:
        return {name: held["value"] for name, held in relation.props.items()}


@breaks("ENTRY-PROPS-VALUE")
class NullValuesLeftOut(Service):
    """A property whose value is null is an empty object, as serializers write it that skip nulls."""

    def props(self, relation: Relation) -> Json:
        return {name: {} if held["value"] is None else held for name, held in relation.props.items()}


@breaks("ENTRY-PROPS-VALUE")
class ValueCalledData(Service):
    """The value of a property is called `data`."""

    def props(self, relation: Relation) -> Json:
        return {name: {"data": held["value"]} for name, held in relation.props.items()}
