"""The world that the server serves: its tokens, profiles and relations, as read and checked from a file.

A world does not change while it is served.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = Any
FieldValue = str | int | tuple[str, ...]

# Of a tag field. A request is answered by one query, whose size is bounded so.
MOST_TAGS = 64
_INTEGER_BITS = 64


def fits_integer(number: int) -> bool:
    """Says whether a number is one that a world can hold: those of databases are signed and have 64 bits."""
    return -(1 << _INTEGER_BITS - 1) <= number < 1 << _INTEGER_BITS - 1


class Channel(StrEnum):
    """How a subscription reaches its subscriber: an e-mail address or a phone number."""

    EMAIL = "email"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class Subscription:
    """An address that is subscribed to a resource, beside the addresses in profile data (facts 5 and 9).

    Attributes:
        resource_id: The resource.
        channel: Whether the address is an e-mail address or a phone number.
        address: The address.
    """

    resource_id: int
    channel: Channel
    address: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer profile (facts 5, 6 and 8).

    Attributes:
        profile_id: 24 lower-case hexadecimal digits.
        database: The database that holds it.
        email: Its address in profile data, if it has one.
        phones: Its numbers in profile data.
        fields: Custom fields by name: a text, a whole number, or the tags of a tag field.
        subscriptions: Its addresses in subscriptions.
    """

    profile_id: str
    database: int
    email: str | None = None
    phones: tuple[str, ...] = ()
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    subscriptions: tuple[Subscription, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """A link from profile B to profile A (fact 11).

    Attributes:
        rel_id: The type of the relation.
        profile_id_a: The profile that it is directed to, which is a profile of this world.
        profile_id_b: The profile that initiated it, which may live elsewhere.
        db_b: The database that holds profile B.
        props: Each property's name with an object that holds its value (fact 16).
    """

    rel_id: int
    profile_id_a: str
    profile_id_b: str
    db_b: int
    props: Mapping[str, Mapping[str, Json]]


@dataclass(frozen=True, slots=True)
class World:
    """All that the server knows.

    Attributes:
        tokens: The tokens that give access. They are secrets, so no repr shows them.
        profiles: In the order of the file.
        relations: In the order of the file, which is the order of a reply.
    """

    tokens: tuple[str, ...] = field(repr=False)
    profiles: tuple[Profile, ...]
    relations: tuple[Relation, ...]
