"""Faults in what other methods than POST do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from profile_relations_server.faults.helpers import Page, WithPages
from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.messages import Call
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from profile_relations_server.service.messages import Reply


@breaks("METHOD-GET", "METHOD-OTHER")
class AnyMethod(Service):
    """Every method is answered as a POST is."""

    async def refuse_method(self, call: Call) -> Reply:
        return await self.carry_out(call)


@breaks("METHOD-GET")
class GetWithBody(Service):
    """A GET with a body is answered as a POST is."""

    async def refuse_method(self, call: Call) -> Reply:
        return await (self.carry_out(call) if call.method == "GET" and call.raw else super().refuse_method(call))


@breaks("METHOD-GET")
class GetShowsAnExample(Service):
    """A GET shows the relations of the first profile, as a list of examples."""

    async def refuse_method(self, call: Call) -> Reply:
        if call.method != "GET":
            return await super().refuse_method(call)
        first = self.store.all_relations()[0]
        body = {"token": self._tokens[0].decode(), "rel_id": first.rel_id, "profile_id": first.profile_id_a}
        return await self.carry_out(Call(json.dumps(body).encode()))


@breaks("METHOD-OTHER")
class PutIsPost(Service):
    """A PUT is answered as a POST is."""

    async def refuse_method(self, call: Call) -> Reply:
        return await (self.carry_out(call) if call.method == "PUT" else super().refuse_method(call))


@breaks("METHOD-OTHER")
class DeleteIsAFailure(WithPages):
    """A DELETE makes the server fail."""

    async def refuse_method(self, call: Call) -> Reply:
        if call.method == "DELETE":
            raise Page(500)
        return await super().refuse_method(call)


@breaks("METHOD-OTHER")
class HeadIsAFailure(WithPages):
    """A HEAD makes the server fail."""

    async def refuse_method(self, call: Call) -> Reply:
        if call.method == "HEAD":
            raise Page(500)
        return await super().refuse_method(call)


@breaks("METHOD-GET")
class GetIsAFailure(WithPages):
    """A GET makes the server fail, since it has no body."""

    async def refuse_method(self, call: Call) -> Reply:
        if call.method == "GET":
            raise Page(500)
        return await super().refuse_method(call)
