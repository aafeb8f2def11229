"""The world that the server serves: its tokens, profiles and relations, with the rules of each value.

The same classes are the format of a world file. A world does not change while it is served.
"""

from __future__ import annotations

# These are read at run time too, for the rules of a world file.
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from msgspec import Meta, Struct, field

Json = Any

# Those of databases are signed and have 64 bits.
_LEAST, _MOST = -(1 << 63), (1 << 63) - 1
# Of a tag field. A request is answered by one query, whose size is bounded so.
MOST_TAGS = 64

Text = Annotated[str, Meta(min_length=1)]
Whole = Annotated[int, Meta(ge=_LEAST, le=_MOST)]
Identifier = Annotated[str, Meta(pattern=r"\A[0-9a-f]{24}\Z")]
FieldValue = Text | Whole | tuple[Text, ...]
Property = Mapping[Text, Json]


def fits_integer(number: int) -> bool:
    """Says whether a number is one that a world can hold."""
    return _LEAST <= number <= _MOST


class Channel(StrEnum):
    """How a subscription reaches its subscriber: an e-mail address or a phone number."""

    EMAIL = "email"
    SMS = "sms"


class Subscription(Struct, frozen=True, forbid_unknown_fields=True):
    """An address that is subscribed to a resource, beside the addresses in profile data.

    Attributes:
        resource_id: The resource.
        channel: Whether the address is an e-mail address or a phone number.
        address: The address.
    """

    resource_id: Whole
    channel: Channel
    address: Text


class Profile(Struct, frozen=True, forbid_unknown_fields=True):
    """A customer profile.

    Attributes:
        profile_id: 24 lower-case hexadecimal digits.
        database: The database that holds it.
        email: Its address in profile data, if it has one.
        phones: Its numbers in profile data.
        fields: Custom fields by name: a text, a whole number, or the tags of a tag field.
        subscriptions: Its addresses in subscriptions.
    """

    profile_id: Identifier
    database: Whole
    email: Text | None = None
    phones: tuple[Text, ...] = ()
    fields: Mapping[Text, FieldValue] = field(default_factory=dict)
    subscriptions: tuple[Subscription, ...] = ()


class Relation(Struct, frozen=True, forbid_unknown_fields=True):
    """A link from profile B to profile A.

    Attributes:
        rel_id: The type of the relation.
        profile_id_a: The profile that it is directed to, which is a profile of this world.
        profile_id_b: The profile that initiated it, which may live elsewhere.
        db_b: The database that holds profile B.
        props: Each property's name with an object that holds its value.
    """

    rel_id: Whole
    profile_id_a: Identifier
    profile_id_b: Identifier
    db_b: Whole
    props: Mapping[Text, Property] = field(default_factory=dict)


class World(Struct, frozen=True, forbid_unknown_fields=True):
    """All that the server knows.

    Attributes:
        tokens: The tokens that give access. They are secrets, so no repr shows them.
        profiles: In the order of the file.
        relations: In the order of the file, which is the order of a reply.
    """

    tokens: tuple[Text, ...]
    profiles: tuple[Profile, ...]
    relations: tuple[Relation, ...] = ()

    def __repr__(self) -> str:
        return f"World({len(self.profiles)} profiles, {len(self.relations)} relations)"
