"""What the tests of the judge's parts share: profiles that a tester might know, replies, and a server that plays."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.checks.context import CheckContext
from profile_relations_conformance.checks.effort import EFFORTS
from profile_relations_conformance.contract.document import Contract, load_contract
from profile_relations_conformance.contract.ledger import load_ledger
from profile_relations_conformance.run.settings import RunSettings
from profile_relations_conformance.run.setup import RunParts
from profile_relations_conformance.target.known_data import Known
from profile_relations_conformance.target.model import CustomField, KnownProfile, Subscription, Target, Token
from profile_relations_conformance.target.redaction import Redactor
from profile_relations_conformance.transport.client import Client
from profile_relations_conformance.transport.exchange import Exchange, Request
from profile_relations_conformance.transport.pace import Pace
from profile_relations_conformance.transport.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from profile_relations_conformance.judging.oracle import Expectation
    from profile_relations_conformance.transport.trouble import Trouble

Json = Any
Answer = Reply | str
"""What a played server does: a reply, or the trouble that kept one from coming."""

URL = "http://relations.invalid/api/v1.1"
TOKEN = "token-of-nobody-7d21"
CONTRACT = load_contract()
LEDGER = load_ledger()
ROWS = {row.name: row for row in CONTRACT.rows}

ANNA = KnownProfile(
    index=0,
    profile_id="aaaaaaaaaaaaaaaaaaaaaaa1",
    rel_id=2,
    other_rel_id=3,
    expected_total=2,
    email="anna@example.com",
    phone="+10000000001",
    subscriptions=(
        Subscription(24, email="anna.news@example.com"),
        Subscription(24, phone="+10000000011"),
        Subscription(24, email="anna@example.com"),
    ),
    custom_fields=(
        CustomField("CRM_ID", value="a-1"),
        CustomField("LOYALTY", value=7),
        CustomField("TAGS", tags=("tag-1", "tag-2")),
    ),
    selectors=({"matching": "custom", "field_name": "SHOP", "field_value": 9},),
)
BELA = KnownProfile(
    index=1,
    profile_id="bbbbbbbbbbbbbbbbbbbbbbb2",
    rel_id=2,
    expected_total=1,
    email="bela@example.com",
    phone="+10000000002",
    subscriptions=(Subscription(31, email="bela.news@example.com"),),
    custom_fields=(CustomField("CRM_ID", value="b-2"),),
)
TARGET = Target(URL, "RELATIONS_TOKEN", Token(TOKEN), (ANNA, BELA))
KNOWN = Known(CONTRACT, TARGET)


def known(*profiles: KnownProfile, contract: Contract = CONTRACT) -> Known:
    """What is known of a target that has these profiles alone."""
    return Known(contract, Target(URL, "RELATIONS_TOKEN", Token(TOKEN), profiles))


def asking(**fields: Json) -> dict[str, Json]:
    """A request with the right token, for the relations of type 2 unless another is named."""
    return {"token": TOKEN, "rel_id": 2} | fields


def entry(profile: KnownProfile, number: int = 1, **members: Json) -> dict[str, Json]:
    """One relation of a profile."""
    ends = {"profile_id_a": profile.profile_id, "xxh_a": "0" * 16, "profile_id_b": f"{number:024x}", "xxh_b": "1" * 16}
    return ends | {"db_b": 9, "props": {}} | members


RELATIONS = {ANNA: [entry(ANNA, 1), entry(ANNA, 2)], BELA: [entry(BELA, 3)]}


def reply(body: Json, status: int = 200) -> Reply:
    """A reply with this body; text is sent as it is, and anything else as JSON."""
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Reply(status, {"content-type": "application/json"}, content, 1.0)


def success(*entries: Json, **members: Json) -> Reply:
    """A success that lists these relations."""
    listed = {"data": list(entries), "error": 0, "error_text": "Successful operation", "total_count": len(entries)}
    return reply(listed | members)


def refusal(error: Json = 400, status: int = 200, **members: Json) -> Reply:
    """A refusal with the envelope."""
    return reply({"error": error, "error_text": "incorrect request"} | members, status)


def exchange(answer: Answer, body: Json = None) -> Exchange:
    """The exchange of a request and what came of it."""
    request = Request.of(asking() if body is None else body, "a test")
    return Exchange(1, request, None, answer) if isinstance(answer, str) else Exchange(1, request, answer)


class PlayedServer(Client):
    """Answers by a function in place of a connection.

    Args:
        answer: Takes the body of a request.
        unreachable: Why there was no connection at all, where that is the trouble.

    Attributes:
        requests: What it was sent.
    """

    def __init__(self, answer: Callable[[Json], Answer], *, unreachable: Trouble | None = None) -> None:
        super().__init__(URL, timeout=1.0, pace=Pace())
        self.requests: list[Request] = []
        self._answer = answer
        self._unreachable = unreachable

    def _carry_out(self, request: Request, number: int) -> Exchange:
        self.requests.append(request)
        answer = self._answer(request.body)
        if isinstance(answer, str):
            return Exchange(number, request, None, answer, unreachable=self._unreachable)
        return Exchange(number, request, answer)


def parts_of(server: Client, *, seed: int = 0, effort: str = "quick") -> RunParts:
    """What a run works with against a server that plays."""
    settings = RunSettings(effort=effort, seed=seed)
    context = CheckContext(contract=CONTRACT, target=TARGET, client=server, effort=EFFORTS[effort], seed=seed)
    return RunParts(settings, CONTRACT, TARGET, server, context, Redactor(Token(TOKEN)))


def ask_of(server: Client, *, seed: int = 0, effort: str = "quick") -> CheckContext:
    """What a check asks a server with."""
    return parts_of(server, seed=seed, effort=effort).context


def with_sixth_mode() -> Contract:
    """A copy of the contract with one more mode, which finds a profile by a number that no other mode knows."""
    document = copy.deepcopy(CONTRACT.document)
    schemas = document["components"]["schemas"]
    sixth = copy.deepcopy(schemas["PhoneRequest"])
    sixth["properties"]["card_number"] = {"type": "integer"}
    sixth["properties"]["matching"] = {"const": "loyalty_card"}
    del sixth["properties"]["phone"]
    sixth["required"] = ["token", "rel_id", "matching", "card_number"]
    schemas["LoyaltyCardRequest"] = sixth
    schemas["RelationsRequest"]["oneOf"].append({"$ref": "#/components/schemas/LoyaltyCardRequest"})
    return Contract(document)


def the_one_of(expectation: Expectation) -> KnownProfile | None:
    """Gives the profile whose relations must be listed, where nothing else is right."""
    may_be_other = expectation.refused or expectation.nothing or expectation.anybody
    return expectation.profiles[0] if len(expectation.profiles) == 1 and not may_be_other else None
