"""Faults so narrow that a single requirement tells them: all else that the server does is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profile_relations_server.contract import MODE_FIELD
from profile_relations_server.faults.helpers import ERROR_PAGE, Page, Remembering, WithPages
from profile_relations_server.faults.registry import breaks
from profile_relations_server.messages import INCORRECT_REQUEST, Refusal
from profile_relations_server.service import Service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profile_relations_server.contract import Row
    from profile_relations_server.messages import Body, Call, Found, Json, Reply
    from profile_relations_server.world import Relation

Ids = list[str]

_YEAR_2019 = 0x5C2AAD80
"""Seconds, as an identifier's first eight digits write them."""
_LARGEST_COLUMN = 2**31


def _is_of_mode(refusal: Refusal) -> bool:
    """Says whether a request was refused for its mode."""
    return refusal.text.startswith(MODE_FIELD)


@breaks("REPLY-JSON")
class UnknownModeIsAPage(WithPages):
    """An unknown `matching` gets the web framework's own page under 404, since no route leads there."""

    def refuse(self, refusal: Refusal) -> Reply:
        page = Page(404, ERROR_PAGE.replace("500 Internal Server Error", "404 Not Found"))
        return super().refuse(page if _is_of_mode(refusal) else refusal)


@breaks("REPLY-ERROR")
class UnknownModeHasANamedCode(Service):
    """`error` is the name of an exception where `matching` is unknown."""

    def refusal_code(self, refusal: Refusal) -> Json:
        code = super().refusal_code(refusal)
        return "UnknownMatching" if _is_of_mode(refusal) else code


@breaks("REPLY-ERROR-TEXT")
class UnknownModeHasNoText(Service):
    """`error_text` is null where `matching` is unknown: nobody translated that message."""

    def refusal_text(self, refusal: Refusal) -> Json:
        text = super().refusal_text(refusal)
        return None if _is_of_mode(refusal) else text


@breaks("ENTRY-IDENTIFIER-FORM")
class IdentifierBInCapitals(Service):
    """`profile_id_b` has capital letters, and its hash is made of these."""

    def entry(self, relation: Relation) -> Body:
        shown = relation.profile_id_b.upper()
        return super().entry(relation) | {"profile_id_b": shown, "xxh_b": self.hash_of(shown)}


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


@breaks("TOKEN-MISSING")
class OneModeIsForGuests(Service):
    """`matching: email_profile` needs no token: each mode has its own handler, and one of them lacks the check."""

    def authenticate(self, body: Body) -> None:
        if "token" in body or body.get(MODE_FIELD) != "email_profile":
            super().authenticate(body)
        body.setdefault("token", "guest")


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


class _Archiving(Service):
    """Looks up identifiers among the profiles that were made in 2019 or later."""

    def recent(self, found: Ids) -> Ids:
        """Drops the profiles whose identifier, which begins with a time in seconds, is older."""
        return [item for item in found if int(item[:8], 16) >= _YEAR_2019]


@breaks("MATCH-PROFILE-ID")
class OldIdentifiersAreArchived(_Archiving):
    """`matching: profile_id` does not find profiles made before 2019, which stand in an archive."""

    def find_by_profile_id(self, body: Body) -> Ids:
        found = super().find_by_profile_id(body)
        return self.recent(found) if MODE_FIELD in body else found


@breaks("MATCH-DEFAULT-PROFILE-ID")
class OldIdentifiersNeedAMode(_Archiving):
    """An identifier without `matching` does not find profiles made before 2019, which stand in an archive."""

    def find_by_profile_id(self, body: Body) -> Ids:
        found = super().find_by_profile_id(body)
        return found if MODE_FIELD in body else self.recent(found)


class _Joining(Service):
    """Joins profiles with their subscriptions."""

    def subscribed(self, found: Ids) -> Ids:
        """Drops the profiles that have no subscription, as an inner join does."""
        subscribed = {item.profile_id for item in self.store.profiles() if item.subscriptions}
        return [item for item in found if item in subscribed]


@breaks("MATCH-EMAIL")
class EmailNeedsSubscription(_Joining):
    """`matching: email` finds nobody without a subscription, since the query joins them."""

    def find_by_email(self, body: Body) -> Ids:
        found = super().find_by_email(body)
        return self.subscribed(found) if MODE_FIELD in body else found


@breaks("MATCH-DEFAULT-EMAIL")
class DefaultEmailNeedsSubscription(_Joining):
    """An e-mail without `matching` finds nobody without a subscription, since the query joins them."""

    def find_by_email(self, body: Body) -> Ids:
        found = super().find_by_email(body)
        return found if MODE_FIELD in body else self.subscribed(found)


@breaks("MATCH-PHONE")
class PhoneNeedsSubscription(_Joining):
    """`matching: phone` finds nobody without a subscription, since the query joins them."""

    def find_by_phone(self, body: Body) -> Ids:
        return self.subscribed(super().find_by_phone(body))


class _Counting(Service):
    """Takes an address that stands in several subscriptions for one that several profiles share."""

    def unique(self, body: Body, found: Ids) -> Ids:
        """Finds nobody where there is more than one row."""
        subscriptions = [item for profile in self.store.profiles() for item in profile.subscriptions]
        rows = sum(item.address == body["email"] for item in subscriptions)
        return [] if rows > 1 and "resource_id" not in body else found


