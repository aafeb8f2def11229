"""The token goes into the body or into the header that the contract's security scheme has, and never into both."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from profile_relations_client import (
    AsyncRelationsClient,
    ClientError,
    ConfigurationError,
    InvalidRequestError,
    RelationsClient,
    models,
)

from .drawing import CONTRACT

TOKEN = "canary-5f3c9a1b"
FOUND = {"data": [], "error": 0, "error_text": "", "total_count": 0}


def sent_by(kind: str, *request: Any, **options: Any) -> httpx.Request:  # noqa: ANN401
    """The request that a client makes."""
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json=FOUND)

    async def call() -> None:
        transport = httpx.MockTransport(answer)
        async with AsyncRelationsClient("https://example.com", token=TOKEN, transport=transport, **options) as api:
            await (api.get_relations(*request) if request else api.get_relations(rel_id=2, email="x"))

    if kind == "async":
        asyncio.run(call())
    else:
        transport = httpx.MockTransport(answer)
        with RelationsClient("https://example.com", token=TOKEN, transport=transport, **options) as api:
            _ = api.get_relations(*request) if request else api.get_relations(rel_id=2, email="x")
    return sent[0]


def test_the_contract_has_the_scheme() -> None:
    (scheme,) = CONTRACT["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_the_body_is_the_default(kind: str) -> None:
    for options in ({}, {"token_in": "body"}):
        request = sent_by(kind, **options)
        assert json.loads(request.content)["token"] == TOKEN
        assert "authorization" not in request.headers


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_in_the_header_it_is_in_the_header_alone(kind: str) -> None:
    request = sent_by(kind, token_in="header")
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert json.loads(request.content) == {"rel_id": 2, "email": "x"}


def test_the_token_of_a_model_goes_the_same_way() -> None:
    model = models.EmailRequest(rel_id=2, matching="email", email="x", token="of-the-model")
    request = sent_by("sync", model, token_in="header")
    assert request.headers["authorization"] == "Bearer of-the-model"
    assert b"of-the-model" not in request.content
    model.token = "of the model"
    with pytest.raises(InvalidRequestError, match="a header can't carry"):
        sent_by("sync", model, token_in="header")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"token": "Ключ", "token_in": "header"}, "a header can't carry"),
        ({"token": "a\nb", "token_in": "header"}, "a header can't carry"),
        ({"token_in": "query"}, "token_in must be 'body' or 'header'"),
        ({"token": 5}, "token must be a string"),
        ({"token_in": "header", "headers": {"AUTHORIZATION": "Basic x"}}, "headers has authorization"),
        ({"token_in": "header", "base_url": "https://user:secret@example.com"}, "Authorization, and so does another"),
    ],
    ids=str,
)
def test_what_can_not_be_sent_is_refused_where_the_client_is_made(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as raised:
        RelationsClient(**{"base_url": "https://example.com", "token": TOKEN} | options)
    assert "canary" not in str(raised.value)


def test_a_token_in_the_header_is_hidden_as_well() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(500, text=request.headers["authorization"])

    options: Any = {"token": TOKEN, "token_in": "header", "transport": httpx.MockTransport(answer)}
    with RelationsClient("https://example.com", **options) as api, pytest.raises(ClientError) as raised:
        api.get_relations(rel_id=2, email="x")
    assert "canary" not in f"{raised.value} {vars(raised.value)}"
