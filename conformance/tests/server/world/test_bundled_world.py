"""The bundled world exercises every rule, and the bundled target file tells the truth about it."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from importlib.resources import files
from typing import Any

import pytest
import yaml
from profile_relations_server.contract import Contract, contract_file
from profile_relations_server.world.model import Channel, Profile, World

from tests.helpers.asked_service import JOHN, LI, Asked

TARGET = tomllib.loads((files("profile_relations_conformance") / "target" / "bundled-target.toml").read_text("utf-8"))
POST = yaml.safe_load(contract_file().read_bytes())["paths"]["/relations/get"]["post"]
EXAMPLES = POST["requestBody"]["content"]["application/json"]["examples"]


def addresses(profile: Profile) -> set[str]:
    own = {profile.email, *profile.phones} - {None}
    return {*own, *(item.address for item in profile.subscriptions)}  # type: ignore[arg-type] # None is taken out


def test_every_email_is_one_that_nobody_has(world: World) -> None:
    emails = {address for profile in world.profiles for address in addresses(profile) if "@" in address}
    assert len(emails) > 10
    assert all(email.rpartition("@")[2] in {"example.com", "example.org", "example.net"} for email in emails)


def test_only_the_family_shares_addresses(world: World) -> None:
    holders = Counter(address for profile in world.profiles for address in addresses(profile))
    assert {address for address, number in holders.items() if number > 1} == {"family@example.net", "+61491570156"}


def test_no_profile_has_all_tags_of_another(world: World) -> None:
    sets = [
        (name, frozenset(tags))
        for item in world.profiles
        for name, tags in item.fields.items()
        if isinstance(tags, tuple)
    ]
    tagged = [item for item in sets if item[1]]
    assert len(tagged) > 5
    for number, (name, tags) in enumerate(tagged):
        assert not any(name == other and tags <= more for other, more in tagged[:number] + tagged[number + 1 :])


def test_it_holds_what_the_rules_are_about(world: World) -> None:
    totals = Counter((item.rel_id, item.profile_id_a) for item in world.relations)
    pairs = Counter((item.profile_id_a, item.profile_id_b) for item in world.relations)
    props = [value["value"] for item in world.relations for value in item.props.values()]
    kinds = {type(value) for profile in world.profiles for value in profile.fields.values()}
    channels = {(item.channel, item.resource_id) for profile in world.profiles for item in profile.subscriptions}
    assert max(totals.values()) > 100
    assert len({rel_id for rel_id, _ in totals}) >= 3
    assert max(pairs.values()) == 2, "two profiles are linked under two types"
    assert any(not item.props for item in world.relations)
    assert {type(value) for value in props} == {int, float, str, bool, list, dict, type(None)}
    assert kinds == {str, int, tuple}
    assert len({resource for channel, resource in channels if channel is Channel.EMAIL}) >= 3
    assert len({resource for channel, resource in channels if channel is Channel.SMS}) >= 3
    assert any(profile.profile_id not in {a for _, a in totals} for profile in world.profiles)
    assert any(not addresses(profile) and not profile.fields for profile in world.profiles)
    assert len(world.tokens) > 1


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_answers_every_example_of_the_contract(server: Asked, name: str) -> None:
    envelope = server.envelope(**EXAMPLES[name]["value"])
    assert envelope["error"] == 0
    assert {entry["profile_id_a"] for entry in envelope["data"]} == {JOHN}


def test_it_gives_the_reply_of_the_page(server: Asked) -> None:
    expected = POST["responses"]["200"]["content"]["application/json"]["examples"]["page"]["value"]
    assert server.envelope(**EXAMPLES["page"]["value"]) == expected


def test_a_reply_is_written_in_utf_8(server: Asked) -> None:
    assert "会计".encode() in server.reply(profile_id=LI, rel_id=3).content


def requests_of(profile: dict[str, Any]) -> list[dict[str, Any]]:
    """Writes every request that the target file says to find a profile."""
    found = [{"matching": "profile_id", "profile_id": profile["profile_id"]}]
    found += [
        {"matching": mode, "email": profile["email"]} for mode in ("email", "email_profile") if "email" in profile
    ]
    found += [{"matching": "phone", "phone": profile["phone"]} for _ in range("phone" in profile)]
    for item in profile.get("subscriptions", []):
        found.append({"matching": "email" if "email" in item else "phone"} | item)
    for item in profile.get("custom_fields", []):
        value = ", ".join(item["tags"]) if "tags" in item else item["value"]
        found.append({"matching": "custom", "field_name": item["name"], "field_value": value})
    return [*found, *profile.get("selectors", [])]


@pytest.mark.parametrize("profile", TARGET["profiles"], ids=lambda item: item["profile_id"])
def test_the_target_file_tells_the_truth(server: Asked, profile: dict[str, Any]) -> None:
    requests = requests_of(profile)
    assert len(requests) >= 4
    expected = server.envelope(profile_id=profile["profile_id"], rel_id=profile["rel_id"])
    assert expected["total_count"] == profile["expected_total"]
    rel_id = profile["rel_id"] if profile["expected_total"] else profile["other_rel_id"]
    for fields in requests:
        assert server.whose(rel_id=rel_id, **fields) == profile["profile_id"], json.dumps(fields)
        assert server.envelope(rel_id=profile["rel_id"], **fields) == expected


def test_the_target_file_lists_only_addresses_that_profile_data_does_not_hold(world: World) -> None:
    in_profile_data = {value for profile in world.profiles for value in (profile.email, *profile.phones)}
    listed = [
        item.get("email") or item["phone"]
        for profile in TARGET["profiles"]
        for item in profile.get("subscriptions", [])
    ]
    assert len(listed) >= 8
    assert in_profile_data.isdisjoint(listed)


def test_the_target_file_names_fields_and_a_path_that_the_server_serves(contract: Contract) -> None:
    assert TARGET["base_url"].endswith(contract.base_path)
    assert any(profile["expected_total"] == 0 for profile in TARGET["profiles"])
    assert any(profile["expected_total"] > 100 for profile in TARGET["profiles"])
