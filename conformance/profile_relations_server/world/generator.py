"""Makes up a world of any size: the same seed makes the same world, and no more than one batch of it is in memory.

Every address, number and combination of tags is one profile's own, so that each finds the profile that it stands in;
cities, segments and points are shared by many, as in real data. Every fourth profile has something of everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from profile_relations_server.errors import OptionError
from profile_relations_server.world.model import Channel, Profile, Relation, Subscription

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from profile_relations_server.world.model import Json

MOST_PROFILES = 100_000_000
MOST_RELATIONS = 1000
BATCH = 5000
COMPLETE_EVERY = 4

# As in the bundled world: the customers' database, three resources, and types of relation with the database of B.
_DATABASE = 5
_LETTERS, _OFFERS, _CLUB = 24, 31, 40
_TYPES = ((2, 9), (3, 11), (8, 5), (21, 14))

_FIRST = (
    *("ana", "ben", "carla", "dmitri", "elif", "finn", "grace", "hugo"),
    *("ines", "jonas", "kai", "lena", "mateo", "nora", "omar", "priya"),
)
_LAST = (
    *("abe", "brown", "costa", "diaz", "evans", "fox", "garcia", "hill"),
    *("ivanova", "jones", "kim", "lopez", "meyer", "novak", "okafor", "silva"),
)
_DOMAINS = ("example.com", "example.org", "example.net", "mail.example.com")
_CITIES = ("Leeds", "Zürich", "Lisboa", "Oslo", "Kraków", "Lyon", "Porto", "Bergen")
_SEGMENTS = ("new", "regular", "vip", "weekly")
_SHOPS = ("harbour", "north", "online", "airport")
# Profiles that share the tag of a store; their seats in it differ.
_SEATS = 16


@dataclass(frozen=True)
class Plan:
    """What to generate.

    Attributes:
        profiles: How many profiles.
        relations: How many relations are directed to each.
        seed: The same one makes the same world.

    Raises:
        OptionError: If a number is out of bounds.
    """

    profiles: int
    relations: int
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.profiles <= MOST_PROFILES:
            raise OptionError(f"--profiles {self.profiles} is out of range; give 1 to {MOST_PROFILES}")
        if not 0 <= self.relations <= MOST_RELATIONS:
            raise OptionError(f"--relations-per-profile {self.relations} is out of range; give 0 to {MOST_RELATIONS}")

    def batches(self) -> Iterator[tuple[list[Profile], list[Relation]]]:
        """Makes the world up, some thousand profiles at a time with the relations that are directed to them."""
        draw = Random(self.seed)  # noqa: S311 - made-up data, which a seed must be able to repeat
        maker = _Maker(draw)
        for start in range(0, self.profiles, BATCH):
            numbers = range(start, min(start + BATCH, self.profiles))
            profiles = [maker.profile(number) for number in numbers]
            relations = [
                maker.relation(profile.profile_id, number * self.relations + index)
                for number, profile in zip(numbers, profiles, strict=True)
                for index in range(self.relations)
            ]
            yield profiles, relations


class _Maker:
    """Makes up one thing at a time, each from bits of one drawn number."""

    def __init__(self, draw: Random) -> None:
        self._draw = draw
        self._machine_a, self._machine_b = f"{draw.getrandbits(40):010x}", f"{draw.getrandbits(40):010x}"

    def profile(self, number: int) -> Profile:
        """Makes up the profile of a number."""
        bits = self._draw.getrandbits(32)
        complete = number % COMPLETE_EVERY == 0
        first, last = _FIRST[bits & 15], _LAST[bits >> 4 & 15]
        domain, rare = _DOMAINS[bits >> 8 & 3], bits >> 10 & 7
        return Profile(
            profile_id=f"{0x5B000000 + number:08x}{self._machine_a}{number & 0xFFFFFF:06x}",
            database=_DATABASE,
            email=f"{first}.{last}.{number}@{domain}" if complete or rare else None,
            phones=tuple(_phones(number, 2 if complete else rare & 1)),
            fields=_fields(number, bits >> 13),
            subscriptions=tuple(_subscriptions(number, f"{first}.{number}", domain, 15 if complete else bits >> 28)),
        )

    def relation(self, profile_id: str, number: int) -> Relation:
        """Makes up the relation of a number, which is directed to a profile."""
        bits = self._draw.getrandbits(32)
        rel_id, db_b = _TYPES[bits & 3]
        return Relation(
            rel_id=rel_id,
            profile_id_a=profile_id,
            profile_id_b=f"{0x62000000 + (number >> 24):08x}{self._machine_b}{number & 0xFFFFFF:06x}",
            db_b=db_b,
            props=_props(bits >> 2),
        )


def _phones(number: int, how_many: int) -> Iterator[str]:
    for country in ("+1202", "+3903")[:how_many]:
        yield f"{country}{number:08d}"


def _fields(number: int, bits: int) -> Mapping[str, str | int | tuple[str, ...]]:
    return {
        "CRM_ID": f"C-{number:08d}",
        "LOYALTY": 1_000_000 + number,
        "CITY": _CITIES[bits & 7],
        "POINTS": bits >> 3 & 1023,
        "TAGS": (_SEGMENTS[bits >> 13 & 3], f"store-{number // _SEATS}", f"seat-{number % _SEATS}"),
    }


def _subscriptions(number: int, name: str, domain: str, chosen: int) -> Iterator[Subscription]:
    if chosen & 1:
        yield Subscription(_LETTERS, Channel.EMAIL, f"{name}.news@{domain}")
    if chosen & 2:
        yield Subscription(_OFFERS, Channel.EMAIL, f"{name}.offers@{domain}")
    if chosen & 4:
        yield Subscription(_OFFERS, Channel.SMS, f"+4477{number:09d}")
    if chosen & 8:
        yield Subscription(_CLUB, Channel.SMS, f"+3361{number:09d}")


def _props(bits: int) -> Mapping[str, Mapping[str, Json]]:
    match bits & 3:
        case 0:
            return {}
        case 1:
            return {"visits": {"value": bits >> 2 & 127}}
        case 2:
            return {"spent": {"value": (bits >> 2 & 0xFFFF) / 100}, "shop": {"value": _SHOPS[bits >> 18 & 3]}}
        case _:
            return {"active": {"value": bool(bits & 4)}}
