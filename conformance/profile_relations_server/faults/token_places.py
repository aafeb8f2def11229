"""Faults in where a token is looked for: a place that is not the server's opens something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from profile_relations_server.service.messages import Body, Call


@breaks("TOKEN-ELSEWHERE")
class AnyHeaderOpens(Service):
    """A request without a token is carried out if it has a header `Authorization`, whatever stands in it."""

    def read(self, call: Call) -> Body:
        body = super().read(call)
        if call.authorization:
            body.setdefault("token", self._tokens[0].decode())
        return body


@breaks("TOKEN-ELSEWHERE")
class HeaderNamesTheProfile(Service):
    """A token in the header beside a right one in the body shows the profile of its session, which is another one."""

    def read(self, call: Call) -> Body:
        body = super().read(call)
        if not call.authorization or "token" not in body:
            return body
        asked = body.get("rel_id"), body.get("profile_id")
        others = [
            item for item in self.store.all_relations() if item.rel_id == asked[0] and item.profile_id_a != asked[1]
        ]
        return body | {"matching": "profile_id", "profile_id": others[-1].profile_id_a} if others else body
