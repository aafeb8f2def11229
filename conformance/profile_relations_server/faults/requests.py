"""Faults in what a request must have: the fields that its mode requires, and their types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profile_relations_server.contract import MODE_FIELD
from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.messages import Found, Refusal
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from profile_relations_server.contract import Row
    from profile_relations_server.service.messages import Body, Call, Reply


class _Lenient(Service):
    """Answers some forbidden requests as if they had found nobody."""

    def forgives(self, body: Body) -> bool:
        """Says whether the mistake is overlooked."""
        raise NotImplementedError

    async def carry_out(self, call: Call) -> Reply:
        body = self.read(call)
        self.authenticate(body)
        try:
            row = self.validate(body)
        except Refusal:
            if isinstance(body.get("rel_id"), int) and self.forgives(body):
                return self.succeed(Found(body["rel_id"], None))
            raise
        return self.succeed(await self.look_up(row, body))

    def lacking(self, body: Body) -> list[str]:
        """Gives the fields that the mode requires and the request lacks."""
        rows = [row for row in self.contract.rows if row.mode and row.mode == body.get("matching")]
        return [name for row in rows for name in row.selectors if name not in body]


@breaks("SELECTOR-MISSING", "CONTRACT-INCOMPLETE")
class MissingIsNobody(_Lenient):
    """A request without the field that its mode requires succeeds, and lists nothing."""

    def forgives(self, body: Body) -> bool:
        return bool(self.lacking(body))


@breaks("SELECTOR-MISSING")
class MissingNameIsNobody(_Lenient):
    """A search by custom field without `field_name` succeeds, and lists nothing."""

    def forgives(self, body: Body) -> bool:
        return self.lacking(body) == ["field_name"]


@breaks("SELECTOR-MISSING", "CONTRACT-INCOMPLETE")
class NoSelectorIsNobody(_Lenient):
    """A request with neither a mode nor a field to search by succeeds, and lists nothing."""

    def forgives(self, body: Body) -> bool:
        return "matching" not in body and not any(name in body for row in self.contract.rows for name in row.selectors)


@breaks("SELECTOR-MISSING", "SELECTOR-NO-FALLBACK", "CONTRACT-INCOMPLETE")
class MissingIsAnybody(Service):
    """A request without the field that its mode requires shows the first profile: the condition was left out."""

    def validate(self, body: Body) -> Row:
        try:
            return super().validate(body)
        except Refusal as refusal:
            if "lacks" not in refusal.text or "matching" not in body:
                raise
            body |= {"matching": "profile_id", "profile_id": self.store.profiles()[0].profile_id}
            return super().validate(body)


@breaks("SELECTOR-NO-FALLBACK", "SELECTOR-MISSING")
class IdentifierInstead(Service):
    """A request without the field that its mode requires is searched by its `profile_id`."""

    def validate(self, body: Body) -> Row:
        try:
            return super().validate(body)
        except Refusal:
            if "profile_id" not in body:
                raise
            body["matching"] = "profile_id"
            return super().validate(body)


@breaks("SELECTOR-NO-FALLBACK")
class EmailInsteadOfPhone(Service):
    """A search by phone without `phone` is searched by the `email` that the request has."""

    def validate(self, body: Body) -> Row:
        if body.get("matching") == "phone" and "phone" not in body and "email" in body:
            body["matching"] = "email"
        return super().validate(body)


@breaks("CONTRACT-INCOMPLETE", "SELECTOR-NO-FALLBACK", "SELECTOR-MISSING")
class ModeIsGuessed(Service):
    """Without `matching`, a phone number or a custom field decides what is searched."""

    def validate(self, body: Body) -> Row:
        if not body.keys() & {"matching", "email", "profile_id"}:
            body["matching"] = "phone" if "phone" in body else "custom"
        return super().validate(body)


@breaks("SELECTOR-NULL", "CONTRACT-MISTYPED")
class NullIsNobody(_Lenient):
    """A required field that is null succeeds, and lists nothing."""

    def forgives(self, body: Body) -> bool:
        return any(body.get(name, 0) is None for row in self.contract.rows for name in row.selectors)


@breaks("SELECTOR-NULL")
class NullEmailMatchesNone(Service):
    """An `email` of null finds the first profile that has no address."""

    def validate(self, body: Body) -> Row:
        if "email" in body and body["email"] is None:
            without_email = next(item.profile_id for item in self.store.profiles() if item.email is None)
            body |= {"matching": "profile_id", "profile_id": without_email}
        return super().validate(body)


@breaks("SELECTOR-TYPE", "CONTRACT-MISTYPED")
class NumbersBecomeText(Service):
    """A number where a text is required is taken as its digits."""

    def validate(self, body: Body) -> Row:
        for name in ("email", "phone", "profile_id", "field_name"):
            if isinstance(body.get(name), int | float):
                body[name] = str(body[name])
        return super().validate(body)

    def find_nobody(self, body: Body) -> Found:
        return Found(body["rel_id"], None)


@breaks("SELECTOR-TYPE")
class FirstOfAnArray(Service):
    """An array where a text is required is taken as its first element."""

    def validate(self, body: Body) -> Row:
        for row in self.contract.rows:
            for name in row.selectors:
                if isinstance(body.get(name), list) and body[name]:
                    body[name] = body[name][0]
        return super().validate(body)


@breaks("SELECTOR-TYPE")
class WrongTypeIsNobody(_Lenient):
    """A required field of another type succeeds, and lists nothing."""

    def forgives(self, body: Body) -> bool:
        present = [name for row in self.contract.rows for name in row.selectors if name in body]
        return any(body[name] is not None and not self.contract.fits(name, body[name]) for name in present)


@breaks("SELECTOR-TYPE", "CONTRACT-MISTYPED")
class FractionsAreCutOff(Service):
    """A `field_value` with a fraction is cut to an integer, and `true` is the number 1."""

    def validate(self, body: Body) -> Row:
        value = body.get("field_value")
        if isinstance(value, bool) or (isinstance(value, float) and abs(value) < 2**53):
            body["field_value"] = int(value)
        return super().validate(body)

    def find_nobody(self, body: Body) -> Found:
        return Found(body["rel_id"], None)


@breaks("CONTRACT-MISTYPED", "RESOURCE-TYPE", "SELECTOR-TYPE")
class TypesCheckedByModeAlone(_Lenient):
    """Types are checked only where `matching` is there; without it a wrong type succeeds, and lists nothing."""

    def forgives(self, body: Body) -> bool:
        return "matching" not in body and any(name in body for name in ("email", "profile_id"))


@breaks("SELECTOR-NO-FALLBACK")
class IdentifierStandsIn(Service):
    """An incomplete search by a custom field that has a `profile_id` is a search by identifier."""

    def validate(self, body: Body) -> Row:
        if body.get(MODE_FIELD) == "custom" and "profile_id" in body and "field_value" not in body:
            body[MODE_FIELD] = "profile_id"
        return super().validate(body)


@breaks("SELECTOR-TYPE")
class TagsInAnArray(Service):
    """An array of tags is joined to a combination."""

    def validate(self, body: Body) -> Row:
        value = body.get("field_value")
        if isinstance(value, list) and len(value) > 1 and all(isinstance(item, str) for item in value):
            body["field_value"] = ", ".join(value)
        return super().validate(body)


@breaks("SELECTOR-TYPE")
class PhoneAsNumber(Service):
    """A `phone` that is a number is read as its digits, with a plus sign before them."""

    def validate(self, body: Body) -> Row:
        phone = body.get("phone")
        if isinstance(phone, int) and not isinstance(phone, bool) and phone > 9_999_999:
            body["phone"] = f"+{phone}"
        return super().validate(body)
