"""What live servers send is read: `error` decides first, and what may be left out is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from profile_relations_client import ApiError, MalformedReplyError, RelationsClient, TokenRequiredError, models

ENTRY: dict[str, Any] = {"profile_id_a": "a", "xxh_a": "b", "profile_id_b": "c", "xxh_b": "d", "db_b": 9}
FOUND: dict[str, Any] = {"error": 0, "error_text": "", "data": [ENTRY], "total_count": 1}


def called(value: object, status: int = 200, sent: list[httpx.Request] | None = None) -> models.RelationsFound:
    """What a call returns to a reply."""

    def answer(request: httpx.Request) -> httpx.Response:
        if sent is not None:
            sent.append(request)
        return httpx.Response(status, json=value)

    with RelationsClient("https://example.com", token="a-token", transport=httpx.MockTransport(answer)) as api:
        return api.get_relations(rel_id=2, email="john@example.com")


@pytest.mark.parametrize("status", [200, 400, 403, 500])
@pytest.mark.parametrize(
    "beside",
    [
        {"error_text": "no", "data": {}},
        {"error_text": "no", "data": {"total_count": 0}},
        {"error_text": "no", "data": [ENTRY], "total_count": 1},
        {"error_text": "no", "total_count": 5},
        {"error_text": "no", "total_count": "none"},
        {"error_text": None},
        {"error_text": ["no"]},
        {},
    ],
    ids=str,
)
def test_nothing_beside_an_error_hides_it(beside: dict[str, Any], status: int) -> None:
    with pytest.raises(TokenRequiredError) as raised:
        called({"error": 401, **beside}, status)
    text = "no" if beside.get("error_text") == "no" else ""
    assert (raised.value.code, raised.value.text) == (401, text)
    assert str(raised.value) == f"{text or 'the API gave no reason'} (code 401, HTTP status {status})"


@pytest.mark.parametrize("number", [440, -1, 10**30, 401.0])
def test_any_number_but_0_is_a_refusal(number: float) -> None:
    with pytest.raises(ApiError) as raised:
        called({"error": number})
    assert raised.value.code == number


def left_out(value: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: member for name, member in value.items() if name not in names}


@pytest.mark.parametrize(
    "value", [FOUND | {"data": None}, left_out(FOUND, "data"), left_out(FOUND, "data", "total_count")]
)
def test_a_success_without_data_is_an_empty_list(value: dict[str, Any]) -> None:
    assert called(value).data == []


@pytest.mark.parametrize("value", [left_out(FOUND, "total_count"), FOUND | {"total_count": None, "data": [ENTRY] * 3}])
def test_a_count_that_is_left_out_is_counted(value: dict[str, Any]) -> None:
    found = called(value)
    assert found.total_count == len(found.data) > 0


def test_a_count_that_is_there_is_kept() -> None:
    assert called(FOUND | {"total_count": 4000}).total_count == 4000


@pytest.mark.parametrize("entry", [ENTRY, ENTRY | {"props": None}, ENTRY | {"props": {}}])
def test_an_entry_without_properties_has_none(entry: dict[str, Any]) -> None:
    (relation,) = called(FOUND | {"data": [entry]}).data
    assert isinstance(relation.props, Mapping)
    assert dict(relation.props) == {}
    assert relation.additional_properties == {}
    assert relation.to_dict() == ENTRY | {"props": {}}


def test_what_is_new_survives_beside_what_is_left_out() -> None:
    (relation,) = called(FOUND | {"data": [ENTRY | {"new": 5}]}).data
    assert relation["new"] == 5


@pytest.mark.parametrize(
    "value",
    [
        left_out(FOUND, "error"),
        FOUND | {"error": "0"},
        FOUND | {"error": None},
        FOUND | {"error": True},
        FOUND | {"error": 0.5},
        FOUND | {"data": {}},
        FOUND | {"data": [None]},
        FOUND | {"data": ["x"]},
        FOUND | {"data": [ENTRY | {"props": []}]},
        FOUND | {"data": [left_out(ENTRY, "xxh_a")]},
        FOUND | {"total_count": "1"},
        FOUND | {"error_text": 5},
    ],
    ids=str,
)
def test_what_is_broken_stays_so(value: dict[str, Any]) -> None:
    with pytest.raises(MalformedReplyError):
        called(value)


def test_it_asks_for_json() -> None:
    sent: list[httpx.Request] = []
    called(FOUND, sent=sent)
    assert sent[0].headers["accept"] == "application/json"
