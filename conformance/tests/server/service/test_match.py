"""Every row of the decision table finds the profile by its own rule and by no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from profile_relations_server.service.variants import Variants
from profile_relations_server.world.reader import read_world

from tests.helpers.asked_service import ANA, JOHN, LI, MARY, Asked, make_service

if TYPE_CHECKING:
    from profile_relations_server.contract import Contract
    from profile_relations_server.world.model import World

FOUND: list[tuple[dict[str, Any], str]] = [
    ({"profile_id": JOHN}, JOHN),
    ({"email": "john@example.com"}, JOHN),
    ({"email": "john.news@example.com"}, JOHN),
    ({"email": "john@example.com", "profile_id": MARY}, JOHN),
    ({"matching": "profile_id", "profile_id": JOHN, "email": "mary.hill@example.com"}, JOHN),
    ({"matching": "email", "email": "john@example.com", "profile_id": MARY, "phone": "+12025550143"}, JOHN),
    ({"matching": "email", "email": "john.news@example.com"}, JOHN),
    ({"matching": "email", "email": "john.news@example.com", "resource_id": 24}, JOHN),
    ({"matching": "email", "email": "john.news@example.com", "resource_id": 24.0}, JOHN),
    ({"matching": "email", "email": "li.chen@example.com", "resource_id": 40}, LI),
    ({"matching": "email_profile", "email": "john@example.com"}, JOHN),
    ({"matching": "email_profile", "email": "john@example.com", "resource_id": 40}, JOHN),
    ({"matching": "phone", "phone": "+79000000000"}, JOHN),
    ({"matching": "phone", "phone": "+12025550144"}, MARY),
    ({"matching": "phone", "phone": "+79000000017"}, JOHN),
    ({"matching": "phone", "phone": "+79000000017", "resource_id": 31}, JOHN),
    ({"matching": "custom", "field_name": "CRM_ID", "field_value": "123420"}, JOHN),
    ({"matching": "custom", "field_name": "LOYALTY", "field_value": 7}, JOHN),
    ({"matching": "custom", "field_name": "LOYALTY", "field_value": 7.0}, JOHN),
    ({"matching": "custom", "field_name": "TAGS", "field_value": "tag-1, tag-2"}, JOHN),
    ({"matching": "custom", "field_name": "TAGS", "field_value": "early-bird, vip, north"}, MARY),
    ({"matching": "custom", "field_name": "TAGS", "field_value": "north,vip,early-bird,vip"}, MARY),
    ({"matching": "custom", "field_name": "INTERESTS", "field_value": "tea, running"}, MARY),
]

NOBODY: list[dict[str, Any]] = [
    {"profile_id": "0" * 24},
    {"profile_id": ""},
    {"profile_id": JOHN.upper()},
    {"email": ""},
    {"email": "nobody@example.com"},
    {"email": "nobody@example.com", "profile_id": JOHN},
    {"email": "+79000000017"},
    {"matching": "email", "email": "john.news@example.com", "resource_id": 31},
    {"matching": "email", "email": "john.news@example.com", "resource_id": 99},
    {"matching": "email_profile", "email": "john.news@example.com"},
    {"matching": "email_profile", "email": "john.news@example.com", "resource_id": 24},
    {"matching": "phone", "phone": "+79000000017", "resource_id": 24},
    {"matching": "phone", "phone": "john@example.com"},
    {"matching": "phone", "phone": ""},
    {"matching": "custom", "field_name": "CRM_ID", "field_value": 123420},
    {"matching": "custom", "field_name": "CRM_ID", "field_value": ""},
    {"matching": "custom", "field_name": "", "field_value": "123420"},
    {"matching": "custom", "field_name": "crm_id", "field_value": "123420"},
    {"matching": "custom", "field_name": "SHOP", "field_value": "123420"},
    {"matching": "custom", "field_name": "LOYALTY", "field_value": "07"},
    {"matching": "custom", "field_name": "LOYALTY", "field_value": 10**30},
    {"matching": "custom", "field_name": "TAGS", "field_value": ""},
    {"matching": "custom", "field_name": "TAGS", "field_value": " , ,"},
    {"matching": "custom", "field_name": "TAGS", "field_value": "tag-1, tag-2, tag-3"},
    {"matching": "custom", "field_name": "TAGS", "field_value": "tag-1, vip"},
    {"matching": "custom", "field_name": "TAGS", "field_value": 0},
]

REFUSED: list[dict[str, Any]] = [
    {},
    {"phone": "+79000000000"},
    {"matching": "email", "profile_id": JOHN},
    {"matching": "email_profile", "profile_id": JOHN},
    {"matching": "phone", "email": "john@example.com"},
    {"matching": "profile_id", "email": "john@example.com"},
    {"matching": "custom", "field_name": "CRM_ID", "profile_id": JOHN},
    {"matching": "custom", "field_value": "123420", "email": "john@example.com"},
    {"matching": "EMAIL", "email": "john@example.com"},
    {"matching": None, "email": "john@example.com"},
    {"matching": ["email"], "email": "john@example.com"},
    {"matching": "", "email": "john@example.com"},
    {"email": None, "profile_id": JOHN},
    {"email": 5},
    {"profile_id": [JOHN]},
    {"profile_id": JOHN, "rel_id": "2"},
    {"profile_id": JOHN, "rel_id": 2.5},
    {"profile_id": JOHN, "rel_id": True},
    {"profile_id": JOHN, "rel_id": None},
    {"profile_id": JOHN, "rel_id": [2]},
    {"email": "john@example.com", "resource_id": "24"},
    {"matching": "custom", "field_name": "LOYALTY", "field_value": True},
    {"matching": "custom", "field_name": "LOYALTY", "field_value": 7.5},
]


@pytest.mark.parametrize(("fields", "profile"), FOUND, ids=str)
def test_it_finds_the_profile(server: Asked, fields: dict[str, Any], profile: str) -> None:
    assert server.whose(**fields) == profile
    assert server.envelope(**fields) == server.envelope(profile_id=profile)


@pytest.mark.parametrize("fields", NOBODY, ids=str)
def test_it_finds_nobody(server: Asked, fields: dict[str, Any]) -> None:
    assert server.envelope(**fields) == {"error": 404, "error_text": "no such profile"}


@pytest.mark.parametrize("fields", REFUSED, ids=str)
def test_it_refuses_what_the_contract_forbids(server: Asked, fields: dict[str, Any]) -> None:
    assert server.envelope(**fields)["error"] == 400


def test_a_profile_is_found_whatever_the_type_of_relation(server: Asked) -> None:
    for rel_id in (0, -1, 10**30, 4000):
        envelope = server.envelope(profile_id=JOHN, rel_id=rel_id)
        assert (envelope["error"], envelope["data"], envelope["total_count"]) == (0, [], 0)


def test_the_type_of_relation_decides_what_is_listed(server: Asked) -> None:
    assert server.envelope(profile_id=ANA)["data"] == []
    assert server.envelope(profile_id=ANA, rel_id=3)["total_count"] == 2
    cards, brought_in = server.envelope(profile_id=MARY), server.envelope(profile_id=MARY, rel_id=8)
    assert (cards["total_count"], brought_in["total_count"]) == (123, 3)
    assert {entry["profile_id_a"] for entry in cards["data"] + brought_in["data"]} == {MARY}


@pytest.mark.parametrize("token", [None, "", 5, True, ["x"], "wrong", "é", "\ud800", "8a28168486844c8bae2673a51d4433f"])
def test_a_token_that_is_not_known_is_refused(server: Asked, token: Any) -> None:  # noqa: ANN401 - any JSON value
    assert server.envelope(token=token, profile_id=JOHN)["error"] == 401


@pytest.mark.parametrize(
    "change", [str.upper, lambda token: f" {token}", lambda token: token + "\0", lambda token: token[:-1]]
)
def test_a_token_must_match_to_the_character(server: Asked, change: Any) -> None:  # noqa: ANN401 - a function of text
    assert change(server.token) != server.token
    assert server.envelope(token=change(server.token), profile_id=JOHN)["error"] == 401


def test_every_token_of_the_world_is_valid(server: Asked, world: World) -> None:
    assert [server.envelope(token=token, profile_id=JOHN)["error"] for token in world.tokens] == [0, 0]


def test_a_missing_token_is_told_before_anything_else(server: Asked) -> None:
    assert server.raw(b"{}").content == b'{"error":401,"error_text":"the token is missing or unknown"}'


def test_an_objection_names_the_field(server: Asked) -> None:
    assert "lacks phone" in server.envelope(matching="phone")["error_text"]
    assert "lacks email, or else profile_id" in server.envelope()["error_text"]
    assert "rel_id must be of type integer" in server.envelope(profile_id=JOHN, rel_id="2")["error_text"]
    assert (
        "field_value must be of type string or integer"
        in (server.envelope(matching="custom", field_name="A", field_value=None)["error_text"])
    )


def test_a_tag_with_space_in_it_is_one_tag(contract: Contract) -> None:
    world = read_world(
        {
            "tokens": ["t"],
            "profiles": [{"profile_id": JOHN, "database": 5, "fields": {"TAGS": ["early bird", "vip"]}}],
            "relations": [{"rel_id": 2, "profile_id_a": JOHN, "profile_id_b": MARY, "db_b": 9}],
        }
    )
    server = make_service(world, contract, Variants())
    assert server.whose(matching="custom", field_name="TAGS", field_value="vip, early bird") == JOHN
    assert server.whose(matching="custom", field_name="TAGS", field_value="vip, early") is None
