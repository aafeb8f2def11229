"""Choices about what a reply looks like, beside those that a plain request shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from profile_relations_server.service.messages import Call
from profile_relations_server.service.variants import Variants

from tests.helpers.asked_service import JOHN, MARY, Asked, make_service

if TYPE_CHECKING:
    from profile_relations_server.contract import Contract
    from profile_relations_server.world.model import World

NOTHING = {"profile_id": JOHN, "rel_id": 77}


def served(world: World, contract: Contract, *options: str) -> Asked:
    return make_service(world, contract, Variants.parse(options))


def test_the_text_of_a_success_may_be_empty_and_that_of_a_refusal_is_not(world: World, contract: Contract) -> None:
    server = served(world, contract, "success-text=empty")
    assert server.envelope(profile_id=JOHN)["error_text"] == ""
    assert server.envelope()["error_text"]


def test_two_profiles_are_linked_by_several_relations_that_differ(world: World, contract: Contract) -> None:
    plain = served(world, contract).envelope(profile_id=MARY)
    found = served(world, contract, "repeated-pairs=some").envelope(profile_id=MARY)
    assert found["total_count"] == len(found["data"]) == plain["total_count"]
    pairs = [(entry["profile_id_b"], entry["db_b"]) for entry in found["data"]]
    assert len(set(pairs)) == len(pairs) - 1
    assert len({json.dumps(entry) for entry in found["data"]}) == len(pairs)


def test_a_request_in_xml_is_answered_in_its_language(world: World, contract: Contract) -> None:
    call = Call(b"<request/>", "text/xml; charset=utf-8")
    reply = served(world, contract, "xml=xml").call(call)
    assert reply.headers["content-type"] == "application/xml"
    assert reply.content.startswith(b"<response><error>400</error>")
    assert json.loads(served(world, contract).call(call).content)["error"] == 400


MOVED = ["moving=props", "moving=both"]


@pytest.mark.parametrize("option", MOVED)
def test_numbers_in_properties_count_up_at_every_call(
    world: World, contract: Contract, option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("profile_relations_server.service.match.monotonic", lambda: 0.0)
    server = served(world, contract, option)
    first, second = (server.envelope(profile_id=JOHN)["data"][0]["props"]["exr"]["value"] for _ in range(2))
    assert (first, second) == (11323124, 11323125)
    assert served(world, contract).envelope(profile_id=JOHN)["data"][0]["props"]["exr"]["value"] == 11323123


@pytest.mark.parametrize("option", ["moving=relations", "moving=both"])
def test_a_relation_comes_and_goes_each_second_but_never_the_only_one(
    world: World, contract: Contract, option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = served(world, contract, option)
    for second, count in ((0.5, 123), (1.5, 122), (2.5, 123)):
        monkeypatch.setattr("profile_relations_server.service.match.monotonic", lambda now=second: now)
        found = server.envelope(profile_id=MARY)
        assert found["total_count"] == len(found["data"]) == count
        assert server.envelope(profile_id=JOHN)["total_count"] == 1
