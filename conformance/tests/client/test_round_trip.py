"""Whatever the contract allows survives the client's models unchanged, in the model of its row."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from profile_relations_client import Client, models
from profile_relations_client.api.relations import get_relations

from .drawing import COMPONENTS, OPERATION, REPLIES, REQUEST_EXAMPLES, ROWS, model, row_of, validator, values

REPLY_EXAMPLES = {
    (status, name): example["value"]
    for status, response in OPERATION["responses"].items()
    for name, example in response["content"]["application/json"]["examples"].items()
}


def test_every_component_that_is_an_object_has_a_model() -> None:
    objects = {name for name, schema in COMPONENTS.items() if schema.get("type") == "object"}
    assert objects <= set(models.__all__)


@pytest.mark.parametrize("component", [*ROWS, *REPLIES])
@settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_valid_value_survives_its_model(component: str, data: st.DataObject) -> None:
    value = data.draw(values(component))
    before = json.dumps(value, sort_keys=True)
    again = model(component).from_dict(value).to_dict()
    assert again == value
    assert json.dumps(value, sort_keys=True) == before, "from_dict changed its argument"


@pytest.mark.parametrize("name", REQUEST_EXAMPLES)
def test_an_example_of_a_request_survives_the_model_of_its_row(name: str) -> None:
    request = REQUEST_EXAMPLES[name]["value"]
    parsed = model(row_of(request)).from_dict(request)
    assert parsed.to_dict() == request
    assert not parsed.additional_properties or name == "default_both"


@pytest.mark.parametrize(("status", "name"), REPLY_EXAMPLES)
def test_an_example_of_a_reply_becomes_the_model_of_its_shape(status: str, name: str) -> None:
    reply = REPLY_EXAMPLES[status, name]
    (shape,) = [shape for shape in REPLIES if validator(shape).is_valid(reply)]
    parsed = _exchange(
        models.DefaultProfileIdRequest(token="t", rel_id=1, profile_id="p"), int(status.replace("XX", "03")), reply
    )[1]
    assert type(parsed) is model(shape)
    assert parsed.to_dict() == reply


def test_the_request_of_the_page_is_the_default_by_identifier_and_has_no_matching() -> None:
    request = REQUEST_EXAMPLES["page"]["value"]
    assert row_of(request) == "DefaultProfileIdRequest"
    sent, _ = _exchange(models.DefaultProfileIdRequest.from_dict(request), 200, REPLY_EXAMPLES["200", "page"])
    assert sent == request
    assert "matching" not in sent


def _exchange(body: Any, status: int, reply: object) -> tuple[Any, Any]:  # noqa: ANN401  (JSON)
    """What the client sends for a model, and what it makes of a reply."""
    sent: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content))
        return httpx.Response(status, json=reply)

    transport = httpx.MockTransport(answer)
    with Client("https://example.com/api/v1.1", httpx_args={"transport": transport}) as client:
        parsed = get_relations.sync(client=client, body=body)
    return sent[0], parsed
