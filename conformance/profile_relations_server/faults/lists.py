"""Faults in what is listed and counted: rows that are lost, come twice, or are of another type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profile_relations_server.service.messages import Found, Json
    from profile_relations_server.world.model import Relation

PAGE = 100


@breaks("ENTRY-ONCE", "TOTAL-COUNT-EXPECTED")
class OncePerSubscription(Service):
    """A relation is listed once for each subscription of the profile, since the query joins them."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        holder = next(item for item in self.store.profiles() if item.profile_id == profile_id)
        return [*super().relations_of(rel_id, profile_id)] * max(1, len(holder.subscriptions))


@breaks("ENTRY-ONCE", "TOTAL-COUNT-ENTRIES")
class LastEntryTwice(Service):
    """The last entry is listed a second time, though it counts once."""

    def in_order(self, relations: Sequence[Relation]) -> Sequence[Relation]:
        return [*super().in_order(relations), *relations[-1:]]


@breaks("ENTRY-ONCE", "TOTAL-COUNT-EXPECTED")
class RowOnPageBorderTwice(Service):
    """The row on the border of two pages of a hundred is listed on both."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        rows = super().relations_of(rel_id, profile_id)
        return [*rows[:PAGE], *rows[PAGE - 1 :]]


@breaks("TOTAL-COUNT-ENTRIES")
class CountsAllTypes(Service):
    """`total_count` counts the profile's relations of all types."""

    def total_count(self, found: Found) -> Json:
        return sum(item.profile_id_a == found.profile_id for item in self.store.all_relations())


@breaks("TOTAL-COUNT-ENTRIES")
class CountsDatabases(Service):
    """`total_count` counts the databases of the profiles B."""

    def total_count(self, found: Found) -> Json:
        return len({item.db_b for item in found.relations})


@breaks("TOTAL-COUNT-ENTRIES")
class CountsFromZero(Service):
    """`total_count` is the position of the last entry."""

    def total_count(self, found: Found) -> Json:
        return max(0, len(found.relations) - 1)


@breaks("TOTAL-COUNT-ENTRIES")
class CountsBothSides(Service):
    """`total_count` counts the relations too that the profile initiated."""

    def total_count(self, found: Found) -> Json:
        own = [item for item in self.store.all_relations() if item.rel_id == found.rel_id]
        return sum(found.profile_id in {item.profile_id_a, item.profile_id_b} for item in own)


@breaks("TOTAL-COUNT-ENTRIES")
class PageOfAHundred(Service):
    """No more than a hundred entries are listed, and all are counted."""

    def in_order(self, relations: Sequence[Relation]) -> Sequence[Relation]:
        return super().in_order(relations)[:PAGE]


@breaks("TOTAL-COUNT-EXPECTED")
class LimitOfAHundred(Service):
    """The query reads no more than a hundred rows."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        return super().relations_of(rel_id, profile_id)[:PAGE]


@breaks("TOTAL-COUNT-EXPECTED")
class WithoutPropsLeftOut(Service):
    """A relation without properties is left out, since the query joins them."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        return [item for item in super().relations_of(rel_id, profile_id) if item.props]


@breaks("TOTAL-COUNT-EXPECTED")
class OwnDatabaseLeftOut(Service):
    """A relation is left out whose profile B lives in the database of profile A."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        homes = {item.database for item in self.store.profiles() if item.profile_id == profile_id}
        return [item for item in super().relations_of(rel_id, profile_id) if item.db_b not in homes]


@breaks("TOTAL-COUNT-EXPECTED")
class OnePerDatabase(Service):
    """One relation is listed for each database, since the query groups by it."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        return list({item.db_b: item for item in super().relations_of(rel_id, profile_id)}.values())


@breaks("TOTAL-COUNT-EXPECTED")
class LastRowLost(Service):
    """The last of several rows is lost, since the loop ends one too early."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        rows = super().relations_of(rel_id, profile_id)
        return rows[:-1] if len(rows) > 1 else rows


@breaks("ENTRY-ONCE")
class OncePerItemOfAProperty(Service):
    """A relation is listed once for each item of a property that holds a list, since the query joins them."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        rows = super().relations_of(rel_id, profile_id)
        return [row for row in rows for _ in range(self._longest(row))]

    @staticmethod
    def _longest(row: Relation) -> int:
        values = [item["value"] for item in row.props.values() if isinstance(item["value"], list)]
        return max([1, *map(len, values)])
