"""The contract is a sound OpenAPI document, and each of its examples is what it says."""

from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import validate
from profile_relations_conformance.contract.document import Contract, load_contract

CONTRACT = load_contract()
CONTENT = CONTRACT.operation["requestBody"]["content"]["application/json"]
REQUESTS = {name: item["value"] for name, item in CONTENT["examples"].items()}
REPLIES = {
    (status, name): (reply["content"]["application/json"]["schema"], item["value"])
    for status, reply in CONTRACT.operation["responses"].items()
    for name, item in reply["content"]["application/json"]["examples"].items()
}


def rust_validator(contract: Contract, schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema | {"components": contract.document["components"]})


def test_the_document_is_valid_openapi() -> None:
    validate(CONTRACT.document)


def test_the_url_is_the_pages_with_its_host_as_a_variable() -> None:
    (server,) = CONTRACT.document["servers"]
    url = server["url"].replace("{host}", server["variables"]["host"]["default"])
    assert url + CONTRACT.path == "https://example.com/api/v1.1/relations/get"


@pytest.mark.parametrize("name", REQUESTS)
def test_an_example_request_fits_exactly_one_row(name: str) -> None:
    body = REQUESTS[name]
    assert rust_validator(CONTRACT, CONTENT["schema"]).is_valid(body)
    assert CONTRACT.request_validator.is_valid(body)
    assert [row.name for row in CONTRACT.rows if row.validator.is_valid(body)] == [CONTRACT.row_of(body).name]  # type: ignore[union-attr]


def test_every_row_has_an_example_request() -> None:
    shown = {row.name for body in REQUESTS.values() if (row := CONTRACT.row_of(body))}
    assert shown == {row.name for row in CONTRACT.rows}


@pytest.mark.parametrize(("status", "name"), REPLIES)
def test_an_example_reply_fits_its_schema(status: str, name: str) -> None:
    schema, value = REPLIES[status, name]
    assert rust_validator(CONTRACT, schema).is_valid(value)


@pytest.mark.parametrize("shape", ["RelationsFound", "Refusal"])
def test_every_shape_of_a_reply_has_an_example_under_200(shape: str) -> None:
    judge = rust_validator(CONTRACT, {"$ref": f"#/components/schemas/{shape}"})
    assert any(judge.is_valid(value) for (status, _), (_, value) in REPLIES.items() if status == "200")


@pytest.mark.parametrize("field", CONTRACT.fields)
def test_every_field_has_examples_that_fit_it(field: str) -> None:
    if field == CONTRACT.mode_field:
        assert set(CONTRACT.examples(field)) == set(CONTRACT.modes)
        return
    assert CONTRACT.examples(field)
    schema = CONTRACT.fields[field]
    assert all(jsonschema_rs.is_valid(schema, value) for value in CONTRACT.examples(field))


def test_the_page_has_its_own_request_and_reply_among_the_examples() -> None:
    assert REQUESTS["page"] == {
        "token": "8a28168486844c8bae2673a51d4433ff",
        "rel_id": 2,
        "profile_id": "669e6968ebf4ac52b623a997",
    }
    assert REPLIES["200", "page"][1]["data"][0]["props"] == {"exr": {"value": 11323123}}


@pytest.mark.parametrize(
    "change",
    [
        {"error": 400},
        {"error": "0"},
        {"error": False},
        {"data": {"total_count": 1}},
        {"data": None},
        {"total_count": "1"},
        {"total_count": -1},
        {"error_text": None},
    ],
    ids=str,
)
def test_a_reply_that_breaks_the_envelope_does_not_fit(change: dict[str, Any]) -> None:
    page = REPLIES["200", "page"][1]
    schema = {"$ref": "#/components/schemas/RelationsReply"}
    assert rust_validator(CONTRACT, schema).is_valid(page)
    assert not rust_validator(CONTRACT, schema).is_valid(page | change)


def test_every_field_of_a_request_and_a_reply_is_described() -> None:
    schemas = CONTRACT.document["components"]["schemas"]
    members = [
        (name, member, CONTRACT.resolve(schema))
        for name, component in schemas.items()
        for member, schema in component.get("properties", {}).items()
    ]
    assert members
    assert [(name, member) for name, member, schema in members if not schema.get("description")] == []