@breaks("MATCH-EMAIL-SUBSCRIPTION")
class TwoSubscriptionsAreTwoProfiles(_Counting):
    """`matching: email` finds nobody by an address of two subscriptions of a profile: it seems to be shared."""

    def find_by_email(self, body: Body) -> Ids:
        found = super().find_by_email(body)
        return self.unique(body, found) if MODE_FIELD in body else found


@breaks("MATCH-DEFAULT-EMAIL-SUBSCRIPTION")
class TwoSubscriptionsNeedAMode(_Counting):
    """An e-mail without `matching` finds nobody by an address of two subscriptions: it seems to be shared."""

    def find_by_email(self, body: Body) -> Ids:
        found = super().find_by_email(body)
        return found if MODE_FIELD in body else self.unique(body, found)


@breaks("MATCHING-UNKNOWN", "CONTRACT-INCOMPLETE")
class ForeignModeIsNoMode(Service):
    """A `matching` in characters beyond ASCII is lost in decoding, and the default search goes on without it."""

    def validate(self, body: Body) -> Row:
        mode = body.get(MODE_FIELD)
        if isinstance(mode, str) and mode and not mode.encode("ascii", "ignore"):
            del body[MODE_FIELD]
        return super().validate(body)


@breaks("STABLE-REPEATED")
class SecondClickIsRefused(Remembering):
    """A request that is the same as the one before it is refused as a second click."""

    async def carry_out(self, call: Call) -> Reply:
        is_second = self.memory.get("call") == call.raw
        self.memory["call"] = call.raw
        reply = await super().carry_out(call)
        if is_second:
            raise Refusal(INCORRECT_REQUEST, "the request was sent twice")
        return reply


@breaks("STABLE-ALTERNATING")
class TypesSwapOnce(Remembering):
    """Who asks for one type, for another and for the first again gets the other's once: a cache has swapped them."""

    async def look_up(self, row: Row, body: Body) -> Found:
        found = await super().look_up(row, body)
        before = self.memory.get("calls", ())
        now = found.profile_id, found.rel_id
        self.memory["calls"] = (*before, now)[-2:]
        between = before[-1] if before[:1] == (now,) else now
        if between == now or between[0] != now[0] or found.profile_id in self.memory:
            return found
        self.memory[found.profile_id] = "swapped"
        return await super().look_up(row, body | {"rel_id": between[1]})


@breaks("MATCHING-CASE")
class ModeIsTrimmed(Service):
    """Space around `matching` is cut off."""

    def validate(self, body: Body) -> Row:
        if isinstance(body.get(MODE_FIELD), str):
            body[MODE_FIELD] = body[MODE_FIELD].strip()
        return super().validate(body)


@breaks("MATCHING-UNKNOWN")
class ModeWithDashes(Service):
    """A `matching` is accepted with dashes in the place of underscores."""

    def validate(self, body: Body) -> Row:
        if isinstance(body.get(MODE_FIELD), str):
            body[MODE_FIELD] = body[MODE_FIELD].replace("-", "_")
        return super().validate(body)


@breaks("SELECTOR-UNKNOWN")
class AddressOfAnyChannel(Service):
    """A subscription is found by its address whatever its channel is, so that a phone number is an `email` too."""

    def emails_in_subscriptions(self, address: str, resource_id: int | None) -> Ids:
        found = super().emails_in_subscriptions(address, resource_id)
        return found or self.phones_in_subscriptions(address, resource_id)


@breaks("SELECTOR-UNKNOWN")
class AddressIsAnIdentifier(Service):
    """A `profile_id` may be the profile's e-mail address."""

    def find_by_profile_id(self, body: Body) -> Ids:
        return super().find_by_profile_id(body) or self.emails_in_profile_data(body["profile_id"])


@breaks("SELECTOR-UNKNOWN")
class HashIsAnIdentifier(Service):
    """A `profile_id` may be the profile's hash."""

    def find_by_profile_id(self, body: Body) -> Ids:
        hashed = [
            item.profile_id for item in self.store.profiles() if self.hash_of(item.profile_id) == body["profile_id"]
        ]
        return super().find_by_profile_id(body) or hashed


@breaks("ENTRY-A-IS-THE-PROFILE-FOUND")
class EitherSide(Service):
    """The identifier of a profile finds the relations that lead to it too, and shows them from their other side."""

    def find_by_profile_id(self, body: Body) -> Ids:
        found = super().find_by_profile_id(body)
        rows = self.store.all_relations()
        asked = body["profile_id"], body["rel_id"]
        sides = [row.profile_id_a for row in rows if (row.profile_id_b, row.rel_id) == asked]
        return found or sides[:1]


@breaks("OTHER-FIELDS-NEVER-DECIDE")
class FieldsOfOtherModesNarrow(Service):
    """An `email` beside an identifier must be the profile's own, though the mode does not use it."""

    def find_by_profile_id(self, body: Body) -> Ids:
        found = super().find_by_profile_id(body)
        email = body.get("email", "")
        if MODE_FIELD not in body or not isinstance(email, str) or not email:
            return found
        return [item for item in found if item in self.find_by_email({"email": email})]
