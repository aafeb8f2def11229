"""Faults in how a token is checked and kept secret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from profile_relations_server.contract import MODE_FIELD
from profile_relations_server.faults.helpers import Remembering
from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.messages import Refusal, Reply
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from profile_relations_server.contract import Row
    from profile_relations_server.service.messages import Body, Call, Found


# What stands for a token where none was needed, so that the contract accepts the request.
_GUEST = "guest"


@breaks("TOKEN-MISSING")
class GuestsWelcome(Service):
    """A request without a token is carried out, for a guest."""

    def authenticate(self, body: Body) -> None:
        if "token" in body:
            super().authenticate(body)
        body.setdefault("token", _GUEST)


@breaks("TOKEN-EMPTY")
class EmptyTokenIsAGuest(Service):
    """A request with an empty token is carried out."""

    def authenticate(self, body: Body) -> None:
        if body.get("token") == "":
            body["token"] = _GUEST
            return
        super().authenticate(body)


@breaks("TOKEN-TYPE")
class NullTokenIsAGuest(Service):
    """A request whose token is null is carried out."""

    def authenticate(self, body: Body) -> None:
        if "token" in body and body["token"] is None:
            body["token"] = _GUEST
            return
        super().authenticate(body)


@breaks("TOKEN-TYPE")
class TrueEqualsAnyToken(Service):
    """A token of `true` or 0 is accepted, as a loose comparison does."""

    def authenticate(self, body: Body) -> None:
        if body.get("token") is True or body.get("token") == 0:
            body["token"] = _GUEST
            return
        super().authenticate(body)


@breaks("TOKEN-TYPE")
class TokenInAnArray(Service):
    """An array whose first element is a valid token is accepted, as a query parameter would be."""

    def authenticate(self, body: Body) -> None:
        token = body.get("token")
        if isinstance(token, list) and token:
            body["token"] = token[0]
        super().authenticate(body)


@breaks("TOKEN-TYPE")
class AnyOtherTypeIsAccepted(Service):
    """A token is looked up only if it is a string; anything else passes."""

    def authenticate(self, body: Body) -> None:
        if "token" in body and not isinstance(body["token"], str):
            body["token"] = _GUEST
            return
        super().authenticate(body)


@breaks("TOKEN-WRONG", "TOKEN-EXACT")
class AnyTokenIsAccepted(Service):
    """A token must be there, but is not looked up."""

    def is_known(self, token: str) -> bool:
        return True


@breaks("TOKEN-WRONG")
class FormIsEnough(Service):
    """A token of 32 hexadecimal digits is accepted, whoever it is of."""

    def is_known(self, token: str) -> bool:
        return re.fullmatch(r"[0-9a-f]{32}", token) is not None


@breaks("TOKEN-WRONG", "TOKEN-MISSING")
class OnceRightAlwaysRight(Remembering):
    """Once a valid token came, every request is carried out: the outcome is kept and never asked for again."""

    def authenticate(self, body: Body) -> None:
        if self.memory.get("signed in"):
            body["token"] = _GUEST
            return
        super().authenticate(body)
        self.memory["signed in"] = True


@breaks("TOKEN-EXACT")
class TokenInAnyCase(Service):
    """A token matches in capital letters too."""

    def is_known(self, token: str) -> bool:
        return super().is_known(token.lower())


@breaks("TOKEN-EXACT")
class TokenIsTrimmed(Service):
    """A token matches with space around it."""

    def is_known(self, token: str) -> bool:
        return super().is_known(token.strip())


@breaks("TOKEN-EXACT")
class BeginningOfTokenIsEnough(Service):
    """A token matches that is the beginning of a valid one."""

    def is_known(self, token: str) -> bool:
        return any(known.startswith(token.encode("utf-8", "replace")) for known in self._tokens)


@breaks("TOKEN-EXACT")
class TokenMayGoOn(Service):
    """A token matches that goes on behind a valid one, since the column cuts it."""

    def is_known(self, token: str) -> bool:
        return super().is_known(token[:32])


@breaks("TOKEN-EXACT")
class HalfOfTheTokenIsCompared(Service):
    """Only the first half of a token is compared."""

    def is_known(self, token: str) -> bool:
        given = token.encode("utf-8", "replace")
        return any(given[:16] == known[:16] for known in self._tokens)


@breaks("TOKEN-NOT-REPEATED")
class WrongTokenIsQuoted(Service):
    """A refusal quotes the token that is not known."""

    def authenticate(self, body: Body) -> None:
        try:
            super().authenticate(body)
        except Refusal as refusal:
            raise Refusal(refusal.code, f"{refusal.text}: {body.get('token')!r}") from None


@breaks("TOKEN-NOT-REPEATED")
class RequestIsQuoted(Service):
    """A refusal of a wrong field has the whole request, token and all, for the caller's convenience."""

    async def answer(self, call: Call) -> Reply:
        try:
            return await self.carry_out(call)
        except Refusal as refusal:
            quoted = call.raw[:1000].decode("utf-8", "replace")
            return self.refuse(Refusal(refusal.code, f"{refusal.text} in {quoted}", transport=refusal.transport))


@breaks("TOKEN-NOT-REPEATED")
class TokenInDetails(Service):
    """A refusal of a wrong field has the token among its details."""

    async def carry_out(self, call: Call) -> Reply:
        body = self.read(call)
        self.authenticate(body)
        try:
            row = self.validate(body)
        except Refusal as refusal:
            details = {"error": refusal.code, "error_text": refusal.text, "details": {"client": body["token"]}}
            return self.reply(self.refusal_status(refusal), details)
        return self.succeed(await self.look_up(row, body))


@breaks("TOKEN-MISSING")
class OneModeIsForGuests(Service):
    """`matching: email_profile` needs no token: each mode has its own handler, and one of them lacks the check."""

    def authenticate(self, body: Body) -> None:
        if "token" in body or body.get(MODE_FIELD) != "email_profile":
            super().authenticate(body)
        body.setdefault("token", "guest")


@breaks("TOKEN-EXACT")
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


@breaks("TOKEN-TYPE")
class TokenIsAQuery(Service):
    """A token that is an object, such as `{"$ne": ""}`, is a condition of the query language that every token meets."""

    def authenticate(self, body: Body) -> None:
        token = body.get("token")
        if isinstance(token, dict) and any(name.startswith("$") for name in token):
            body["token"] = _GUEST
            return
        super().authenticate(body)
