"""The token is in nothing that is shown, stored or sent elsewhere, and a risky base URL warns."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import pickle
import traceback
import warnings
from typing import Any

import httpx
import pytest
from profile_relations_client import (
    ApiError,
    AsyncRelationsClient,
    AuthenticatedClient,
    ClientError,
    InvalidRequestError,
    MismatchError,
    RelationsClient,
    models,
)
from profile_relations_client.redaction import Redactor, Secret

from .drawing import ROWS, model

TOKEN = 'canary-"\\Ключ/42'
BASE_URL = "https://example.com/api/v1.1"
NAMES = dict.fromkeys(("token", "email", "phone", "profile_id", "field_name"), "x") | {"rel_id": 2, "field_value": 7}


def request_of(row: str) -> Any:  # noqa: ANN401  (any of the request models)
    for mode in [{}, *({"matching": name} for name in ("email", "email_profile", "phone", "profile_id", "custom"))]:
        for left_out in ((), ("email",)):
            value = {name: given for name, given in NAMES.items() if name not in left_out} | mode
            try:
                return model(row).from_dict(value | {"token": TOKEN})
            except MismatchError:
                continue
    raise AssertionError(row)


def client(answer: Any = None) -> RelationsClient:  # noqa: ANN401  (a reply, or what makes one)
    transport = httpx.MockTransport(answer or (lambda _: httpx.Response(200, json={"error": 5, "error_text": "no"})))
    return RelationsClient(BASE_URL, token=TOKEN, transport=transport, retries=0)


def shown(value: object) -> str:
    return f"{value!r} {value!s} {value}"


def test_no_object_shows_it() -> None:
    api = client()
    coroutines = AsyncRelationsClient(BASE_URL, token=TOKEN)
    for holder in (api, coroutines, api.with_raw_response, coroutines.with_raw_response):
        reached = [
            holder,
            *vars(holder).values(),
            *(part for value in vars(holder).values() for part in vars(value).values()),
        ]
        assert "canary" not in " ".join(map(shown, reached))
    assert shown(Secret(TOKEN)) == "Secret(***) Secret(***) Secret(***)"
    assert shown(api) == " ".join([f"RelationsClient('{BASE_URL}')"] * 3)
    assert "canary" not in shown(AuthenticatedClient(base_url=BASE_URL, token=TOKEN, headers={"Authorization": TOKEN}))


@pytest.mark.parametrize("row", ROWS)
def test_no_request_model_shows_or_pickles_it(row: str) -> None:
    request = request_of(row)
    assert request.token == TOKEN
    assert "canary" not in shown(request)
    assert b"canary" not in pickle.dumps(request)
    again = pickle.loads(pickle.dumps(request))  # noqa: S301  (this test wrote it)
    assert "token" not in again.to_dict()
    assert again.to_dict() == {name: value for name, value in request.to_dict().items() if name != "token"}


@pytest.mark.parametrize("copying", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_client_can_not_be_pickled_or_copied(copying: Any) -> None:  # noqa: ANN401  (any way of copying)
    for holder in (client(), AsyncRelationsClient(BASE_URL, token=TOKEN), Secret(TOKEN)):
        with pytest.raises(TypeError, match="can't be copied or pickled"):
            copying(holder)


def test_an_error_survives_pickling_without_it() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        token = json.loads(request.content)["token"]
        return httpx.Response(401, json={"error": 401, "error_text": f"no {token}"}, headers={"X-Seen": token.encode()})

    with pytest.raises(ApiError) as raised:
        client(answer).get_relations(rel_id=2, email="x")
    stored = pickle.dumps(raised.value)
    assert b"canary" not in stored
    again = pickle.loads(stored)  # noqa: S301  (this test wrote it)
    assert (type(again), str(again), again.code, again.text) == (type(raised.value), str(raised.value), 401, "no ***")
    assert again.reply.body == raised.value.reply.body
    assert again.reply.headers["x-seen"] == "***"


def test_the_token_of_a_request_model_is_hidden_as_well() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(400, text=request.content.decode())

    request = models.EmailRequest(rel_id=2, matching="email", email="x", token="canary of the model")
    with pytest.raises(ClientError) as raised:
        client(answer).get_relations(request)
    assert b"canary" not in pickle.dumps(raised.value)


def test_a_refused_call_does_not_show_it() -> None:
    api: Any = client()
    bad: list[tuple[tuple[object, ...], dict[str, object]]] = [
        ((), {"rel_id": 2, "matching": "phone"}),
        ((models.EmailRequest(rel_id=2, matching="email", email=5, token=TOKEN),), {}),  # type: ignore[arg-type]
        ((models.PhoneRequest(rel_id=2, matching="phone", phone="1", token=[TOKEN]),), {}),  # type: ignore[arg-type]
        ((), {"rel_id": 2, "email": "x", "phone": object()}),
    ]
    for request, arguments in bad:
        error = refusal_of(api, request, arguments)
        assert type(error) is InvalidRequestError
        assert error.__context__ is None
        assert error.__cause__ is None
        lines = traceback.TracebackException.from_exception(error, capture_locals=True).format()
        assert "canary" not in "".join(lines)
    misplaced: list[dict[str, object]] = [{"rel_id": TOKEN, "email": "x"}, {"rel_id": 2, "matching": TOKEN}]
    for arguments in misplaced:
        assert "canary" not in str(refusal_of(api, (), arguments)), "a value is shown, and it was the token"


def refusal_of(api: Any, request: tuple[object, ...], arguments: dict[str, object]) -> ClientError:  # noqa: ANN401
    try:
        api.get_relations(*request, **arguments)
    except ClientError as error:
        return error
    raise AssertionError(arguments)


def test_the_log_says_how_a_call_went_and_nothing_of_what_was_said(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    api = RelationsClient(
        "https://user:secret@example.com/api",
        token=TOKEN,
        transport=httpx.MockTransport(lambda _: httpx.Response(200, json={"error": 5, "error_text": "private words"})),
    )
    with pytest.raises(ApiError):
        api.get_relations(rel_id=2, email="private@example.com")
    (record,) = [record for record in caplog.records if record.name == "profile_relations_client"]
    assert record.levelno == logging.DEBUG
    assert record.getMessage().startswith("POST https://example.com/api/relations/get 200 ")
    assert record.getMessage().endswith(" ms")
    assert "canary" not in caplog.text
    assert "private" not in caplog.text
    assert "secret" not in shown(api)


@pytest.mark.parametrize("host", ["example.com", "10.0.0.1", "[2001:db8::1]", "localhost.example.com"])
def test_plain_http_to_another_machine_warns_where_the_client_is_made(host: str) -> None:
    with pytest.warns(UserWarning, match="unencrypted") as caught:
        RelationsClient(f"http://{host}/api", token=TOKEN)
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    "url", ["http://localhost:1/a", "http://127.8.9.1/a", "http://[::1]:5/a", "https://example.com"]
)
def test_this_machine_and_https_do_not_warn(url: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        RelationsClient(url, token=TOKEN).close()


@pytest.mark.parametrize(
    "url",
    ["", "example.com", "ftp://example.com", "/api", "https://", "http://[::1", "https://a/b?c", "https://a/b#c", None],
)
def test_a_base_url_that_is_none_is_refused(url: Any) -> None:  # noqa: ANN401  (wrong on purpose)
    with pytest.raises(ValueError, match="base URL") as raised:
        RelationsClient(url, token=TOKEN)
    assert raised.value.__context__ is None
    captured = traceback.TracebackException.from_exception(raised.value, capture_locals=True)
    assert "canary" not in "".join(captured.format())


def test_spellings_of_the_token_are_taken_out() -> None:
    redactor = Redactor([Secret(TOKEN), Secret("")])
    spellings = [
        TOKEN,
        json.dumps(TOKEN),
        json.dumps(TOKEN, ensure_ascii=False),
        str(httpx.QueryParams({"token": TOKEN})),
    ]
    for text in spellings:
        for hidden in (redactor.text(text), redactor.body(text.encode()).decode()):
            assert "canary" not in hidden
            assert "***" in hidden
    assert redactor.text("nothing of it") == "nothing of it"


def test_credentials_stay_out_of_coroutines_that_fail() -> None:
    async def call() -> ClientError | None:
        transport = httpx.MockTransport(lambda _: httpx.Response(200, text=TOKEN))
        async with AsyncRelationsClient(BASE_URL, token=TOKEN, transport=transport) as api:
            try:
                await api.get_relations(rel_id=2, email="x")
            except ClientError as error:
                return error
        return None

    error = asyncio.run(call())
    assert error is not None
    assert "canary" not in "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
