"""Faults of lenience: comparisons that take more than they should, and values that are read as what they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profile_relations_server.contract import MODE_FIELD
from profile_relations_server.faults.helpers import Page, WithPages
from profile_relations_server.faults.registry import breaks
from profile_relations_server.messages import NOT_FOUND, Refusal, Reply
from profile_relations_server.service import Service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profile_relations_server.contract import Row
    from profile_relations_server.messages import Body, Call, Found, Json
    from profile_relations_server.world import Relation

Ids = list[str]


@breaks("SELECTOR-NO-FALLBACK")
class IdentifierStandsIn(Service):
    """An incomplete search by a custom field that has a `profile_id` is a search by identifier."""

    def validate(self, body: Body) -> Row:
        if body.get(MODE_FIELD) == "custom" and "profile_id" in body and "field_value" not in body:
            body[MODE_FIELD] = "profile_id"
        return super().validate(body)


@breaks("OTHER-FIELDS-NEVER-DECIDE")
class NextFieldIsTried(Service):
    """Where an address finds nobody, the `profile_id` beside it is tried."""

    def find_by_phone(self, body: Body) -> Ids:
        return super().find_by_phone(body) or (self.find_by_profile_id(body) if "profile_id" in body else [])


@breaks("SELECTOR-UNKNOWN")
class TagsByBeginning(Service):
    """A tag is found by how it begins."""

    def tags_in_field(self, name: str, text: str) -> Ids:
        asked = self.split_tags(text)
        found = []
        for profile in self.store.profiles():
            tags = profile.fields.get(name)
            known = tags if isinstance(tags, tuple) else ()
            if asked and all(any(tag.startswith(item) for tag in known) for item in asked):
                found.append(profile.profile_id)
        return super().tags_in_field(name, text) or found


@breaks("SELECTOR-UNKNOWN")
class FieldByBeginning(Service):
    """The name of a custom field may be cut short."""

    def text_in_field(self, name: str, text: str) -> Ids:
        names = {
            field for profile in self.store.profiles() for field in profile.fields if name and field.startswith(name)
        }
        return [found for field in sorted(names) for found in super(FieldByBeginning, self).text_in_field(field, text)]


@breaks("SELECTOR-UNKNOWN")
class PlusPartIsDropped(Service):
    """What stands between a plus sign and the at sign of an address is dropped before the search."""

    def emails_in_profile_data(self, address: str) -> Ids:
        local, at, host = address.partition("@")
        return super().emails_in_profile_data(local.partition("+")[0] + at + host)


@breaks("SELECTOR-UNKNOWN")
class UnderscoreIsAnyCharacter(Service):
    """An underscore in an address stands for any character, as it does in a pattern of SQL."""

    def emails_in_profile_data(self, address: str) -> Ids:
        def like(email: str) -> bool:
            pairs = zip(email, address, strict=False)
            return len(email) == len(address) and all(asked in {mine, "_"} for mine, asked in pairs)

        return [item.profile_id for item in self.store.profiles() if item.email and like(item.email)]


@breaks("RESOURCE-OTHER")
class ResourceZeroIsNone(Service):
    """A `resource_id` of 0 counts as left out."""

    def emails_in_subscriptions(self, address: str, resource_id: int | None) -> Ids:
        return super().emails_in_subscriptions(address, resource_id or None)


@breaks("RESOURCE-TYPE")
class TrueResourceIsIgnored(Service):
    """A `resource_id` of true is ignored."""

    def validate(self, body: Body) -> Row:
        if body.get("resource_id") is True:
            del body["resource_id"]
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


@breaks("REL-ID-TYPE")
class TypeBeginsWithDigits(Service):
    """A `rel_id` of text is read as far as it has digits, space before them apart."""

    def validate(self, body: Body) -> Row:
        rel_id = body.get("rel_id")
        if isinstance(rel_id, str) and rel_id.strip()[:1].isdecimal() and not rel_id.isdecimal():
            body["rel_id"] = int("".join(item for item in rel_id[:20] if item.isdecimal()))
        return super().validate(body)


@breaks("TOKEN-WRONG")
class TokenIsAPattern(Service):
    """A percent sign for a token is every token, since the query compares with LIKE."""

    def is_known(self, token: str) -> bool:
        return set(token) == {"%"} or super().is_known(token)


@breaks("TOKEN-EXACT")
class LastCharacterIsNotCompared(Service):
    """The last character of a token may be any: the comparison stops one too early."""

    def is_known(self, token: str) -> bool:
        return any(len(token) == len(known) and token.encode()[:-1] == known[:-1] for known in self._tokens)


@breaks("TOKEN-NOT-REPEATED")
class TokenInAHeader(Service):
    """A header of the reply for an unknown profile holds the token, which was meant for the log."""

    async def look_up(self, row: Row, body: Body) -> Found:
        try:
            return await super().look_up(row, body)
        except Refusal as refusal:
            raise _WithToken(refusal, str(body["token"])) from None

    def refuse(self, refusal: Refusal) -> Reply:
        reply = super().refuse(refusal)
        if isinstance(refusal, _WithToken):
            return Reply(reply.status, reply.content, {**reply.headers, "x-caller": refusal.token})
        return reply


class _WithToken(Refusal):
    """A refusal that knows whose request it refuses."""

    def __init__(self, refusal: Refusal, token: str) -> None:
        super().__init__(refusal.code, refusal.text)
        self.token = token


@breaks("METHOD-GET")
class GetIsAFailure(WithPages):
    """A GET makes the server fail, since it has no body."""

    async def refuse_method(self, call: Call) -> Reply:
        if call.method == "GET":
            raise Page(500)
        return await super().refuse_method(call)


@breaks("ROBUST-NUMBERS", "NO-SERVER-ERROR")
class LargeResourceIsAFailure(WithPages):
    """A `resource_id` that does not fit the column makes the server fail."""

    def validate(self, body: Body) -> Row:
        row = super().validate(body)
        resource = body.get("resource_id")
        if isinstance(resource, int) and abs(resource) >= 2**63:
            raise Page(500)
        return row


@breaks("ROBUST-LONG", "NO-SERVER-ERROR")
class ManyFieldsAreAFailure(WithPages):
    """More than a hundred fields make the server fail."""

    def validate(self, body: Body) -> Row:
        if len(body) > 100:
            raise Page(500)
        return super().validate(body)


@breaks("ROBUST-CONTENT-TYPE")
class TextNeedsNoToken(Service):
    """A request whose content type is plain text is not authenticated."""

    async def carry_out(self, call: Call) -> Reply:
        if call.content_type != "text/plain":
            return await super().carry_out(call)
        body = self.read(call)
        return self.succeed(await self.look_up(self.validate(body), body))


@breaks("REFUSAL-SHOWS-NOTHING")
class RowsForDebugging(Service):
    """A refusal for an unknown profile holds the rows that were looked through, for debugging."""

    def refuse(self, refusal: Refusal) -> Reply:
        if refusal.code != NOT_FOUND:
            return super().refuse(refusal)
        rows: Sequence[Relation] = self.store.all_relations()[:1]
        envelope: dict[str, Json] = {"error": refusal.code, "error_text": refusal.text, "data": []}
        return self.reply(200, envelope | {"debug": [self.entry(row) for row in rows]})


@breaks("NO-STACK-TRACE")
class TraceOfAnotherLanguage(Service):
    """The text of a refusal for a missing field ends with where it was thrown."""

    def refusal_text(self, refusal: Refusal) -> Json:
        text = super().refusal_text(refusal)
        if "lacks" not in refusal.text:
            return text
        return f"{text}\n   at Relations.Controllers.Get(Request request) in /src/Controllers/Relations.cs:line 88"
