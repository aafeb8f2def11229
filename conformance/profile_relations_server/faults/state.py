"""Faults in what a server keeps between calls, and in what concurrent calls do to each other."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from profile_relations_server.faults.helpers import Page, Remembering, WithPages
from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.messages import INCORRECT_REQUEST, Found, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profile_relations_server.contract import Row
    from profile_relations_server.service.messages import Body, Call, Reply
    from profile_relations_server.world.model import Relation

# Long enough for the other calls that are under way to come in between.
_A_MOMENT = 0.005
_POOL = 40
_LOCKED = 423


@breaks("STABLE-ALTERNATING", "REL-ID-SELECTS", "REL-ID-WITHOUT-RELATIONS")
class CacheWithoutType(Remembering):
    """Relations are kept by profile alone, so that the first type asked for answers for all."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        if profile_id not in self.memory:
            self.memory[profile_id] = super().relations_of(rel_id, profile_id)
        kept: Sequence[Relation] = self.memory[profile_id]
        return kept


@breaks("STABLE-ALTERNATING", "STABLE-REPEATED", "REL-ID-SELECTS", "REL-ID-WITHOUT-RELATIONS")
class RowsPileUp(Remembering):
    """The rows of a call are appended to those of the profile's earlier calls, whichever types these were of."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        rows = [*self.memory.get(profile_id, ()), *super().relations_of(rel_id, profile_id)]
        self.memory[profile_id] = list({(item.rel_id, item.profile_id_b): item for item in rows}.values())
        return list(self.memory[profile_id])


@breaks("SELECTOR-OF-ANOTHER-PROFILE", "ENTRY-A-IS-THE-PROFILE-FOUND", "TOTAL-COUNT-EXPECTED")
class CacheWithoutProfile(Remembering):
    """Relations are kept by type alone, so that the first profile asked for answers for all."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        if rel_id not in self.memory:
            self.memory[rel_id] = super().relations_of(rel_id, profile_id)
        kept: Sequence[Relation] = self.memory[rel_id]
        return kept


@breaks("RESOURCE-OTHER", "STABLE-REPEATED")
class CacheWithoutResource(Remembering):
    """What an address finds in subscriptions is kept without the resource, so that the first one asked for decides."""

    def emails_in_subscriptions(self, address: str, resource_id: int | None) -> list[str]:
        if address not in self.memory:
            self.memory[address] = super().emails_in_subscriptions(address, resource_id)
        kept: list[str] = self.memory[address]
        return kept


@breaks("STABLE-ALTERNATING", "REL-ID-SELECTS")
class TypeOfThePreviousCall(Remembering):
    """Relations of the type are listed that the profile was asked for last."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        asked = self.memory.get(profile_id, rel_id)
        self.memory[profile_id] = rel_id
        return super().relations_of(asked, profile_id)


@breaks("STABLE-REPEATED", "STABLE-ALTERNATING")
class EveryThirdCallMissesARow(Remembering):
    """Every third call lists one row less: one of three replicas is behind."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        self.memory["calls"] = self.memory.get("calls", 0) + 1
        rows = super().relations_of(rel_id, profile_id)
        return rows[:-1] if self.memory["calls"] % 3 == 0 else rows


@breaks("STABLE-REPEATED")
class CursorGoesOn(Remembering):
    """A second call for the same relations goes on where the first one ended, and lists nothing."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        rows = super().relations_of(rel_id, profile_id)
        ended = self.memory.pop("cursor", None) == (rel_id, profile_id)
        if not ended:
            self.memory["cursor"] = (rel_id, profile_id)
        return [] if ended else rows


@breaks("STABLE-AFTER-REFUSAL", "STABLE-REPEATED")
class RefusalSticks(Remembering, WithPages):
    """The call after a refused one is refused too, since the error is cleared too late."""

    def refuse(self, refusal: Refusal) -> Reply:
        self.memory["refusal"] = refusal
        return super().refuse(refusal)

    async def look_up(self, row: Row, body: Body) -> Found:
        refusal = self.memory.pop("refusal", None)
        if refusal:
            self.memory.clear()
            raise Refusal(refusal.code, refusal.text)
        return await super().look_up(row, body)


@breaks("NO-SERVER-ERROR", "STABLE-REPEATED")
class ConnectionsRunOut(Remembering, WithPages):
    """After forty calls that found somebody the pool of connections is empty, and the server fails."""

    def relations_of(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        self.memory["used"] = self.memory.get("used", 0) + 1
        if self.memory["used"] > _POOL:
            raise Page(500)
        return super().relations_of(rel_id, profile_id)


@breaks("STABLE-CONCURRENT")
class RequestIsShared(Remembering):
    """Concurrent calls share one variable for the request, so that the last one is answered to all."""

    async def look_up(self, row: Row, body: Body) -> Found:
        self.memory["request"] = (row, body)
        await asyncio.sleep(_A_MOMENT)
        return await super().look_up(*self.memory["request"])


@breaks("STABLE-CONCURRENT")
class TypeIsShared(Remembering):
    """Concurrent calls share one variable for `rel_id`."""

    async def look_up(self, row: Row, body: Body) -> Found:
        self.memory["rel_id"] = body["rel_id"]
        await asyncio.sleep(_A_MOMENT)
        return await super().look_up(row, body | {"rel_id": self.memory["rel_id"]})


@breaks("STABLE-CONCURRENT")
class RepliesAreShared(Remembering):
    """Concurrent calls write into one buffer, so that an early reply is a late one's."""

    async def answer(self, call: Call) -> Reply:
        self.memory["reply"] = await super().answer(call)
        await asyncio.sleep(_A_MOMENT)
        reply: Reply = self.memory["reply"]
        return reply


@breaks("STABLE-CONCURRENT")
class DatabaseIsLocked(Remembering):
    """A call that comes while another one is carried out is refused, since the database is locked."""

    async def look_up(self, row: Row, body: Body) -> Found:
        if self.memory.get("busy"):
            raise Refusal(_LOCKED, "the database is locked")
        self.memory["busy"] = True
        try:
            await asyncio.sleep(_A_MOMENT)
            return await super().look_up(row, body)
        finally:
            self.memory["busy"] = False


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
