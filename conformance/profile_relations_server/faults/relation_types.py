"""Faults in `rel_id`: whether it must be there, what it may be, and what it selects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profile_relations_server.contract import Row
    from profile_relations_server.service.messages import Body
    from profile_relations_server.world.model import Relation

_LARGEST_COLUMN = 2**31


@breaks("REL-ID-MISSING", "CONTRACT-INCOMPLETE")
class DefaultType(Service):
    """A missing `rel_id` means the first type of relation."""

    def validate(self, body: Body) -> Row:
        body.setdefault("rel_id", self.store.all_relations()[0].rel_id)
        return super().validate(body)


@breaks("REL-ID-MISSING")
class TypeForgottenInCustom(Service):
    """A missing `rel_id` means the first type in a search by custom field; the check was forgotten there."""

    def validate(self, body: Body) -> Row:
        if body.get("matching") == "custom":
            body.setdefault("rel_id", self.store.all_relations()[0].rel_id)
        return super().validate(body)


@breaks("REL-ID-TYPE")
class TypeAsDigits(Service):
    """A `rel_id` of digits in a string is read as the number."""

    def validate(self, body: Body) -> Row:
        rel_id = body.get("rel_id")
        if isinstance(rel_id, str) and rel_id.isdecimal():
            body["rel_id"] = int(rel_id[:20])
        return super().validate(body)


@breaks("REL-ID-TYPE")
class TypeIsCutOff(Service):
    """A `rel_id` with a fraction is cut to an integer."""

    def validate(self, body: Body) -> Row:
        rel_id = body.get("rel_id")
        if isinstance(rel_id, float) and abs(rel_id) < 2**53:
            body["rel_id"] = int(rel_id)
        return super().validate(body)


@breaks("REL-ID-TYPE")
class TrueIsOne(Service):
    """A `rel_id` of `true` is the number 1, as it is to the language."""

    def validate(self, body: Body) -> Row:
        if isinstance(body.get("rel_id"), bool):
            body["rel_id"] = int(body["rel_id"])
        return super().validate(body)


@breaks("REL-ID-TYPE")
class NullTypeIsZero(Service):
    """A `rel_id` of null is the number 0."""

    def validate(self, body: Body) -> Row:
        if "rel_id" in body and body["rel_id"] is None:
            body["rel_id"] = 0
        return super().validate(body)


@breaks("REL-ID-TYPE")
class TypeInAnArray(Service):
    """An array for `rel_id` is read as its first element."""

    def validate(self, body: Body) -> Row:
        if isinstance(body.get("rel_id"), list) and body["rel_id"]:
            body["rel_id"] = body["rel_id"][0]
        return super().validate(body)


@breaks("REL-ID-SELECTS", "REL-ID-WITHOUT-RELATIONS", "TOTAL-COUNT-EXPECTED")
class AllTypesListed(Service):
    """Relations of all types are listed, whatever `rel_id` says."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        return [item for item in self.store.all_relations() if item.profile_id_a == profile_id]


@breaks("REL-ID-SELECTS", "REL-ID-WITHOUT-RELATIONS")
class FirstTypeListed(Service):
    """The relations of the profile's first type are listed, whatever `rel_id` says."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        rows = [item for item in self.store.all_relations() if item.profile_id_a == profile_id]
        return [item for item in rows if item.rel_id == rows[0].rel_id]


@breaks("REL-ID-WITHOUT-RELATIONS")
class AnotherTypeForNone(Service):
    """Where the profile has no relation of the type, those of another type are listed."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        rows = [item for item in self.store.all_relations() if item.profile_id_a == profile_id]
        return super().relations_of(rel_id, profile_id) or [item for item in rows if item.rel_id == rows[0].rel_id]


@breaks("ROBUST-NUMBERS", "CONTRACT-ALLOWED")
class TypeWithoutSign(Service):
    """A negative `rel_id` counts as the positive one, since the column has no sign."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        return super().relations_of(abs(rel_id), profile_id)


@breaks("ROBUST-NUMBERS", "REL-ID-WITHOUT-RELATIONS")
class LargeTypeIsEveryType(Service):
    """A `rel_id` that does not fit the column is left out of the query."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        if abs(rel_id) < 2**31:
            return super().relations_of(rel_id, profile_id)
        return [item for item in self.store.all_relations() if item.profile_id_a == profile_id]


@breaks("REL-ID-SELECTS")
class TypeFallsThrough(Service):
    """The branch of type 8 falls through to that of type 2, whose relations win where there are any."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        rows = super().relations_of(rel_id, profile_id)
        return (super().relations_of(2, profile_id) or rows) if rel_id == 8 else rows


@breaks("REL-ID-WITHOUT-RELATIONS")
class TypeWithoutTableIsEveryType(Service):
    """A `rel_id` for which there is no table of relations is read from the table of all."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        everything = self.store.all_relations()
        if not 0 < rel_id < _LARGEST_COLUMN or any(item.rel_id == rel_id for item in everything):
            return super().relations_of(rel_id, profile_id)
        return [item for item in everything if item.profile_id_a == profile_id]


@breaks("REL-ID-TYPE")
class TypeBeginsWithDigits(Service):
    """A `rel_id` of text is read as far as it has digits, space before them apart."""

    def validate(self, body: Body) -> Row:
        rel_id = body.get("rel_id")
        if isinstance(rel_id, str) and rel_id.strip()[:1].isdecimal() and not rel_id.isdecimal():
            body["rel_id"] = int("".join(item for item in rel_id[:20] if item.isdecimal()))
        return super().validate(body)


@breaks("REL-ID-WITHOUT-RELATIONS", "ROBUST-NUMBERS")
class TypeZeroIsEveryType(Service):
    """A `rel_id` of 0 means the relations of all types."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        if rel_id:
            return super().relations_of(rel_id, profile_id)
        return [item for item in self.store.all_relations() if item.profile_id_a == profile_id]


@breaks("REL-ID-WITHOUT-RELATIONS", "ROBUST-NUMBERS")
class NegativeTypeIsEveryType(Service):
    """A negative `rel_id` means the relations of all types, as -1 does in other calls."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        if rel_id >= 0:
            return super().relations_of(rel_id, profile_id)
        return [item for item in self.store.all_relations() if item.profile_id_a == profile_id]
