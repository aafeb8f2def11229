"""A sixth matching mode in a copy of the contract: the server demands its field and the suite checks that it does."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml
from profile_relations_conformance.contract.document import contract_file, load_contract
from profile_relations_conformance.run.reference_server import PAGE_TOKEN, bundled_target, reference_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.suite.conftest import Said

    Judge = Callable[..., tuple[int, dict[str, Any]]]

MODE, FIELD = "loyalty_card", "card_number"


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    document = copy.deepcopy(load_contract().document)
    schemas = document["components"]["schemas"]
    row = copy.deepcopy(schemas["ProfileIdRequest"])
    row["properties"][FIELD] = {"type": "integer", "description": "Number of a loyalty card."}
    del row["properties"]["profile_id"]
    row["properties"]["matching"] = {"const": MODE}
    row["required"] = ["token", "rel_id", "matching", FIELD]
    schemas["LoyaltyCardRequest"] = row
    schemas["RelationsRequest"]["oneOf"].append({"$ref": "#/components/schemas/LoyaltyCardRequest"})
    path = tmp_path_factory.mktemp("contract") / contract_file().name
    path.write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
    return path


@pytest.fixture(scope="module")
def server(contract: Path) -> Iterator[str]:
    with reference_server(["--contract", str(contract)]) as url:
        yield url


@pytest.fixture
def judge(call: Callable[..., Said], tmp_path: Path) -> Judge:
    """Judges a server; gives the exit code and the report."""

    def run(url: str, *options: object) -> tuple[int, dict[str, Any]]:
        report = tmp_path / "report.json"
        with bundled_target() as target:
            said = call("run", "--target", target, "--base-url", url, "--report-json", report, *options)
        return said.code, json.loads(report.read_text("utf-8"))

    return run


def test_the_server_refuses_the_mode_without_its_field(server: str) -> None:
    body = {"token": PAGE_TOKEN, "rel_id": 2, "matching": MODE}
    without = httpx.post(f"{server}/relations/get", json=body, trust_env=False).json()
    assert FIELD in without["error_text"]
    with_it = httpx.post(f"{server}/relations/get", json=body | {FIELD: 7}, trust_env=False).json()
    assert FIELD not in with_it["error_text"]


def test_a_server_of_the_changed_contract_conforms_to_it(judge: Judge, server: str, contract: Path) -> None:
    code, report = judge(server, "--contract", contract, "--strict")
    assert code == 0
    assert report["verdict"]["sentence"].endswith(f"; the mode `{MODE}` was not tested beyond refusals")
    cells = [cell for cell in report["grid"] if cell["mode"] == MODE and cell["field"] == FIELD]
    assert {cell["value"] for cell in cells} >= {"absent", "null", "wrong type"}


def test_a_server_that_knows_the_mode_and_not_its_condition_fails(judge: Judge, contract: Path, tmp_path: Path) -> None:
    lax = yaml.safe_load(contract.read_text("utf-8"))
    lax["components"]["schemas"]["LoyaltyCardRequest"]["required"].remove(FIELD)
    path = tmp_path / contract.name
    path.write_text(yaml.safe_dump(lax, sort_keys=False), "utf-8")
    options = ["--contract", str(path), "--unknown-profile", "empty"]
    with reference_server(options) as url:
        code, report = judge(url, "--contract", contract)
    assert code == 1
    failed = {item["id"]: item for item in report["requirements"] if item["outcome"] == "failed"}
    assert MODE in failed["SELECTOR-MISSING"]["failures"][0]["mutation"]
