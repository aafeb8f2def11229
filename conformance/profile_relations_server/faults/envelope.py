"""Faults of the reply as a whole: its form, its members, its status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profile_relations_server.faults.helpers import Page, WithPages, without
from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.messages import TOKEN_REQUIRED, Refusal, Reply
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from profile_relations_server.service.messages import Body, Found, Json


@breaks("REPLY-JSON")
class PrintedReply(Service):
    """The reply is what the language prints of the envelope, in single quotes and with None."""

    def encode(self, envelope: Body) -> bytes:
        return repr(envelope).encode()


@breaks("REPLY-JSON")
class ReplyInAnArray(Service):
    """The reply is an array that holds the envelope."""

    def encode(self, envelope: Body) -> bytes:
        return b"[" + super().encode(envelope) + b"]"


@breaks("REPLY-JSON", "ROBUST-NOT-JSON", "TOKEN-MISSING")
class RefusalInPlainText(Service):
    """A refusal is its text alone."""

    def refuse(self, refusal: Refusal) -> Reply:
        return Reply(self.refusal_status(refusal), refusal.text.encode(), {"content-type": "text/plain"})


@breaks("REPLY-JSON", "SELECTOR-UNKNOWN")
class NotFoundIsAPage(WithPages):
    """A profile that is not found is answered with the web server's own page for 404."""

    def find_nobody(self, body: Body) -> Found:
        raise Page(404, "<html><body><h1>404 Not Found</h1></body></html>")


@breaks("REPLY-JSON", "SUCCESS-STATUS", "REPLY-DATA-EMPTY")
class NothingIsNoContent(Service):
    """A profile without relations is answered with 204 and no body."""

    def succeed(self, found: Found) -> Reply:
        return super().succeed(found) if found.relations else Reply(204, b"", {})


@breaks("REPLY-CONTENT-TYPE")
class HtmlContentType(Service):
    """The content type says HTML, as it does where a script sets none."""

    def content_type(self) -> str:
        return "text/html; charset=utf-8"


@breaks("REPLY-CONTENT-TYPE")
class RefusalSaysText(Service):
    """The content type of a refusal says plain text."""

    def refuse(self, refusal: Refusal) -> Reply:
        reply = super().refuse(refusal)
        return Reply(reply.status, reply.content, {"content-type": "text/plain"})


@breaks("REPLY-ERROR")
class ErrorAsText(Service):
    """`error` is a string of digits."""

    def reply(self, status: int, envelope: Body) -> Reply:
        return super().reply(status, envelope | {"error": str(envelope["error"])})


@breaks("REPLY-ERROR")
class ErrorAsBoolean(Service):
    """`error` says whether there was one: false or true."""

    def reply(self, status: int, envelope: Body) -> Reply:
        return super().reply(status, envelope | {"error": bool(envelope["error"])})


@breaks("REPLY-ERROR")
class ErrorOnlyInRefusals(Service):
    """A success has no `error`."""

    def reply(self, status: int, envelope: Body) -> Reply:
        return super().reply(status, envelope if envelope["error"] else without(envelope, "error"))


@breaks("REPLY-ERROR")
class RefusalCodeAsName(Service):
    """`error` of a refusal is the name of a constant."""

    def refusal_code(self, refusal: Refusal) -> Json:
        return "ERR_TOKEN" if refusal.code == TOKEN_REQUIRED else "ERR_REQUEST"


@breaks("REPLY-ERROR-TEXT")
class TextOnlyInRefusals(Service):
    """A success has no `error_text`."""

    def reply(self, status: int, envelope: Body) -> Reply:
        return super().reply(status, envelope if envelope["error"] else without(envelope, "error_text"))


@breaks("REPLY-ERROR-TEXT")
class NullTextOfSuccess(Service):
    """`error_text` of a success is null."""

    def success_text(self) -> Json:
        return None


@breaks("REPLY-ERROR-TEXT")
class TextsInAnArray(Service):
    """`error_text` of a refusal is an array of messages, one for each mistake."""

    def refusal_text(self, refusal: Refusal) -> Json:
        return [refusal.text]


@breaks("REPLY-ERROR-TEXT-FILLED")
class RefusalWithoutReason(Service):
    """`error_text` of a refusal is empty."""

    def refusal_text(self, refusal: Refusal) -> Json:
        return ""


@breaks("REPLY-DATA-EMPTY")
class NoDataForNothing(Service):
    """A success that lists nothing leaves `data` out, as serializers do that skip empty lists."""

    def reply(self, status: int, envelope: Body) -> Reply:
        return super().reply(status, envelope if envelope.get("data") else without(envelope, "data"))


@breaks("REPLY-DATA-EMPTY")
class NullDataForNothing(Service):
    """`data` of a success that lists nothing is null."""

    def data(self, found: Found) -> Json:
        return super().data(found) or None


@breaks("REPLY-DATA", "REPLY-DATA-EMPTY")
class DataCalledRelations(Service):
    """The list is called `relations`."""

    def reply(self, status: int, envelope: Body) -> Reply:
        if "data" in envelope:
            envelope = without(envelope, "data") | {"relations": envelope["data"]}
        return super().reply(status, envelope)


@breaks("REPLY-DATA")
class FilledDataIsCalledRelations(Service):
    """The list is called `relations` as soon as there is something in it."""

    def reply(self, status: int, envelope: Body) -> Reply:
        if envelope.get("data"):
            envelope = without(envelope, "data") | {"relations": envelope["data"]}
        return super().reply(status, envelope)


@breaks("REPLY-DATA-ARRAY")
class OneEntryIsNoArray(Service):
    """`data` with one entry is that entry, as in converters from XML."""

    def data(self, found: Found) -> Json:
        entries: list[Body] = super().data(found)
        return entries[0] if len(entries) == 1 else entries


@breaks("REPLY-DATA-ARRAY")
class DataByNumber(Service):
    """`data` is an object whose keys are the positions of the entries."""

    def data(self, found: Found) -> Json:
        return {str(number): entry for number, entry in enumerate(super().data(found))}


@breaks("REPLY-TOTAL-COUNT-PLACE", "REPLY-DATA-ARRAY", "REPLY-TOTAL-COUNT")
class DataAsInTheTable(Service):
    """`data` is an object that holds the entries and `total_count`, as the documented table can be read."""

    def reply(self, status: int, envelope: Body) -> Reply:
        if not envelope["error"]:
            data = {"relations": envelope["data"], "total_count": envelope["total_count"]}
            envelope = without(envelope, "total_count") | {"data": data}
        return super().reply(status, envelope)


@breaks("REPLY-TOTAL-COUNT")
class TotalCountAsText(Service):
    """`total_count` is a string of digits."""

    def total_count(self, found: Found) -> Json:
        return str(super().total_count(found))


@breaks("REPLY-TOTAL-COUNT")
class NoTotalCountForNothing(Service):
    """A success that lists nothing leaves `total_count` out."""

    def reply(self, status: int, envelope: Body) -> Reply:
        return super().reply(status, envelope if envelope.get("total_count") else without(envelope, "total_count"))


@breaks("REPLY-TOTAL-COUNT", "TOTAL-COUNT-ENTRIES")
class MinusOneForNothing(Service):
    """`total_count` of a success that lists nothing is -1."""

    def total_count(self, found: Found) -> Json:
        return super().total_count(found) or -1
