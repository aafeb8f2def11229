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
    """A token in the header beside a right one in the body shows the profile of its session, which is the first."""

    def read(self, call: Call) -> Body:
        body = super().read(call)
        if call.authorization and "token" in body:
            body |= {"matching": "profile_id", "profile_id": self.store.profiles()[0].profile_id}
        return body
