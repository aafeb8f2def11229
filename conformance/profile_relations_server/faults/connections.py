"""Faults in what becomes of a connection: replies too many on it, and searches after which nobody answers."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

from profile_relations_server.faults.helpers import Remembering
from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.messages import INCORRECT_REQUEST, Call, Refusal, Reply
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from profile_relations_server.contract import Row
    from profile_relations_server.service.messages import Body, Found

_SEATS = 20


def as_bytes(reply: Reply) -> bytes:
    """Writes a whole reply, its head too, as it stands on a connection."""
    headers = {**reply.headers, "content-length": str(len(reply.content))}
    lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}", *map(": ".join, headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + reply.content


def _with_one_behind(reply: Reply, second: Reply) -> Reply:
    return Reply(reply.status, reply.content, reply.headers, as_bytes(second))


@breaks("STABLE-AFTER-REFUSAL", "STABLE-ALTERNATING", "STABLE-REPEATED")
class RefusalBeforeTheBody(Service):
    """A request without a right token is refused before its body is read, which is then taken for another request."""

    async def answer(self, call: Call) -> Reply:
        reply = await super().answer(call)
        if call.trace.code not in {401, 403}:
            return reply
        return _with_one_behind(reply, self.refuse(Refusal(INCORRECT_REQUEST, "no such method", transport=True)))


@breaks("STABLE-AFTER-REFUSAL", "STABLE-ALTERNATING", "STABLE-REPEATED")
class RefusalIsWrittenTwice(Service):
    """A refused request is answered twice: by the check, and by the code behind it, which goes on."""

    async def answer(self, call: Call) -> Reply:
        reply = await super().answer(call)
        return _with_one_behind(reply, reply) if call.trace.code else reply


async def wait_for_a_seat() -> None:
    """Waits for what nobody gives back."""
    await asyncio.Event().wait()


@breaks("NO-SERVER-ERROR", "STABLE-REPEATED", "REPLY-JSON")
class RefusedSearchesKeepTheirSeat(Remembering):
    """A search that finds nobody keeps its connection of the pool, so that after twenty of them nobody is answered."""

    async def look_up(self, row: Row, body: Body) -> Found:
        if self.memory.get("kept", 0) >= _SEATS:
            await wait_for_a_seat()
        try:
            return await super().look_up(row, body)
        except Refusal:
            self.memory["kept"] = self.memory.get("kept", 0) + 1
            raise
