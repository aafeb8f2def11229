"""What the server derives from the contract, and that a change to the contract alone changes the server."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from profile_relations_server.contract import Contract, contract_file, load_contract
from profile_relations_server.errors import ContractError
from profile_relations_server.service.messages import INCORRECT_REQUEST, TOKEN_REQUIRED

from tests.helpers.asked_service import JOHN, make_service

if TYPE_CHECKING:
    from pathlib import Path

    from profile_relations_server.world.model import World

DOCUMENT: dict[str, Any] = yaml.safe_load(contract_file().read_bytes())


def with_sixth_mode() -> dict[str, Any]:
    """Gives the contract with a further mode and the field that it requires."""
    document = copy.deepcopy(DOCUMENT)
    schemas = document["components"]["schemas"]
    row = copy.deepcopy(schemas["PhoneRequest"])
    del row["properties"]["phone"], row["properties"]["resource_id"]
    row["properties"] |= {"matching": {"const": "messenger"}, "messenger_id": {"type": "integer"}}
    row["required"] = ["token", "rel_id", "matching", "messenger_id"]
    schemas["MessengerRequest"] = row
    schemas["RelationsRequest"]["oneOf"].append({"$ref": "#/components/schemas/MessengerRequest"})
    return document


def test_the_path_comes_from_the_contract(contract: Contract) -> None:
    assert (contract.base_path, contract.path) == ("/api/v1.1", "/api/v1.1/relations/get")


def test_the_rows_come_from_the_contract(contract: Contract) -> None:
    assert {row.mode: row.selectors for row in contract.rows if row.mode} == {
        "email": ("email",),
        "email_profile": ("email",),
        "phone": ("phone",),
        "profile_id": ("profile_id",),
        "custom": ("field_name", "field_value"),
    }
    assert [row.selectors for row in contract.rows if row.mode is None] == [("email",), ("profile_id",)]


def test_the_codes_are_those_that_the_contract_lists() -> None:
    listed = DOCUMENT["components"]["schemas"]["Refusal"]["properties"]["error"]["x-error-codes"]
    codes = {item["name"]: item["code"] for item in listed}
    assert (codes["IncorrectRequest"], codes["TokenRequired"]) == (INCORRECT_REQUEST, TOKEN_REQUIRED)


def test_a_sixth_mode_is_refused_without_its_field_and_finds_nobody_with_it(world: World) -> None:
    server = make_service(world, Contract(with_sixth_mode()))
    assert server.envelope(matching="messenger", profile_id=JOHN) == {
        "error": 400,
        "error_text": "the request lacks messenger_id",
    }
    assert server.envelope(matching="messenger", messenger_id="5")["error"] == 400
    assert server.envelope(matching="messenger", messenger_id=5)["error"] == 404
    assert server.whose(profile_id=JOHN) == JOHN


def test_a_mode_that_the_contract_no_longer_has_is_refused(world: World) -> None:
    document = copy.deepcopy(DOCUMENT)
    rows = document["components"]["schemas"]["RelationsRequest"]["oneOf"]
    rows[:] = [row for row in rows if not row["$ref"].endswith("PhoneRequest")]
    server = make_service(world, Contract(document))
    assert server.envelope(matching="phone", phone="+79000000000")["error"] == 400


def test_the_text_of_a_success_comes_from_the_contract(world: World) -> None:
    document = copy.deepcopy(DOCUMENT)
    document["components"]["schemas"]["RelationsFound"]["properties"]["error_text"]["examples"] = ["Done"]
    assert make_service(world, Contract(document)).envelope(profile_id=JOHN)["error_text"] == "Done"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "does not have the structure of the bundled contract"),
        (b"openapi: 3.1.1\n", "does not have the structure of the bundled contract"),
        (b"a: [", "is not YAML"),
        (b"\xff", "is not YAML"),
    ],
)
def test_a_contract_that_is_none_is_told_by_name(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "contract.yaml"
    path.write_bytes(content)
    with pytest.raises(ContractError) as caught:
        load_contract(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_contract_in_json_is_read(tmp_path: Path, contract: Contract) -> None:
    path = tmp_path / "contract.json"
    path.write_text(json.dumps(DOCUMENT))
    assert [row.name for row in load_contract(path).rows] == [row.name for row in contract.rows]


def test_half_of_a_surrogate_pair_is_refused_where_a_contract_lists_the_values(world: World) -> None:
    document = copy.deepcopy(DOCUMENT)
    document["components"]["schemas"]["Phone"]["enum"] = ["+79000000000"]
    server = make_service(world, Contract(document))
    assert server.whose(matching="phone", phone="+79000000000") == JOHN
    assert server.envelope(matching="phone", phone="\ud800")["error"] == 400
    assert "phone must be" in server.envelope(matching="phone", phone="\ud800", rel_id="2")["error_text"]
