"""The steps that find the profile a request means, by the rule of its mode, and its relations.

A mode is answered by the method called `find_by_` and its name. A mode of the contract that has none finds nobody.
"""

from __future__ import annotations

import re
from time import monotonic
from typing import TYPE_CHECKING

from msgspec.structs import replace

from profile_relations_server.service.messages import INCORRECT_REQUEST, NOT_FOUND, Found, Refusal
from profile_relations_server.world.model import Channel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from profile_relations_server.contract import Contract, Row
    from profile_relations_server.service.messages import Body
    from profile_relations_server.service.state import State
    from profile_relations_server.service.variants import Variants
    from profile_relations_server.store.interface import Store
    from profile_relations_server.world.model import Relation

Ids = list[str]

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_MOST_DIGITS = 4000


class MatchSteps:
    """Steps that look things up in the store. Each of them can be overridden alone."""

    contract: Contract
    store: Store
    variants: Variants
    state: State

    async def look_up(self, row: Row, body: Body) -> Found:
        """Finds the profile and its relations.

        Args:
            row: The row of the decision table that the request fits.
            body: The request's object.

        Raises:
            Refusal: If there is no such profile, where that is an error.
        """
        return await self.store.ask(lambda: self.find(row, body))

    def find(self, row: Row, body: Body) -> Found:
        """Finds the profile and its relations, in as many questions to the store as that takes.

        Raises:
            Refusal: As `look_up`.
        """
        profile_id = self.choose(self.candidates(self.mode_of(row, body), body))
        if profile_id is None:
            return self.find_nobody(body)
        relations = self.relations_of(body["rel_id"], profile_id)
        return Found(body["rel_id"], profile_id, self.as_of_now(relations) if self.variants.change_data else relations)

    def mode_of(self, row: Row, body: Body) -> str:  # noqa: ARG002 - a fault may decide by the body
        """Gives the mode of a request: the row's, or where it has none, the one called as its selector."""
        return row.mode or row.selectors[0]

    def candidates(self, mode: str, body: Body) -> Ids:
        """Gives the profiles that a mode finds, the likeliest first."""
        find: Callable[[Body], Ids] | None = getattr(self, f"find_by_{mode}", None)
        return find(body) if find else []

    def find_by_email(self, body: Body) -> Ids:
        """Finds profiles by e-mail, in profile data and in subscriptions."""
        resource = body.get("resource_id")
        found = self.emails_in_profile_data(body["email"]) if self.searches_profile_data(resource) else []
        return [*found, *self.emails_in_subscriptions(body["email"], resource)]

    def find_by_email_profile(self, body: Body) -> Ids:
        """Finds profiles by e-mail, in profile data alone."""
        return self.emails_in_profile_data(body["email"])

    def find_by_phone(self, body: Body) -> Ids:
        """Finds profiles by phone number, in profile data and in subscriptions."""
        resource = body.get("resource_id")
        found = self.phones_in_profile_data(body["phone"]) if self.searches_profile_data(resource) else []
        return [*found, *self.phones_in_subscriptions(body["phone"], resource)]

    def find_by_profile_id(self, body: Body) -> Ids:
        """Finds the profile by its identifier."""
        return [body["profile_id"]] if self.store.has_profile(body["profile_id"]) else []

    def find_by_custom(self, body: Body) -> Ids:
        """Finds profiles by a custom field."""
        name, value = body["field_name"], body["field_value"]
        if isinstance(value, int):
            return self.number_in_field(name, value)
        return [*self.text_in_field(name, value), *self.digits_in_field(name, value), *self.tags_in_field(name, value)]

    def searches_profile_data(self, resource_id: int | None) -> bool:
        """Says whether an address in profile data counts, beside a resource or without one."""
        return resource_id is None or self.variants.resource_and_profile_data == "both"

    def emails_in_profile_data(self, address: str) -> Ids:
        """Finds an e-mail address in profile data."""
        return list(self.store.by_email(address))

    def emails_in_subscriptions(self, address: str, resource_id: int | None) -> Ids:
        """Finds an e-mail address in subscriptions, to one resource where it is given."""
        return list(self.store.by_subscription(Channel.EMAIL, address, resource_id))

    def phones_in_profile_data(self, number: str) -> Ids:
        """Finds a phone number in profile data."""
        return list(self.store.by_phone(number))

    def phones_in_subscriptions(self, number: str, resource_id: int | None) -> Ids:
        """Finds a phone number in subscriptions, to one resource where it is given."""
        return list(self.store.by_subscription(Channel.SMS, number, resource_id))

    def text_in_field(self, name: str, text: str) -> Ids:
        """Finds the text of a custom field."""
        return list(self.store.by_text(name, text))

    def number_in_field(self, name: str, number: int) -> Ids:
        """Finds the number of a custom field."""
        return list(self.store.by_number(name, number))

    def digits_in_field(self, name: str, text: str) -> Ids:
        """Finds the number of a custom field by its digits, where the variant says so."""
        if self.variants.digits == "nothing" or len(text) > _MOST_DIGITS or not _INTEGER.fullmatch(text):
            return []
        return list(self.store.by_number(name, int(text)))

    def tags_in_field(self, name: str, text: str) -> Ids:
        """Finds all of the tags in a tag field."""
        return list(self.store.by_tags(name, self.split_tags(text), exactly=self.variants.some_tags == "nothing"))

    def split_tags(self, text: str) -> frozenset[str]:
        """Splits a combination of tags."""
        return frozenset(tag for tag in (part.strip() for part in text.split(",")) if tag)

    def choose(self, candidates: Sequence[str]) -> str | None:
        """Chooses the profile that is meant among those that match."""
        found = list(dict.fromkeys(candidates))
        if len(found) > 1 and self.variants.shared_address == "refused":
            raise Refusal(INCORRECT_REQUEST, "several profiles match")
        if not found:
            return None
        return found[-1 if self.variants.shared_address == "last" else 0]

    def find_nobody(self, body: Body) -> Found:
        """Answers for a profile that does not exist."""
        if self.variants.unknown_profile == "error":
            raise Refusal(NOT_FOUND, "no such profile")
        return Found(body["rel_id"], None)

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        """Gives all relations of one type that are directed to the profile."""
        return self.store.relations(rel_id, profile_id)

    def as_of_now(self, relations: Sequence[Relation]) -> Sequence[Relation]:
        """Gives the relations as they are at this call, where the variants have them repeated or moving."""
        if self.variants.repeated_pairs == "some" and len(relations) > 1:
            relations = [*relations[:-1], _beside(relations[0], relations[-1])]
        if self.variants.moving in {"relations", "both"} and len(relations) > 1 and int(monotonic()) % 2:
            relations = relations[:-1]
        if self.variants.moving in {"props", "both"}:
            self.state.calls += 1
            relations = [_counted_up(item, self.state.calls) for item in relations]
        return relations


def _beside(first: Relation, other: Relation) -> Relation:
    """Makes a relation link the same two profiles as another one, from which it differs in a property."""
    props = {**other.props, "nth": {"value": 2}}
    return replace(other, profile_id_b=first.profile_id_b, db_b=first.db_b, props=props)


def _counted_up(relation: Relation, by: int) -> Relation:
    props = {
        name: {**held, "value": held["value"] + by} if type(held["value"]) in {int, float} else held
        for name, held in relation.props.items()
    }
    return replace(relation, props=props)
