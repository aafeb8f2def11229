"""The client refuses a set of arguments exactly when the contract does, before anything is sent, and says why."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from profile_relations_client import (
    AsyncRelationsClient,
    ConfigurationError,
    InvalidRequestError,
    RelationsClient,
    models,
)

from .drawing import FIELDS, MODES, REQUEST_EXAMPLES, ROWS, model, row_of, validator, values

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "a-token"
ARGUMENTS = [field for field in FIELDS if field != "token"]
EXAMPLES = [example["value"] for example in REQUEST_EXAMPLES.values()]
FOUND = {"data": [], "error": 0, "error_text": "Successful operation", "total_count": 0}


class Wire:
    """A client that sends nothing further than here."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.api = RelationsClient("https://example.com/api", token=TOKEN, transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(json.loads(request.content))
        return httpx.Response(200, json=FOUND)

    def call(self, *request: object, **arguments: object) -> dict[str, Any] | InvalidRequestError:
        """What was sent, or the refusal."""
        self.sent.clear()
        api: Any = self.api
        try:
            api.get_relations(*request, **arguments)
        except InvalidRequestError as refusal:
            assert self.sent == [], "it was refused, and sent all the same"
            return refusal
        (sent,) = self.sent
        return sent


WIRE = Wire()
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "matching": st.sampled_from([*MODES, "EMAIL", "", None, True, 0]),
    "rel_id": st.integers() | st.sampled_from([2.0, 2.5, float("nan"), 1e300, "2", True, None, [2]]),
    "resource_id": st.integers() | st.sampled_from([24.0, "24", False, None]),
    "field_value": st.integers() | st.text() | st.sampled_from([7.0, 7.5, True, None, ["vip"]]),
}
ANYTHING = st.text() | st.sampled_from([5, 5.5, True, None, ["a"], {"a": 1}, [float("nan")]])


@pytest.mark.slow
@settings(max_examples=1500, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.fixed_dictionaries({}, optional={name: VALUES.get(name, ANYTHING) for name in ARGUMENTS}))
@example({"rel_id": 2, "email": "a@example.com", "profile_id": "b"})
@example({"rel_id": 2, "email": "NaN", "phone": "a"})
@example({"rel_id": 2, "email": "a", "phone": float("nan")})
@example({"rel_id": 2, "matching": "profile_id", "profile_id": "b", "email": None})
def test_a_call_is_refused_exactly_when_the_contract_refuses_it(arguments: dict[str, Any]) -> None:
    allowed = validator("RelationsRequest").is_valid({"token": TOKEN, **arguments})
    outcome = WIRE.call(**arguments)
    if not allowed:
        assert isinstance(outcome, InvalidRequestError)
    elif _is_json(arguments):
        assert outcome == {"token": TOKEN, **arguments}
    else:
        assert isinstance(outcome, InvalidRequestError)
        assert "JSON" in str(outcome)


def _is_json(value: object) -> bool:
    """Whether JSON has a way to write it, which it has not for what is no number."""
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True


def presences() -> Iterator[dict[str, Any]]:
    """Every set of selector fields with every mode, with a value that its field takes."""
    taken = {"field_value": 7, "resource_id": 24}
    selectors = [name for name in ARGUMENTS if name not in ("matching", "rel_id")]
    for mode in [{}, *({"matching": mode} for mode in [*MODES, "other", None])]:
        for number in range(len(selectors) + 1):
            for names in itertools.combinations(selectors, number):
                yield {"rel_id": 2, **mode, **{name: taken.get(name, "x") for name in names}}


def test_every_set_of_fields_with_every_mode() -> None:
    judged = [validator("RelationsRequest").is_valid({"token": TOKEN, **arguments}) for arguments in presences()]
    outcomes = [WIRE.call(**arguments) for arguments in presences()]
    assert [isinstance(outcome, dict) for outcome in outcomes] == judged
    assert {*judged} == {True, False}


@pytest.mark.parametrize("request_", EXAMPLES, ids=str)
def test_an_example_is_sent_as_it_stands_from_its_fields_and_from_its_model(request_: dict[str, Any]) -> None:
    without = {name: value for name, value in request_.items() if name != "token"}
    expected = without | {"token": TOKEN}
    assert WIRE.call(**without) == expected
    parsed = model(row_of(request_)).from_dict(request_)
    assert WIRE.call(parsed) == request_, "a model's own token is not the client's to replace"
    parsed.token = models.DefaultEmailRequest(rel_id=1, email="x").token
    assert WIRE.call(parsed) == expected


@pytest.mark.parametrize("row", ROWS)
@settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_valid_model_is_sent_and_a_spoilt_one_is_not(row: str, data: st.DataObject) -> None:
    request = data.draw(values(row))
    assert WIRE.call(model(row).from_dict(request)) == request
    spoilt = model(row).from_dict(request)
    spoilt.rel_id = data.draw(st.sampled_from(["2", None, 2.5, True]))
    assert isinstance(WIRE.call(spoilt), InvalidRequestError)


def test_the_default_by_identifier_can_not_be_given_a_mode_that_makes_it_another_request() -> None:
    request = models.DefaultProfileIdRequest(rel_id=2, profile_id="x")
    request.additional_properties["matching"] = "email"
    assert isinstance(WIRE.call(request), InvalidRequestError)
    assert WIRE.call(rel_id=2, profile_id="x") == {"token": TOKEN, "rel_id": 2, "profile_id": "x"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"rel_id": 2, "matching": "phone"}, "with matching='phone', phone is missing"),
        ({"rel_id": 2, "matching": "custom", "field_name": "A"}, "with matching='custom', field_value is missing"),
        ({"rel_id": 2, "matching": "email", "profile_id": "x"}, "with matching='email', email is missing"),
        ({"rel_id": 2}, "without matching, email is missing, or profile_id is missing"),
        ({"email": "x"}, "without matching, rel_id is missing"),
        ({"rel_id": True, "email": "x"}, "rel_id must be an integer, not a boolean"),
        ({"rel_id": 2, "profile_id": "x", "email": None}, "email must be a string, not null"),
        ({"rel_id": 2, "matching": "EMAIL", "email": "x"}, f"matching must be one of {', '.join(map(repr, MODES))}"),
        ({"rel_id": 2, "matching": "custom", "field_name": "A", "field_value": None}, "must be a string, not null, or"),
    ],
    ids=str,
)
def test_a_refusal_names_the_mode_and_the_field(arguments: dict[str, Any], words: str) -> None:
    refusal = WIRE.call(**arguments)
    assert isinstance(refusal, ValueError)
    assert words in str(refusal)


def test_misuse_is_a_type_error() -> None:
    api: Any = WIRE.api
    request = models.EmailRequest(rel_id=2, matching="email", email="x")
    with pytest.raises(TypeError, match="unexpected keyword argument 'emial'"):
        api.get_relations(rel_id=2, emial="x")
    with pytest.raises(TypeError, match="unexpected keyword argument 'token'"):
        api.get_relations(rel_id=2, email="x", token="t")
    with pytest.raises(TypeError, match="one request or the fields of one"):
        api.get_relations(request, rel_id=2)
    with pytest.raises(TypeError, match="no request of the type dict"):
        api.get_relations({"rel_id": 2, "email": "x"})


@pytest.mark.parametrize("token", ["", None])
@pytest.mark.parametrize("kind", [RelationsClient, AsyncRelationsClient])
def test_a_token_that_is_none_is_refused_where_the_client_is_made(kind: Any, token: Any) -> None:  # noqa: ANN401
    with pytest.raises(ConfigurationError, match=r"token is (None|empty): is the variable set\?"):
        kind("https://example.com", token=token)
