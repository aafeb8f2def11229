"""Faults in whose relations are shown: empty and unknown values, other profiles, and fields of other modes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profile_relations_server.contract import MODE_FIELD
from profile_relations_server.faults.helpers import Remembering
from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.messages import Found
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profile_relations_server.contract import Row
    from profile_relations_server.service.match import Ids
    from profile_relations_server.service.messages import Body


# Seconds, as the first eight digits of an identifier write them.
_YEAR_2019 = 0x5C2AAD80


@breaks("SELECTOR-EMPTY")
class EmptyIsNoCondition(Service):
    """A selector that is empty is left out of the query, which then finds the first profile."""

    def candidates(self, mode: str, body: Body) -> Ids:
        row = next(item for item in self.contract.rows if item.mode == mode)
        if any(body[name] == "" for name in row.selectors):
            return [item.profile_id for item in self.store.profiles()]
        return super().candidates(mode, body)


@breaks("SELECTOR-EMPTY")
class EmptyPhoneMatchesNoPhone(Service):
    """An empty `phone` finds the profiles that have no number."""

    def phones_in_profile_data(self, number: str) -> Ids:
        return super().phones_in_profile_data(number) or [
            item.profile_id for item in self.store.profiles() if not number and not item.phones
        ]


@breaks("SELECTOR-EMPTY", "SELECTOR-UNKNOWN")
class BeginningOfValueIsEnough(Service):
    """An address is found by how it begins."""

    def emails_in_profile_data(self, address: str) -> Ids:
        return [item.profile_id for item in self.store.profiles() if item.email and item.email.startswith(address)]


@breaks("SELECTOR-UNKNOWN")
class UnknownIsTheFirst(Service):
    """A value that no profile has shows the first profile, since a look-up of nothing gives row 0."""

    def choose(self, candidates: Sequence[str]) -> str | None:
        return super().choose(candidates) or self.store.profiles()[0].profile_id


@breaks("SELECTOR-UNKNOWN")
class UnknownIsThePreviousOne(Remembering):
    """A value that no profile has shows the profile that was found last."""

    def choose(self, candidates: Sequence[str]) -> str | None:
        found = super().choose(candidates) or self.memory.get("last")
        self.memory["last"] = found
        return found


@breaks("SELECTOR-UNKNOWN")
class UnknownIdentifierIsNear(Service):
    """An identifier that no profile has shows the profile that comes next in order."""

    def find_by_profile_id(self, body: Body) -> Ids:
        given = body["profile_id"]
        later = sorted(item.profile_id for item in self.store.profiles() if item.profile_id > given)
        return super().find_by_profile_id(body) or later[: bool(given)]


@breaks("SELECTOR-OF-ANOTHER-PROFILE", "ENTRY-A-IS-THE-PROFILE-FOUND", "TOTAL-COUNT-EXPECTED")
class AlwaysTheSameProfile(Service):
    """Every search that finds somebody shows the first profile of the world."""

    def choose(self, candidates: Sequence[str]) -> str | None:
        return self.store.profiles()[0].profile_id if candidates else None


@breaks("SELECTOR-OF-ANOTHER-PROFILE", "ENTRY-A-IS-THE-PROFILE-FOUND", "STABLE-REPEATED")
class FirstAnswerIsKept(Remembering):
    """The first profile that a mode finds is kept, and shown to whoever uses the mode after."""

    def candidates(self, mode: str, body: Body) -> Ids:
        found: Ids = self.memory.get(mode) or super().candidates(mode, body)
        if found:
            self.memory[mode] = found
        return found


@breaks("SELECTOR-OF-ANOTHER-PROFILE")
class PhonesAreOffByOne(Service):
    """A search by phone shows the profile after the one that has the number."""

    def find_by_phone(self, body: Body) -> Ids:
        ids = [item.profile_id for item in self.store.profiles()]
        return [ids[(ids.index(item) + 1) % len(ids)] for item in super().find_by_phone(body)]


@breaks("OTHER-FIELDS-NEVER-DECIDE", "MATCH-DEFAULT-BOTH")
class IdentifierAlwaysWins(Service):
    """A `profile_id` decides in every mode."""

    def candidates(self, mode: str, body: Body) -> Ids:
        if isinstance(body.get("profile_id"), str):
            return self.find_by_profile_id(body)
        return super().candidates(mode, body)


@breaks("OTHER-FIELDS-NEVER-DECIDE")
class EmailAlwaysWins(Service):
    """An `email` decides in every mode."""

    def candidates(self, mode: str, body: Body) -> Ids:
        if isinstance(body.get("email"), str):
            return self.find_by_email_profile(body)
        return super().candidates(mode, body)


@breaks("OTHER-FIELDS-NEVER-DECIDE", "MATCH-DEFAULT-BOTH")
class OtherFieldsHelpOut(Service):
    """Where the mode finds nobody, the other fields of the request are searched."""

    def candidates(self, mode: str, body: Body) -> Ids:
        found = super().candidates(mode, body)
        for name in ("profile_id", "email", "phone"):
            if not found and isinstance(body.get(name), str) and not mode.startswith(name):
                found = super().candidates(name, body | {"resource_id": None})
        return found


@breaks("OTHER-FIELDS-NEVER-DECIDE")
class AllFieldsMustMatch(Service):
    """Every field of the request must match the profile, those of other modes too."""

    def candidates(self, mode: str, body: Body) -> Ids:
        found = super().candidates(mode, body)
        for name in ("profile_id", "email", "phone"):
            if isinstance(body.get(name), str):
                others = super().candidates(name, body | {"resource_id": None})
                found = [item for item in found if item in others]
        return found

    def find_nobody(self, body: Body) -> Found:
        return Found(body["rel_id"], None)


@breaks("OTHER-FIELDS-NEVER-DECIDE")
class CustomFieldAlwaysWins(Service):
    """A custom field decides in every mode."""

    def candidates(self, mode: str, body: Body) -> Ids:
        if isinstance(body.get("field_name"), str) and isinstance(body.get("field_value"), str | int):
            return self.find_by_custom(body)
        return super().candidates(mode, body)


@breaks("CONTRACT-ALLOWED", "OTHER-FIELDS-NEVER-DECIDE")
class UnknownFieldsFilter(Service):
    """A field that the contract does not know is taken for a property that the relations must have."""

    async def look_up(self, row: Row, body: Body) -> Found:
        found = await super().look_up(row, body)
        wanted = body.keys() - self.contract.known_fields
        return Found(found.rel_id, found.profile_id, [item for item in found.relations if wanted <= item.props.keys()])


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


@breaks("OTHER-FIELDS-NEVER-DECIDE")
class FieldsOfOtherModesNarrow(Service):
    """An `email` beside an identifier must be the profile's own, though the mode does not use it."""

    def find_by_profile_id(self, body: Body) -> Ids:
        found = super().find_by_profile_id(body)
        email = body.get("email", "")
        if MODE_FIELD not in body or not isinstance(email, str) or not email:
            return found
        return [item for item in found if item in self.find_by_email({"email": email})]


@breaks("OTHER-FIELDS-NEVER-DECIDE")
class NextFieldIsTried(Service):
    """Where an address finds nobody, the `profile_id` beside it is tried."""

    def find_by_phone(self, body: Body) -> Ids:
        return super().find_by_phone(body) or (self.find_by_profile_id(body) if "profile_id" in body else [])
