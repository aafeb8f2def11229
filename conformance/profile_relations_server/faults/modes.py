"""Faults in how `matching` is read and in what it defaults to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profile_relations_server.contract import MODE_FIELD
from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.messages import INCORRECT_REQUEST, Found, Refusal
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from profile_relations_server.contract import Row
    from profile_relations_server.service.match import Ids
    from profile_relations_server.service.messages import Body

_OF_EVERY_OBJECT = ("toString", "constructor", "hasOwnProperty", "valueOf", "__proto__", "__class__", "__dict__")


@breaks("MATCHING-UNKNOWN", "CONTRACT-INCOMPLETE")
class UnknownModeIsDefault(Service):
    """A mode that is not known counts as left out."""

    def validate(self, body: Body) -> Row:
        if isinstance(body.get("matching"), str) and body["matching"] not in self.contract.modes:
            del body["matching"]
        return super().validate(body)


@breaks("MATCHING-UNKNOWN", "CONTRACT-INCOMPLETE")
class UnknownModeIsIdentifier(Service):
    """A mode that is not known falls through to the last branch, the search by identifier."""

    def validate(self, body: Body) -> Row:
        if isinstance(body.get("matching"), str) and body["matching"] not in self.contract.modes:
            body["matching"] = "profile_id"
        return super().validate(body)


@breaks("MATCHING-UNKNOWN")
class BeginningOfModeIsEnough(Service):
    """A mode is known by how it begins, so that `email_something` is `email`."""

    def validate(self, body: Body) -> Row:
        given = body.get("matching")
        if isinstance(given, str) and given not in self.contract.modes:
            body["matching"] = max((mode for mode in self.contract.modes if given.startswith(mode)), default=given)
        return super().validate(body)


@breaks("MATCHING-CASE")
class ModeInAnyCase(Service):
    """The name of a mode is read in capital letters too."""

    def validate(self, body: Body) -> Row:
        if isinstance(body.get("matching"), str):
            body["matching"] = body["matching"].lower()
        return super().validate(body)


@breaks("MATCHING-TYPE")
class FalsyModeIsDefault(Service):
    """A `matching` that is false, 0 or an empty array counts as left out."""

    def validate(self, body: Body) -> Row:
        if not isinstance(body.get("matching"), str | None) and not body["matching"]:
            del body["matching"]
        return super().validate(body)


@breaks("MATCHING-TYPE")
class ModeInAnArray(Service):
    """An array for `matching` is read as its first element."""

    def validate(self, body: Body) -> Row:
        if isinstance(body.get("matching"), list) and body["matching"]:
            body["matching"] = body["matching"][0]
        return super().validate(body)


@breaks("MATCHING-TYPE")
class ModeByNumber(Service):
    """A number for `matching` is read as the place of the mode in the documented list."""

    def validate(self, body: Body) -> Row:
        given = body.get("matching")
        modes = [row.mode for row in self.contract.rows if row.mode]
        if isinstance(given, int) and 0 <= given < len(modes):
            body["matching"] = modes[given]
        return super().validate(body)


@breaks("MATCH-PROFILE-ID", "SELECTOR-UNKNOWN")
class IdentifierOfB(Service):
    """`matching: profile_id` looks for the identifier among the profiles B."""

    def find_by_profile_id(self, body: Body) -> Ids:
        if body.get("matching") is None:
            return super().find_by_profile_id(body)
        return [item.profile_id_a for item in self.store.all_relations() if item.profile_id_b == body["profile_id"]]


@breaks("MATCH-PROFILE-ID")
class IdentifierModeForgotten(Service):
    """`matching: profile_id` is not among the modes that the server knows."""

    def validate(self, body: Body) -> Row:
        if body.get("matching") == "profile_id":
            raise Refusal(INCORRECT_REQUEST, "this matching is not known")
        return super().validate(body)


@breaks("MATCH-DEFAULT-PROFILE-ID")
class DefaultIsAlwaysEmail(Service):
    """Without `matching` an `email` is required, also where a `profile_id` is there."""

    def validate(self, body: Body) -> Row:
        row = super().validate(body)
        if row.mode is None and "email" not in body:
            raise Refusal(INCORRECT_REQUEST, "the request lacks email")
        return row


@breaks("MATCH-DEFAULT-EMAIL", "MATCH-DEFAULT-EMAIL-SUBSCRIPTION")
class DefaultIsAlwaysIdentifier(Service):
    """Without `matching` a `profile_id` is required."""

    def validate(self, body: Body) -> Row:
        row = super().validate(body)
        if row.mode is None and "profile_id" not in body:
            raise Refusal(INCORRECT_REQUEST, "the request lacks profile_id")
        return row


@breaks("MATCH-DEFAULT-EMAIL")
class DefaultSearchesSubscriptions(Service):
    """Without `matching` an address is searched in subscriptions alone."""

    def find_by_email(self, body: Body) -> Ids:
        if "matching" in body:
            return super().find_by_email(body)
        return self.emails_in_subscriptions(body["email"], body.get("resource_id"))


@breaks("MATCH-DEFAULT-EMAIL-SUBSCRIPTION")
class DefaultBecameEmailProfile(Service):
    """Without `matching` an address is searched in profile data alone."""

    def mode_of(self, row: Row, body: Body) -> str:
        return "email_profile" if row.mode is None and "email" in row.selectors else super().mode_of(row, body)


@breaks("MATCH-DEFAULT-BOTH", "OTHER-FIELDS-NEVER-DECIDE")
class IdentifierWinsByDefault(Service):
    """Without `matching`, a `profile_id` decides also where an `email` is there."""

    def candidates(self, mode: str, body: Body) -> Ids:
        if "matching" not in body and isinstance(body.get("profile_id"), str):
            return self.find_by_profile_id(body)
        return super().candidates(mode, body)


@breaks("MATCH-DEFAULT-BOTH", "OTHER-FIELDS-NEVER-DECIDE")
class BothMustMatchByDefault(Service):
    """Without `matching`, an `email` and a `profile_id` must be of the same profile."""

    def candidates(self, mode: str, body: Body) -> Ids:
        found = super().candidates(mode, body)
        both = "matching" not in body and "profile_id" in body
        return [item for item in found if item == body["profile_id"]] if both else found

    def find_nobody(self, body: Body) -> Found:
        return Found(body["rel_id"], None)


@breaks("MATCHING-UNKNOWN", "CONTRACT-INCOMPLETE")
class ForeignModeIsNoMode(Service):
    """A `matching` in characters beyond ASCII is lost in decoding, and the default search goes on without it."""

    def validate(self, body: Body) -> Row:
        mode = body.get(MODE_FIELD)
        if isinstance(mode, str) and mode and not mode.encode("ascii", "ignore"):
            del body[MODE_FIELD]
        return super().validate(body)


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


@breaks("MATCHING-UNKNOWN")
class NameOfEveryObjectIsAMode(Service):
    """A `matching` such as `toString` or `__class__` is known, since every object has a member of that name."""

    def validate(self, body: Body) -> Row:
        if body.get(MODE_FIELD) in _OF_EVERY_OBJECT:
            del body[MODE_FIELD]
        return super().validate(body)
