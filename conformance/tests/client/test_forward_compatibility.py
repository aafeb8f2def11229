"""What a newer server adds survives, and the functions that users of openapi-python-client know work as there."""

from __future__ import annotations

import asyncio
import copy
import pickle
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from profile_relations_client import ApiError, Client, MismatchError, RelationsClient, UnexpectedStatus, errors, models
from profile_relations_client.api.relations import get_relations
from profile_relations_client.types import UNSET

from .drawing import COMPONENTS, OPERATION, REPLIES

CODES = COMPONENTS["Refusal"]["properties"]["error"]["x-error-codes"]
PAGE = OPERATION["responses"]["200"]["content"]["application/json"]["examples"]["page"]["value"]
REQUEST = models.DefaultProfileIdRequest(rel_id=2, profile_id="a", token="t")


def newer(value: Any) -> Any:  # noqa: ANN401  (JSON)
    """The value with a member that no contract names in each object of it, but in those that are maps."""
    if isinstance(value, list):
        return [newer(item) for item in value]
    if isinstance(value, dict):
        return {name: newer(member) for name, member in value.items()} | ({} if "exr" in value else {"new": [None]})
    return value


def typed(status: int, value: object) -> RelationsClient:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json=value))
    return RelationsClient("https://example.com", token="t", transport=transport, retries=0)


def stock(status: int, value: object, **options: Any) -> Client:  # noqa: ANN401  (any option)
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json=value))
    return Client("https://example.com", httpx_args={"transport": transport}, **options)


def test_unknown_members_of_a_reply_survive() -> None:
    with typed(200, newer(PAGE)) as api:
        found = api.get_relations(rel_id=2, profile_id="a")
    assert found.to_dict() == newer(PAGE)
    (relation,) = found.data
    for part in (found, relation, relation.props["exr"]):
        assert part.additional_properties == {"new": [None]}
        assert part["new"] == [None]
        assert "new" in part
        assert part.additional_keys == ["new"]


@pytest.mark.parametrize("code", [*(entry["code"] for entry in CODES), 1, -1, 429, 10**30])
@pytest.mark.parametrize("status", [200, 400, 500])
def test_each_named_code_has_a_class_and_any_other_is_an_api_error(code: int, status: int) -> None:
    names = {entry["code"]: f"{entry['name']}Error" for entry in CODES}
    with typed(status, {"error": code, "error_text": "why", "new": 1}) as api, pytest.raises(ApiError) as raised:
        api.get_relations(rel_id=2, profile_id="a")
    error = raised.value
    assert type(error).__name__ == names.get(code, "ApiError")
    assert (error.code, error.text, error.status) == (code, "why", status)
    assert str(error) == f"why (code {code}, HTTP status {status})"


def test_the_tree_that_is_drawn_is_the_tree_that_there_is() -> None:
    drawn = errors.__doc__ or ""
    lines = [line for line in drawn.splitlines() if "──" in line or line.strip().startswith("ClientError")]
    depths = {line.split("── ")[-1].split()[0]: line.find("── ") for line in lines}
    assert set(depths) == set(errors.__all__)
    for name, depth in depths.items():
        parent = getattr(errors, name).__mro__[1].__name__
        assert depths.get(parent, -5) == (depth - 4 if depth > 1 else -1 if depth == 1 else -5), name


@pytest.mark.parametrize("value", [PAGE, newer(PAGE)])
def test_models_are_compared_copied_and_pickled_by_their_members(value: Any) -> None:  # noqa: ANN401  (JSON)
    found, other = models.RelationsFound.from_dict(value), models.RelationsFound.from_dict(value)
    assert found == other
    assert copy.deepcopy(found) == pickle.loads(pickle.dumps(found)) == other  # noqa: S301  (this test wrote it)
    other.additional_properties["more"] = 1
    assert found != other
    del other["more"]
    assert found == other
    assert pickle.loads(pickle.dumps(UNSET)) is UNSET  # noqa: S301  (as above)


def test_looking_for_unknown_members_does_not_change_what_a_model_equals() -> None:
    found, other = models.RelationsFound.from_dict(PAGE), models.RelationsFound.from_dict(PAGE)
    for part in (found, found.data[0], found.data[0].props["exr"]):
        assert part.additional_properties == {}
    assert found == other
    found["more"] = 1
    assert found.to_dict() == PAGE | {"more": 1}


@pytest.mark.parametrize("component", REPLIES)
def test_a_model_refuses_what_is_no_object(component: str) -> None:
    wrong: list[Any] = [None, [], "x", 5]
    for value in wrong:
        with pytest.raises(MismatchError, match="must be an object"):
            getattr(models, component).from_dict(value)


def test_the_stock_functions_return_what_they_did() -> None:
    detailed = get_relations.sync_detailed(client=stock(200, PAGE), body=REQUEST)
    assert (detailed.status_code, detailed.parsed) == (HTTPStatus.OK, models.RelationsFound.from_dict(PAGE))
    refusal = get_relations.sync(client=stock(403, {"error": 403, "error_text": "no"}), body=REQUEST)
    assert isinstance(refusal, models.Refusal)
    assert get_relations.sync(client=stock(500, None), body=REQUEST) is None
    assert get_relations.sync_detailed(client=stock(520, None), body=REQUEST).status_code == 520
    with pytest.raises(UnexpectedStatus):
        get_relations.sync(client=stock(520, None, raise_on_unexpected_status=True), body=REQUEST)


def test_the_stock_functions_work_in_coroutines() -> None:
    async def call() -> object:
        async with stock(200, PAGE).with_headers({"X-A": "b"}).with_timeout(httpx.Timeout(3)) as client:
            detailed = await get_relations.asyncio_detailed(client=client, body=REQUEST)
            assert detailed.parsed == await get_relations.asyncio(client=client, body=REQUEST)
            return detailed.parsed

    assert asyncio.run(call()) == models.RelationsFound.from_dict(PAGE)
