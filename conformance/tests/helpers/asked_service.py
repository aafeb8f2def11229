"""A server that is asked without a socket, and some profiles of the bundled world to ask it for."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from profile_relations_server.faults import service_of
from profile_relations_server.service.messages import Call, Reply
from profile_relations_server.service.variants import Variants

from tests.helpers.stores import store_in_memory

if TYPE_CHECKING:
    import pytest
    from profile_relations_server.contract import Contract
    from profile_relations_server.service.pipeline import Service
    from profile_relations_server.store.interface import Store
    from profile_relations_server.store.search_terms import Form
    from profile_relations_server.world.model import World

Json = Any

JOHN = "669e6968ebf4ac52b623a997"
MARY = "67483a50dd234afed66aaad2"
ANA = "67fc26716326899853087771"
LI = "5b390ace153ea0232a829106"


@dataclass(frozen=True)
class Asked:
    """A service with the token that it knows."""

    service: Service
    token: str

    def raw(self, content: bytes, content_type: str | None = "application/json") -> Reply:
        """Sends a body as it is."""
        return self.call(Call(content, content_type))

    def call(self, call: Call) -> Reply:
        """Sends a call as it is."""
        return asyncio.run(self.service.answer(call))

    def reply(self, **fields: Json) -> Reply:
        """Sends a request of type 2, unless the fields say otherwise."""
        body = {"token": self.token, "rel_id": 2} | fields
        if self.service.variants.token_in == "header":
            header = f"Bearer {body.pop('token')}"
            return self.call(Call(json.dumps(body).encode(), "application/json", authorization=header))
        return self.raw(json.dumps(body).encode())

    def envelope(self, **fields: Json) -> dict[str, Any]:
        """Gives the parsed body of the reply to a request."""
        envelope: dict[str, Any] = json.loads(self.reply(**fields).content)
        return envelope

    def whose(self, **fields: Json) -> str | None:
        """Gives the profile whose relations a request shows; None where it is refused or shows none."""
        envelope = self.envelope(**fields)
        return envelope["data"][0]["profile_id_a"] if envelope.get("data") else None


_kept: dict[tuple[int, Form], tuple[World, Store]] = {}


def kept_store(world: World, form: Form) -> Store:
    """Gives a store of a world; the same one to all tests that ask for the same, since no call changes it."""
    # The world is kept too, so that no other one gets its number.
    key = (id(world), form)
    if key not in _kept:
        _kept[key] = (world, store_in_memory(world, form))
    return _kept[key][1]


def make_service(world: World, contract: Contract, variants: Variants | None = None, fault: str | None = None) -> Asked:
    """Makes a service of a world, correct or with a fault."""
    chosen = variants or Variants()
    service = service_of(fault)(contract, kept_store(world, chosen.form), world.tokens, chosen)
    return Asked(service, world.tokens[0])


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    """Gives what the server's command said against its call: one line, and nothing else."""
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("relations-server: ")
    assert captured.err.count("\n") == 1
    return captured.err
