"""The last steps: from what was found, or a refusal, to the bytes of a reply."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import msgspec
from xxhash import xxh64_hexdigest

from profile_relations_server.service.messages import (
    INCORRECT_REQUEST,
    METHOD,
    SERVER_ERROR,
    WRONG_METHOD,
    Refusal,
    Reply,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profile_relations_server.contract import Contract
    from profile_relations_server.service.messages import Body, Call, Found, Json
    from profile_relations_server.service.variants import Variants
    from profile_relations_server.world.model import Relation

_encode = msgspec.json.Encoder().encode
_OWN_CODES = 9000


class RenderSteps:
    """Steps that write a reply. Each of them can be overridden alone."""

    contract: Contract
    variants: Variants

    def succeed(self, found: Found) -> Reply:
        """Writes a success."""
        envelope: Body = {
            "data": self.data(found),
            "error": self.success_code(),
            "error_text": self.success_text(),
            "total_count": self.total_count(found),
        }
        if self.variants.extra_members == "some":
            envelope["took"] = {"seconds": 0.001}
        return self.reply(self.success_status(), envelope)

    def data(self, found: Found) -> Json:
        """Writes what stands in `data`."""
        return [self.entry(relation) for relation in self.in_order(found.relations)]

    def in_order(self, relations: Sequence[Relation]) -> Sequence[Relation]:
        """Puts the relations in the order of the reply."""
        match self.variants.entry_order:
            case "stable":
                return relations
            case "reversed":
                return relations[::-1]
            case "shuffled":
                return random.sample(relations, len(relations))

    def entry(self, relation: Relation) -> Body:
        """Writes one relation."""
        entry: Body = {
            "profile_id_a": self.identifier(relation.profile_id_a),
            "xxh_a": self.hash_a(relation),
            "profile_id_b": self.identifier(relation.profile_id_b),
            "xxh_b": self.hash_b(relation),
            "db_b": self.database(relation),
            "props": self.props(relation),
        }
        if self.variants.extra_members == "some":
            entry["rel_id"] = relation.rel_id
        return entry

    def identifier(self, profile_id: str) -> str:
        """Writes an identifier."""
        return profile_id

    def hash_a(self, relation: Relation) -> Json:
        """Writes the hash of profile A."""
        return self.hash_of(relation.profile_id_a)

    def hash_b(self, relation: Relation) -> Json:
        """Writes the hash of profile B."""
        return self.hash_of(relation.profile_id_b)

    def hash_of(self, profile_id: str) -> str:
        """Hashes an identifier: XXH64, seed 0, of its characters, as 16 hexadecimal digits."""
        return xxh64_hexdigest(profile_id.encode())

    def database(self, relation: Relation) -> Json:
        """Writes the database of profile B."""
        return relation.db_b

    def props(self, relation: Relation) -> Json:
        """Writes the properties of a relation."""
        return relation.props

    def total_count(self, found: Found) -> Json:
        """Counts the relations."""
        return len(found.relations)

    def success_code(self) -> Json:
        """Gives `error` of a success."""
        return 0

    def success_text(self) -> Json:
        """Gives `error_text` of a success, which the contract holds."""
        return "" if self.variants.success_text == "empty" else self.contract.success_text

    def success_status(self) -> int:
        """Gives the HTTP status of a success."""
        return 200

    def refuse(self, refusal: Refusal) -> Reply:
        """Writes a refusal."""
        envelope: Body = {"error": self.refusal_code(refusal), "error_text": self.refusal_text(refusal)}
        envelope |= self.refusal_members()
        if self.variants.extra_members == "some":
            envelope["hint"] = "the contract tells what a request needs"
        return self.reply(self.refusal_status(refusal), envelope)

    def refusal_code(self, refusal: Refusal) -> Json:
        """Gives `error` of a refusal."""
        match self.variants.error_code:
            case "guide":
                return refusal.code
            case "own":
                return _OWN_CODES + refusal.code
            case "negative":
                return -refusal.code

    def refusal_text(self, refusal: Refusal) -> Json:
        """Gives `error_text` of a refusal."""
        return refusal.text if self.variants.error_text == "english" else "Запрос отклонён"

    def refusal_members(self) -> Body:
        """Gives what a refusal has beside its code and text."""
        match self.variants.refusal_members:
            case "omitted":
                return {}
            case "null":
                return {"data": None, "total_count": None}
            case "empty":
                return {"data": [], "total_count": 0}
            case "zero":
                return {"total_count": 0}

    def refusal_status(self, refusal: Refusal) -> int:
        """Gives the HTTP status of a refusal."""
        if refusal.transport:
            return refusal.code
        match self.variants.refuse_with:
            case "200":
                return 200
            case "4xx":
                return refusal.code
            case "422":
                return 422

    async def refuse_method(self, call: Call) -> Reply:
        """Answers a method that the endpoint does not have; nothing is looked up."""
        call.trace.code = WRONG_METHOD
        if self.variants.refuse_get == "bare":
            return Reply(WRONG_METHOD, b"", {"allow": METHOD})
        by_status = self.variants.refuse_get == "405"
        code = WRONG_METHOD if by_status else INCORRECT_REQUEST
        reply = self.refuse(Refusal(code, f"the method must be {METHOD}", transport=by_status))
        return Reply(reply.status, reply.content, {**reply.headers, "allow": METHOD})

    def refuse_failure(self, error: Exception) -> Reply:  # noqa: ARG002 - a fault may show it
        """Answers where the server itself failed, without telling how."""
        return self.refuse(Refusal(SERVER_ERROR, "the server failed to answer", transport=True))

    def reply(self, status: int, envelope: Body) -> Reply:
        """Writes an envelope."""
        return Reply(status, self.encode(envelope), {"content-type": self.content_type()})

    def encode(self, envelope: Body) -> bytes:
        """Encodes an envelope as JSON in UTF-8."""
        return _encode(envelope)

    def content_type(self) -> str:
        """Gives the content type of a reply."""
        return "application/json" if self.variants.charset == "none" else "application/json; charset=utf-8"
