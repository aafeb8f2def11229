"""Whatever the bytes of a body are, the reply is the envelope, without a server error, and shows nobody by accident."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from profile_relations_server.contract import load_contract
from profile_relations_server.service.variants import Variants
from profile_relations_server.world.reader import load_world

from tests.helpers.asked_service import JOHN, MARY, make_service

WORLD, CONTRACT = load_world(), load_contract()
TOKEN = WORLD.tokens[0]
SERVERS = [
    make_service(WORLD, CONTRACT, Variants.parse(options))
    for options in (
        [],
        ["duplicate-keys=first", "nan=read", "byte-order-mark=read", "letter-case=ignored", "spaces=trimmed"],
        ["duplicate-keys=refused", "unused-fields=typed", "unknown-fields=refused", "whole-float=refused"],
    )
]
FIELDS = [*sorted(CONTRACT.known_fields), "unknown", "\ud800"]
TEXTS = st.text(st.characters(), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
VALUES = JSON | st.sampled_from(
    [*sorted(CONTRACT.modes), JOHN, MARY, "john@example.com", "CRM_ID", 2, 2.0, 24, "7", ", "]
)
REQUESTS = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=7)


def check(body: bytes) -> None:
    for server in SERVERS:
        reply = server.raw(body)
        envelope = json.loads(reply.content)
        assert reply.status < 500
        assert type(envelope["error"]) is int
        assert envelope["error_text"]
        assert envelope["error"] == 0 or not envelope.get("data")
        assert "Traceback" not in envelope["error_text"]


@settings(deadline=None)  # the largest of the examples below take their time on a busy machine
@given(st.binary())
@example(b"")
@example(b"\xff\xfe{\x00}\x00")
@example(b"[" * 100_000)
@example(b'{"a":' * 100_000)
@example(b"1" * 100_000)
@example(b"-" + b"9" * 5000)
@example(b'{"token": "8a28168486844c8bae2673a51d4433ff", "rel_id": 2, "profile_id": {"\\ud800": 1}}')
def test_no_bytes_are_answered_with_a_server_error(body: bytes) -> None:
    check(body)


@settings(deadline=None)  # as above
@given(REQUESTS, st.booleans())
def test_no_object_is_answered_with_a_server_error(fields: dict[str, object], with_token: bool) -> None:  # noqa: FBT001 - drawn
    # The standard encoder writes NaN, and half of a surrogate pair as an escape, which is what a hostile client does.
    check(json.dumps({"rel_id": 2} | fields | ({"token": TOKEN} if with_token else {})).encode())


@pytest.mark.parametrize(
    "value", ["\0", "\ud800", "'; DROP TABLE profiles; --", "%", "*", "a" * 500_000, "\U0001d541ohn"]
)
@pytest.mark.parametrize("selector", [("profile_id",), ("email",), ("phone",), ("field_name", "field_value")])
def test_odd_text_finds_nobody(selector: tuple[str, ...], value: str) -> None:
    modes = {"field_name": "custom"}
    fields = {"matching": modes.get(selector[0], selector[0])} | dict.fromkeys(selector, value)
    for server in SERVERS:
        assert server.envelope(**fields)["error"] == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"profile_id": {"\ud800": 1}},
        {"matching": "\ud800", "profile_id": JOHN},
        {"matching": {"\ud800": 1}, "profile_id": JOHN},
        {"matching": "phone", "phone": {"\ud800": 1}, "resource_id": {"\ud800": 1}},
    ],
)
def test_half_of_a_surrogate_pair_where_it_must_be_compared_is_refused(fields: dict[str, object]) -> None:
    for server in SERVERS:
        assert server.envelope(**fields)["error"] == 400


def test_half_of_a_surrogate_pair_in_an_unused_field_is_mistyped() -> None:
    assert SERVERS[2].envelope(profile_id=JOHN, phone={"\ud800": 1})["error"] == 400


@pytest.mark.parametrize("fields", [{"profile_id": JOHN}, {"email": "john@example.com"}])
def test_half_of_a_surrogate_pair_as_an_unknown_field_is_ignored_or_refused(fields: dict[str, object]) -> None:
    # Whether the validator looks at the key at all depends on how many fields there are.
    for server in SERVERS:
        assert server.envelope(**fields, **{"\ud800": 1})["error"] in {0, 400}


def test_digits_of_any_length_are_a_text() -> None:
    fields = {"matching": "custom", "field_name": "LOYALTY"}
    assert SERVERS[0].envelope(**fields, field_value="9" * 5000)["error"] == 404


@pytest.mark.parametrize("rel_id", ["9" * 4000, "9" * 5000, "-" + "9" * 5000, "1e308", "1e9999", "5e-324", "-0"])
def test_a_number_of_any_size_is_answered(rel_id: str) -> None:
    body = f'{{"token": "{TOKEN}", "rel_id": {rel_id}, "profile_id": "{JOHN}"}}'.encode()
    envelope = json.loads(SERVERS[0].raw(body).content)
    assert not envelope.get("data")
    # What JSON Schema calls an integer is accepted; 1e9999 is infinite to Python and 5e-324 has a fraction.
    assert (envelope["error"] == 0) is (rel_id not in {"1e9999", "5e-324"})


@pytest.mark.parametrize("body", [b"[]", b"null", b"5", b'"text"', b"true", b"[{}]"])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    assert json.loads(SERVERS[0].raw(body).content) == {"error": 400, "error_text": "the body must be a JSON object"}
