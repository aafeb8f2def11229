"""Faults in identifiers and hashes, and in which side of a relation is which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from xxhash import xxh3_64_hexdigest, xxh32_hexdigest, xxh64_hexdigest

from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profile_relations_server.service.match import Ids
    from profile_relations_server.service.messages import Body, Json
    from profile_relations_server.world.model import Relation


@breaks("ENTRY-IDENTIFIER-FORM")
class IdentifiersInCapitals(Service):
    """Identifiers in a reply have capital letters."""

    def identifier(self, profile_id: str) -> str:
        return profile_id.upper()


@breaks("ENTRY-IDENTIFIER-FORM")
class IdentifiersWithDashes(Service):
    """Identifiers in a reply are grouped with dashes."""

    def identifier(self, profile_id: str) -> str:
        return "-".join((profile_id[:8], profile_id[8:16], profile_id[16:]))


@breaks("ENTRY-IDENTIFIER-FORM")
class IdentifierBWithDatabase(Service):
    """`profile_id_b` begins with the number of the database."""

    def entry(self, relation: Relation) -> Body:
        return super().entry(relation) | {"profile_id_b": f"{relation.db_b}:{relation.profile_id_b}"}


@breaks("ENTRY-HASH-FORM")
class HashesInCapitals(Service):
    """Hashes have capital letters."""

    def hash_of(self, profile_id: str) -> str:
        return super().hash_of(profile_id).upper()


@breaks("ENTRY-HASH-FORM")
class HashesWithoutLeadingZeros(Service):
    """Hashes lack the zeros that they begin with."""

    def hash_of(self, profile_id: str) -> str:
        return super().hash_of(profile_id).lstrip("0")


@breaks("ENTRY-HASH-FORM")
class HashesWithPrefix(Service):
    """Hashes begin with 0x."""

    def hash_of(self, profile_id: str) -> str:
        return "0x" + super().hash_of(profile_id)


@breaks("ENTRY-HASH-FORM", "ENTRY-HASH-A", "ENTRY-HASH-B")
class ShortHashes(Service):
    """Hashes are the 32-bit kind, of eight digits."""

    def hash_of(self, profile_id: str) -> str:
        return xxh32_hexdigest(profile_id.encode())


@breaks("ENTRY-HASH-A", "ENTRY-HASH-B")
class HashesOfBytes(Service):
    """Hashes are of the twelve bytes that an identifier's digits stand for."""

    def hash_of(self, profile_id: str) -> str:
        return xxh64_hexdigest(bytes.fromhex(profile_id))


@breaks("ENTRY-HASH-A", "ENTRY-HASH-B")
class HashesSwapped(Service):
    """`xxh_a` and `xxh_b` have changed places."""

    def hash_a(self, relation: Relation) -> Json:
        return super().hash_b(relation)

    def hash_b(self, relation: Relation) -> Json:
        return super().hash_a(relation)


@breaks("ENTRY-HASH-A")
class HashAWithSeed(Service):
    """`xxh_a` is made with another seed."""

    def hash_a(self, relation: Relation) -> Json:
        return xxh64_hexdigest(relation.profile_id_a.encode(), seed=1)


@breaks("ENTRY-HASH-A")
class HashAWithType(Service):
    """`xxh_a` is of the identifier with the type of the relation behind it."""

    def hash_a(self, relation: Relation) -> Json:
        return self.hash_of(f"{relation.profile_id_a}:{relation.rel_id}")


@breaks("ENTRY-HASH-B")
class HashBIsHashA(Service):
    """`xxh_b` is the hash of profile A too."""

    def hash_b(self, relation: Relation) -> Json:
        return self.hash_of(relation.profile_id_a)


@breaks("ENTRY-HASH-B")
class HashBOfAnotherKind(Service):
    """`xxh_b` is made by the newer function of the same library."""

    def hash_b(self, relation: Relation) -> Json:
        return xxh3_64_hexdigest(relation.profile_id_b.encode())


@breaks("ENTRY-HASH-B")
class HashBBackwards(Service):
    """`xxh_b` has its bytes in the order of the machine."""

    def hash_b(self, relation: Relation) -> Json:
        return bytes.fromhex(self.hash_of(relation.profile_id_b))[::-1].hex()


@breaks("ENTRY-A-IS-THE-PROFILE-FOUND")
class SidesSwapped(Service):
    """Profile A stands as B and profile B as A, each with its hash."""

    def entry(self, relation: Relation) -> Body:
        return super().entry(replace(relation, profile_id_a=relation.profile_id_b, profile_id_b=relation.profile_id_a))


@breaks("ENTRY-A-IS-THE-PROFILE-FOUND", "TOTAL-COUNT-EXPECTED")
class RelationsOfBothSides(Service):
    """Relations are listed too that the profile initiated, with the other profile as A."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        initiated = [
            item for item in self.store.all_relations() if item.rel_id == rel_id and item.profile_id_b == profile_id
        ]
        return [*super().relations_of(rel_id, profile_id), *initiated]


@breaks("ENTRY-A-IS-THE-PROFILE-FOUND")
class OneLooksLikeAnother(Service):
    """`profile_id_a` of every entry is that of the first profile of the world, which a template held."""

    def entry(self, relation: Relation) -> Body:
        first = self.store.profiles()[0].profile_id
        return super().entry(relation) | {"profile_id_a": first, "xxh_a": self.hash_of(first)}


@breaks("ENTRY-IDENTIFIER-FORM")
class IdentifierBInCapitals(Service):
    """`profile_id_b` has capital letters, and its hash is made of these."""

    def entry(self, relation: Relation) -> Body:
        shown = relation.profile_id_b.upper()
        return super().entry(relation) | {"profile_id_b": shown, "xxh_b": self.hash_of(shown)}


@breaks("ENTRY-A-IS-THE-PROFILE-FOUND")
class EitherSide(Service):
    """The identifier of a profile finds the relations that lead to it too, and shows them from their other side."""

    def find_by_profile_id(self, body: Body) -> Ids:
        found = super().find_by_profile_id(body)
        rows = self.store.all_relations()
        asked = body["profile_id"], body["rel_id"]
        sides = [row.profile_id_a for row in rows if (row.profile_id_b, row.rel_id) == asked]
        return found or sides[:1]
