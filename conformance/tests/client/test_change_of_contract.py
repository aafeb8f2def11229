"""A sixth matching mode in the contract alone, and the client has its typed call; nothing else is edited."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from .drawing import CONTRACT, ROOT
from .test_types import mypy, pyright

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.toolchain
CALLS = """
from __future__ import annotations

import json

import httpx
from profile_relations_client import InvalidRequestError, RelationsClient, models

sent: list[object] = []

def answer(request: httpx.Request) -> httpx.Response:
    sent.append(json.loads(request.content))
    return httpx.Response(200, json={"data": [], "error": 0, "error_text": "", "total_count": 0})

with RelationsClient("https://example.com", token="t", transport=httpx.MockTransport(answer)) as api:
    api.get_relations(rel_id=2, matching="loyalty_card", card_number=7)
    api.get_relations(models.LoyaltyCardRequest(rel_id=2, matching="loyalty_card", card_number=8))
    try:
        api.get_relations(rel_id=2, matching="loyalty_card")  # refused
    except InvalidRequestError as error:
        print(json.dumps([str(error), *sent]))
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    contract = copy.deepcopy(CONTRACT)
    schemas = contract["components"]["schemas"]
    schemas["LoyaltyCardRequest"] = copy.deepcopy(schemas["PhoneRequest"])
    fields = schemas["LoyaltyCardRequest"]["properties"]
    del fields["phone"]
    fields["matching"] = {"const": "loyalty_card"}
    fields["card_number"] = {"type": "integer", "description": "Number of a loyalty card."}
    schemas["LoyaltyCardRequest"]["required"] = ["token", "rel_id", "matching", "card_number"]
    schemas["RelationsRequest"]["oneOf"].append({"$ref": "#/components/schemas/LoyaltyCardRequest"})
    value = {"token": "t", "rel_id": 2, "matching": "loyalty_card", "card_number": 7}
    media = contract["paths"]["/relations/get"]["post"]["requestBody"]["content"]["application/json"]
    media["examples"]["loyalty_card"] = {"summary": "A loyalty card", "value": value}
    folder = tmp_path_factory.mktemp("changed")
    (folder / "changed.openapi.yaml").write_text(yaml.safe_dump(contract, sort_keys=False))
    made = folder / "generated"
    command = ["make", "generate", f"CONTRACT={folder}/changed.openapi.yaml", f"GENERATED={made}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return made


def test_the_new_call_works_and_is_refused_without_its_field(client: Path) -> None:
    done = subprocess.run([sys.executable, "-c", CALLS], cwd=client, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    common = {"token": "t", "rel_id": 2, "matching": "loyalty_card"}
    assert json.loads(done.stdout) == [
        "get_relations: with matching='loyalty_card', card_number is missing",
        common | {"card_number": 7},
        common | {"card_number": 8},
    ]


@pytest.mark.parametrize("checker", [mypy, pyright], ids=["mypy", "pyright"])
def test_the_new_call_is_typed(checker: Callable[..., set[tuple[str, int]]], client: Path, tmp_path: Path) -> None:
    snippet = tmp_path / "calls.py"
    snippet.write_text(CALLS)
    (refused,) = [number for number, line in enumerate(CALLS.splitlines(), 1) if "# refused" in line]
    assert checker(tmp_path, snippet, generated=client) == {("calls.py", refused)}


def test_the_new_mode_is_in_the_docstring_of_the_method(client: Path) -> None:
    module = (client / "profile_relations_client" / "relations_client.py").read_text("utf-8")
    assert "'loyalty_card'" in module
    assert "card_number: Number of a loyalty card." in module
