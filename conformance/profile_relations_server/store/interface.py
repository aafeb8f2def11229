"""What the service asks of the data.

Each question is one indexed query or two, whatever the size of the world. A store is asked with whatever a request
holds: any text, lone surrogates and NUL included, and whole numbers of any size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

Answer = TypeVar("Answer")

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from profile_relations_server.world.model import Channel, Profile, Relation


class Store(Protocol):
    """The queries of the service. Those that find profiles give identifiers, in the order of the world.

    Where more profiles match than a request could mean, a store may leave some out between the first and the last.
    """

    async def ask(self, step: Callable[[], Answer]) -> Answer:
        """Carries out a step that asks the questions below, in one state of the data.

        Raises:
            StoreUnavailableError: If the data can't be reached now, or not in time.
        """

    def tokens(self) -> Sequence[str]:
        """Gives the tokens that the world gives access to."""

    def has_profile(self, profile_id: str) -> bool:
        """Says whether there is a profile with this identifier."""

    def by_email(self, address: str) -> Sequence[str]:
        """Finds profiles by the e-mail address in their profile data."""

    def by_phone(self, number: str) -> Sequence[str]:
        """Finds profiles by a phone number in their profile data."""

    def by_subscription(self, channel: Channel, address: str, resource_id: int | None) -> Sequence[str]:
        """Finds profiles by the address of a subscription, to one resource or to any."""

    def by_text(self, name: str, text: str) -> Sequence[str]:
        """Finds profiles by the text in a custom field."""

    def by_number(self, name: str, number: int) -> Sequence[str]:
        """Finds profiles by the number in a custom field."""

    def by_tags(self, name: str, tags: frozenset[str], *, exactly: bool) -> Sequence[str]:
        """Finds profiles whose tag field has all of these tags, or exactly these; no tags find nobody."""

    def relations(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        """Gives the relations of one type that are directed to a profile, in the order of the world."""

    def example(self) -> Relation | None:
        """Gives one relation; None where there is none."""

    def profiles(self) -> Sequence[Profile]:
        """Gives every profile, in the order of the world; for whoever moves a world, since no step needs all of it."""

    def all_relations(self) -> Sequence[Relation]:
        """Gives every relation, in the order of the world."""
