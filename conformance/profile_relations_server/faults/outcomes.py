"""Faults in how a success and a refusal are told apart: `error`, the text, the status, and what a refusal shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profile_relations_server.contract import MODE_FIELD
from profile_relations_server.faults.helpers import ERROR_PAGE, Page, WithPages
from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.messages import INCORRECT_REQUEST, NOT_FOUND, TOKEN_REQUIRED, Refusal, Reply
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profile_relations_server.service.messages import Body, Call, Found, Json
    from profile_relations_server.world.model import Relation


@breaks("SUCCESS-ERROR-ZERO")
class SuccessCodeIsStatus(Service):
    """`error` of a success is 200, its HTTP status."""

    def success_code(self) -> Json:
        return 200


@breaks("SUCCESS-TEXT")
class SuccessTextOk(Service):
    """The text of a success is "OK"."""

    def success_text(self) -> Json:
        return "OK"


@breaks("SUCCESS-TEXT")
class SuccessTextInCapitals(Service):
    """The text of a success has two capital letters."""

    def success_text(self) -> Json:
        return self.contract.success_text.title()


@breaks("SUCCESS-STATUS")
class SuccessIsCreated(Service):
    """A success is answered with 201, the framework's status for a POST."""

    def success_status(self) -> int:
        return 201


@breaks("SUCCESS-STATUS")
class ManyArePartial(Service):
    """A long list is answered with 206."""

    def succeed(self, found: Found) -> Reply:
        reply = super().succeed(found)
        return Reply(206, reply.content, reply.headers) if len(found.relations) > 20 else reply


@breaks("REFUSAL-STATUS", "NO-SERVER-ERROR")
class RefusalIsServerError(Service):
    """A request that the contract forbids is answered with the envelope under 500."""

    def refusal_status(self, refusal: Refusal) -> int:
        return 500 if refusal.code == INCORRECT_REQUEST else super().refusal_status(refusal)


@breaks("REFUSAL-STATUS")
class StatusAlone(Service):
    """A refusal has a 4xx status, and an `error` that was left at 0."""

    def refuse(self, refusal: Refusal) -> Reply:
        return self.reply(refusal.code, {"error": 0, "error_text": refusal.text, "data": [], "total_count": 0})


@breaks("REFUSAL-STATUS")
class RefusalIsRedirect(Service):
    """A request without a valid token is sent on to a page for signing in, with the envelope as its body."""

    def refuse(self, refusal: Refusal) -> Reply:
        reply = super().refuse(refusal)
        if refusal.code != TOKEN_REQUIRED:
            return reply
        return Reply(302, reply.content, {**reply.headers, "location": "/sign-in"})


@breaks("TOKEN-WRONG", "TOKEN-MISSING", "SELECTOR-MISSING", "REL-ID-MISSING", "REPLY-DATA-EMPTY", "CONTRACT-INCOMPLETE")
class RefusalCodeZero(Service):
    """`error` of a refusal is 0; only its text tells that there was a mistake."""

    def refusal_code(self, refusal: Refusal) -> Json:
        return 0


@breaks("REFUSAL-SHOWS-NOTHING", "TOKEN-WRONG")
class TokenCheckedLast(Service):
    """The token is checked when the reply is written already, and only its `error` is changed."""

    async def carry_out(self, call: Call) -> Reply:
        body = self.read(call)
        row = self.validate(body)
        found = await self.look_up(row, body)
        try:
            self.authenticate(body)
        except Refusal as refusal:
            return self.reply(200, {"error": refusal.code, "error_text": refusal.text, "data": self.data(found)})
        return self.succeed(found)


@breaks("REFUSAL-SHOWS-NOTHING")
class RefusalCountsSomething(Service):
    """A refusal has a `total_count` of 1: the number of its messages."""

    def refusal_members(self) -> Body:
        return {"data": [], "total_count": 1}


@breaks("REFUSAL-SHOWS-NOTHING")
class RefusalHasData(Service):
    """`data` of a refusal holds the names of the fields to mend."""

    def refusal_members(self) -> Body:
        return {"data": [{"field": name} for name in sorted(self.contract.common)], "total_count": 0}


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


@breaks("REFUSAL-SHOWS-NOTHING")
class RowsForDebugging(Service):
    """A refusal for an unknown profile holds the rows that were looked through, for debugging."""

    def refuse(self, refusal: Refusal) -> Reply:
        if refusal.code != NOT_FOUND:
            return super().refuse(refusal)
        rows: Sequence[Relation] = self.store.all_relations()[:1]
        envelope: dict[str, Json] = {"error": refusal.code, "error_text": refusal.text, "data": []}
        return self.reply(200, envelope | {"debug": [self.entry(row) for row in rows]})
