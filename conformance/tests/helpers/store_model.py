"""A model of the store: a world in dictionaries, so simple that other stores can be compared with it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from profile_relations_server.store.search_terms import EXACT, Form
from profile_relations_server.world.model import Channel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from profile_relations_server.world.model import Profile, Relation, World

Answer = TypeVar("Answer")


class MemoryStore:
    """A world in memory, indexed for every query.

    Args:
        world: What to serve.
        fold: Brings an address to the form in which two addresses are compared.
    """

    def __init__(self, world: World, fold: Form = EXACT) -> None:
        self._world = world
        self._fold = fold
        # Each index maps a key to positions in the order of the world, so that results can be ordered by it.
        self._ids: list[str] = []
        self._profiles: set[str] = set()
        self._emails: dict[str, list[int]] = defaultdict(list)
        self._phones: dict[str, list[int]] = defaultdict(list)
        self._subscriptions: dict[tuple[Channel, str, int | None], list[int]] = defaultdict(list)
        self._values: dict[tuple[str, str | int], list[int]] = defaultdict(list)
        self._tags: dict[tuple[str, str], set[int]] = defaultdict(set)
        self._tag_counts: dict[tuple[str, int], int] = {}
        self._relations: dict[tuple[int, str], list[Relation]] = defaultdict(list)
        for position, profile in enumerate(world.profiles):
            self._add(position, profile)
        for relation in world.relations:
            self._relations[relation.rel_id, relation.profile_id_a].append(relation)

    def _add(self, position: int, profile: Profile) -> None:
        self._ids.append(profile.profile_id)
        self._profiles.add(profile.profile_id)
        if profile.email is not None:
            self._emails[self._fold(profile.email)].append(position)
        for phone in profile.phones:
            self._phones[self._fold(phone, is_phone=True)].append(position)
        for item in profile.subscriptions:
            address = self._fold(item.address, is_phone=item.channel is Channel.SMS)
            # The key without a resource answers a request that names none.
            for resource in (item.resource_id, None):
                self._subscriptions[item.channel, address, resource].append(position)
        for name, value in profile.fields.items():
            if not isinstance(value, tuple):
                self._values[name, value].append(position)
                continue
            self._tag_counts[name, position] = len(value)
            for tag in value:
                self._tags[name, tag].add(position)

    async def ask(self, step: Callable[[], Answer]) -> Answer:
        """Carries out a step."""
        return step()

    def tokens(self) -> Sequence[str]:
        """Gives the tokens of the world."""
        return self._world.tokens

    def _named(self, positions: Iterable[int]) -> list[str]:
        return [self._ids[position] for position in sorted(set(positions))]

    def has_profile(self, profile_id: str) -> bool:
        """Says whether there is a profile with this identifier."""
        return profile_id in self._profiles

    def by_email(self, address: str) -> Sequence[str]:
        """Finds profiles by the e-mail address in their profile data."""
        return self._named(self._emails.get(self._fold(address), ()))

    def by_phone(self, number: str) -> Sequence[str]:
        """Finds profiles by a phone number in their profile data."""
        return self._named(self._phones.get(self._fold(number, is_phone=True), ()))

    def by_subscription(self, channel: Channel, address: str, resource_id: int | None) -> Sequence[str]:
        """Finds profiles by the address of a subscription, to one resource or to any."""
        return self._named(
            self._subscriptions.get((channel, self._fold(address, is_phone=channel is Channel.SMS), resource_id), ())
        )

    def by_text(self, name: str, text: str) -> Sequence[str]:
        """Finds profiles by the text in a custom field."""
        return self._named(self._values.get((name, text), ()))

    def by_number(self, name: str, number: int) -> Sequence[str]:
        """Finds profiles by the number in a custom field."""
        return self._named(self._values.get((name, number), ()))

    def by_tags(self, name: str, tags: frozenset[str], *, exactly: bool) -> Sequence[str]:
        """Finds profiles whose tag field has all of these tags, or exactly these."""
        # The rarest tag first keeps the intersection small.
        holders = sorted((self._tags.get((name, tag), set()) for tag in tags), key=len)
        found = set.intersection(*holders) if holders else set()
        return self._named(item for item in found if not exactly or self._tag_counts[name, item] == len(tags))

    def relations(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        """Gives the relations of one type that are directed to a profile, in the order of the world."""
        return self._relations.get((rel_id, profile_id), ())

    def example(self) -> Relation | None:
        """Gives the first relation of the world; None where there is none."""
        return next(iter(self._world.relations), None)

    def profiles(self) -> Sequence[Profile]:
        """Gives every profile, in the order of the world."""
        return self._world.profiles

    def all_relations(self) -> Sequence[Relation]:
        """Gives every relation, in the order of the world."""
        return self._world.relations
