"""The requests for editors and for Postman are the contract's examples, and carry no token."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import yaml
from profile_relations_conformance.run.reference_server import PAGE_TOKEN, reference_server

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "openapi"
CONTRACT = yaml.safe_load((FOLDER / "relations.openapi.yaml").read_text("utf-8"))
OPERATION = CONTRACT["paths"]["/relations/get"]["post"]
EXAMPLES = [item["value"] for item in OPERATION["requestBody"]["content"]["application/json"]["examples"].values()]
PARTS = re.compile(r"^### .*\n# @name \w+\nPOST \{\{baseUrl\}\}(\S+)\n((?:.+\n)+)\n(\{[^#]*\})$", re.MULTILINE)


def of_http_file() -> list[tuple[str, str]]:
    """The path and the body of each request in the file for editors."""
    text = (FOLDER / "requests.http").read_text("utf-8")
    return [(path, body) for path, _, body in PARTS.findall(text)]


def of_postman() -> list[tuple[str, str]]:
    """The path and the body of each request in the collection."""
    collection = json.loads((FOLDER / "postman_collection.json").read_text("utf-8"))
    requests = [item["request"] for item in collection["item"]]
    return [(item["url"].removeprefix("{{baseUrl}}"), item["body"]["raw"]) for item in requests]


@pytest.mark.parametrize("read", [of_http_file, of_postman])
def test_the_requests_are_all_examples_of_the_contract(read: Callable[[], list[tuple[str, str]]]) -> None:
    bodies = [json.loads(text.replace("{{token}}", PAGE_TOKEN)) for _, text in read()]
    assert len(bodies) == 10
    assert bodies == EXAMPLES


@pytest.mark.parametrize("name", ["requests.http", "postman_collection.json"])
def test_no_token_stands_in_them(name: str) -> None:
    assert PAGE_TOKEN not in (FOLDER / name).read_text("utf-8")


@pytest.mark.slow
def test_the_reference_server_answers_each_with_relations() -> None:
    with reference_server() as url:
        for path, text in of_http_file():
            reply = httpx.post(url + path, content=text.replace("{{token}}", PAGE_TOKEN).encode())
            assert reply.json()["error"] == 0, text
