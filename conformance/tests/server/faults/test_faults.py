"""Every fault is a mistake that shows: the server that commits it answers something otherwise than the correct one."""

from __future__ import annotations

import asyncio
import json
import tomllib
from functools import cache
from typing import TYPE_CHECKING

import httpx
import pytest
from profile_relations_server.commands.main import main
from profile_relations_server.contract import contract_file, load_contract
from profile_relations_server.faults import Fault, list_faults
from profile_relations_server.http.app import App
from profile_relations_server.service.messages import UNAVAILABLE, Refusal
from profile_relations_server.service.pipeline import Service
from profile_relations_server.service.variants import Variants
from profile_relations_server.world.reader import load_world

from tests.helpers.asked_service import make_service
from tests.helpers.raw_http import connected, request
from tests.helpers.server_processes import serving
from tests.helpers.server_questions import CALLS, RIGHT

if TYPE_CHECKING:
    from profile_relations_server.service.messages import Reply

WORLD, CONTRACT = load_world(), load_contract()
LEDGER = tomllib.loads(contract_file("requirements.toml").read_text("utf-8"))
FAULTS = list_faults()


async def replies_of(service: Service) -> list[Reply]:
    """Asks everything one after the other, and a part of it once more at the same time."""
    found = [await service.answer(call) for call in CALLS]
    return found + await asyncio.gather(*(service.answer(call) for call in CALLS[:25]))


@cache
def correct_replies() -> list[Reply]:
    return asyncio.run(replies_of(make_service(WORLD, CONTRACT).service))


async def no_seat() -> None:
    """Says that nobody would be answered, which a test can't wait for."""
    raise Refusal(UNAVAILABLE, "this would wait for ever")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda item: item.name)
def test_a_fault_shows_in_a_reply(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("profile_relations_server.faults.connections.wait_for_a_seat", no_seat)
    faulty = asyncio.run(replies_of(make_service(WORLD, CONTRACT, fault=fault.name).service))
    assert len(faulty) == len(correct_replies())
    assert faulty != correct_replies()
    assert not any(b"the server failed to answer" in reply.content for reply in faulty), "the fault itself is broken"


def test_the_correct_server_does_not_differ_from_itself() -> None:
    assert asyncio.run(replies_of(make_service(WORLD, CONTRACT, Variants()).service)) == correct_replies()


def test_every_requirement_of_the_ledger_has_a_fault_that_is_made_for_it() -> None:
    requirements = [item["id"] for item in LEDGER["requirement"]]
    assert [item for item in requirements if item not in {fault.breaks[0] for fault in FAULTS}] == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda item: item.name)
def test_a_fault_says_in_one_sentence_which_requirements_it_breaks(fault: Fault) -> None:
    assert set(fault.breaks) <= {item["id"] for item in LEDGER["requirement"]}
    assert len(set(fault.breaks)) == len(fault.breaks)
    assert fault.says.endswith(".")
    assert ". " not in fault.says
    assert fault.service.__doc__ != Service.__doc__


def test_no_two_faults_say_the_same() -> None:
    assert len({fault.says for fault in FAULTS}) == len(FAULTS)


def test_faults_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list-faults", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed == [{"name": item.name, "breaks": list(item.breaks), "says": item.says} for item in FAULTS]
    assert main(["--list-faults"]) == 0
    assert f"\n    {FAULTS[0].breaks[0]}: {FAULTS[0].says}\n" in capsys.readouterr().out


def test_the_application_commits_the_fault_that_it_is_told() -> None:
    async def ask(fault: str | None) -> str:
        transport = httpx.ASGITransport(App(make_service(WORLD, CONTRACT, fault=fault).service))
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            reply = await client.post("/api/v1.1/relations/get", content=RIGHT)
            text: str = reply.json()["error_text"]
            return text

    assert asyncio.run(ask(None)) == "Successful operation"
    assert asyncio.run(ask("success-text-ok")) == "OK"


def test_a_second_reply_is_written_to_the_connection() -> None:
    app = App(make_service(WORLD, CONTRACT, fault="refusal-is-written-twice").service)
    with serving(app) as port, connected(port) as client:
        client.send(request(b"{}"))
        assert [client.error(), client.error()] == [401, 401]
        client.send(request(RIGHT))
        assert client.error() == 0
