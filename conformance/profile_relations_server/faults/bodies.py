"""Faults in what unusual bodies do: they get a page in place of the envelope, or are read as something else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from profile_relations_server.faults.helpers import Page, WithPages, texts_of
from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.messages import SERVER_ERROR, Refusal
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from profile_relations_server.contract import Row
    from profile_relations_server.service.messages import Body, Call, Json, Reply

# What the stack of a language with little of it holds, or a parser allows by default.
_DEPTH = 200
_LONGEST = 4096


@breaks("ROBUST-NOT-JSON", "REPLY-JSON")
class BrokenJsonIsAPage(WithPages):
    """A body that is not JSON is answered with the framework's page for 400."""

    def parse(self, text: str) -> Json:
        try:
            return super().parse(text)
        except Refusal:
            raise Page(400, "<html><body><h1>Bad Request</h1></body></html>") from None


@breaks("ROBUST-NOT-JSON")
class BrokenJsonIsAFailure(WithPages):
    """A body that is not JSON makes the server fail."""

    def parse(self, text: str) -> Json:
        try:
            return super().parse(text)
        except Refusal:
            raise Page(500) from None


@breaks("ROBUST-NOT-JSON")
class BrokenJsonIsMended(Service):
    """A body that breaks off is read as if it had ended well."""

    def parse(self, text: str) -> Json:
        try:
            return super().parse(text)
        except Refusal:
            return super().parse(text + "}")


@breaks("ROBUST-NOT-JSON")
class EmptyBodyIsEmptyReply(WithPages):
    """An empty body is answered with an empty reply."""

    def decode(self, raw: bytes) -> str:
        if not raw:
            raise Page(200, "", "application/json")
        return super().decode(raw)


@breaks("ROBUST-NOT-AN-OBJECT")
class ArrayIsAFailure(WithPages):
    """A body that is no object makes the server fail, since it asks for a field of it."""

    def check_object(self, parsed: Json) -> Body:
        if not isinstance(parsed, dict):
            raise Page(500)
        return parsed


@breaks("ROBUST-NOT-AN-OBJECT")
class ArrayIsUnwrapped(Service):
    """An array that holds a request is read as that request."""

    def check_object(self, parsed: Json) -> Body:
        return super().check_object(parsed[0] if isinstance(parsed, list) and parsed else parsed)


@breaks("ROBUST-NOT-AN-OBJECT")
class NullIsNoReply(WithPages):
    """A body of null, false or 0 is answered with null."""

    def check_object(self, parsed: Json) -> Body:
        if not isinstance(parsed, str | list | dict) and not parsed:
            raise Page(200, "null", "application/json")
        return super().check_object(parsed)


@breaks("ROBUST-NESTING", "NO-SERVER-ERROR")
class NestingIsAFailure(WithPages):
    """A deeply nested body makes the server fail."""

    def parse(self, text: str) -> Json:
        if text.count("[") > _DEPTH or text.count("{") > _DEPTH:
            raise Page(500)
        return super().parse(text)


@breaks("ROBUST-NESTING", "NO-SERVER-ERROR")
class NestedSelectorIsAFailure(WithPages):
    """A selector that is an object, and holds another one, makes the server fail, since it is flattened without end."""

    def validate(self, body: Body) -> Row:
        for row in self.contract.rows:
            if any(isinstance(body.get(name), dict) and any(body[name].values()) for name in row.selectors):
                raise Page(500)
        return super().validate(body)


@breaks("ROBUST-LONG", "NO-SERVER-ERROR")
class LongTextIsAFailure(Service):
    """A text that does not fit its column makes the server fail."""

    def validate(self, body: Body) -> Row:
        if any(len(text) > _LONGEST for text in texts_of(body)):
            raise Refusal(SERVER_ERROR, "value too long for the column", transport=True)
        return super().validate(body)


@breaks("ROBUST-NUMBERS", "NO-SERVER-ERROR")
class LargeNumberIsAFailure(WithPages):
    """An integer of more than 64 bits makes the server fail."""

    def validate(self, body: Body) -> Row:
        row = super().validate(body)
        if abs(body["rel_id"]) >= 2**63:
            raise Page(500)
        return row


@breaks("ROBUST-NUMBERS")
class NegativeTypeIsNoReply(WithPages):
    """A negative `rel_id` is answered with an empty body."""

    def validate(self, body: Body) -> Row:
        row = super().validate(body)
        if body["rel_id"] < 0:
            raise Page(400, "", "application/json")
        return row


@breaks("ROBUST-JSON-CORNERS")
class SecondKeyIsAPage(WithPages):
    """A key that stands twice is answered with a page."""

    def parse(self, text: str) -> Json:
        if len(re.findall(r'"rel_id"\s*:', text)) > 1:
            raise Page(400, "<h1>Duplicate key</h1>")
        return super().parse(text)


@breaks("ROBUST-JSON-CORNERS")
class NanIsAFailure(WithPages):
    """NaN or Infinity in a body makes the server fail."""

    def parse(self, text: str) -> Json:
        if re.search(r"[:,\[]\s*-?(NaN|Infinity|1e999)", text):
            raise Page(500)
        return super().parse(text)


@breaks("ROBUST-JSON-CORNERS")
class ByteOrderMarkIsAFailure(WithPages):
    """A byte-order mark makes the server fail."""

    def decode(self, raw: bytes) -> str:
        if raw.startswith(b"\xef\xbb\xbf"):
            raise Page(500)
        return super().decode(raw)


@breaks("ROBUST-CONTENT-TYPE")
class OtherContentTypeIsAPage(WithPages):
    """Another content type than JSON's is answered with the framework's page for 415."""

    def check_content_type(self, content_type: str | None) -> None:
        if not (content_type or "").startswith("application/json"):
            raise Page(415, "<html><body><h1>Unsupported Media Type</h1></body></html>")


@breaks("ROBUST-CONTENT-TYPE", "NO-SERVER-ERROR")
class MissingContentTypeIsAFailure(WithPages):
    """A request without a content type makes the server fail."""

    def check_content_type(self, content_type: str | None) -> None:
        if content_type is None:
            raise Page(500)


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


@breaks("ROBUST-CONTENT-TYPE")
class FormNeedsNoToken(Service):
    """The body of a form is read as a request, and its token is not checked."""

    async def carry_out(self, call: Call) -> Reply:
        if not (call.content_type or "").startswith("application/x-www-form-urlencoded"):
            return await super().carry_out(call)
        pairs = dict(parse_qsl(call.raw.decode("utf-8", "replace")))
        body: Body = {**pairs, "token": "guest"}
        if body.get("rel_id", "").isdecimal():
            body["rel_id"] = int(body["rel_id"])
        row = self.validate(body)
        return self.succeed(await self.look_up(row, body))
