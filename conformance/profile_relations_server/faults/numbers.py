"""Faults in how numbers are compared: by the width of a register, by identity, or by what a text would be as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profile_relations_server.service.match import Ids
    from profile_relations_server.world.model import Relation

# A language keeps one object for each number up to this one, so that two of them are the same.
_KEPT = 127


def _wrapped(number: int, bits: int) -> int:
    """Gives what is left of a number in a register of so many bits."""
    half = 1 << bits - 1
    return (number + half) % (1 << bits) - half


@breaks("REL-ID-WITHOUT-RELATIONS", "ROBUST-NUMBERS")
class TypeIsCutToAnInt(Service):
    """A `rel_id` is cut to 32 bits, so that 2 and 2 + 2³² are one type."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        return super().relations_of(_wrapped(rel_id, 32), profile_id)


@breaks("REL-ID-WITHOUT-RELATIONS", "ROBUST-NUMBERS")
class TypeIsCutToALong(Service):
    """A `rel_id` is cut to 64 bits, so that 2 and 2 + 2⁶⁴ are one type."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        return super().relations_of(_wrapped(rel_id, 64), profile_id)


@breaks("MATCH-CUSTOM-NUMBER")
class NumbersAreComparedByIdentity(Service):
    """A number over 127 is not found, since two large numbers are never the same object."""

    def number_in_field(self, name: str, number: int) -> Ids:
        return super().number_in_field(name, number) if abs(number) <= _KEPT else []


@breaks("MATCH-CUSTOM-NUMBER")
class NumberIsCutToAnInt(Service):
    """A number that does not fit into 32 bits is cut before it is searched."""

    def number_in_field(self, name: str, number: int) -> Ids:
        return super().number_in_field(name, _wrapped(number, 32))


@breaks("SELECTOR-EMPTY")
class EmptyTextEqualsZero(Service):
    """An empty `field_value` finds the number 0, as a loose comparison does."""

    def text_in_field(self, name: str, text: str) -> Ids:
        return super().text_in_field(name, text) if text else super().number_in_field(name, 0)


@breaks("SELECTOR-UNKNOWN")
class PhoneIsReadAsANumber(Service):
    """A phone number is read as a number, so that `7.9161234567e10` is one."""

    def phones_in_profile_data(self, number: str) -> Ids:
        try:
            value = float(number)
        except ValueError:
            return super().phones_in_profile_data(number)
        return super().phones_in_profile_data(f"+{value:.0f}" if abs(value) < 2**53 else number)
