"""A reply is read for what it shows, whatever its shape, and nothing in it makes the reading fail."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profile_relations_conformance.checks.strategies import json_values
from profile_relations_conformance.transport.reply import ABSENT, Reply, is_integer, strings

from tests.helpers.made_up import ANNA, BELA, entry, refusal, reply, success

Json = Any

ONE, TWO = entry(ANNA, 1), entry(ANNA, 2)


def verdicts(read: Reply) -> tuple[bool, bool, bool]:
    return read.has_envelope, read.is_success, read.is_refusal


@pytest.mark.parametrize(
    "content",
    [b"", b" ", b"<html>", b'{"error": 0', b"{'error': 0}", b"[NaN]", b"[-Infinity]", b"\xff\xfe\x00", b"[" * 100_000],
    ids=lambda content: repr(content[:12]),
)
def test_what_is_not_json_has_no_value_and_no_member(content: bytes) -> None:
    broken = Reply(200, {}, content, 1.0)
    assert broken.json is ABSENT
    assert broken.error is ABSENT
    assert broken.entries is None
    assert broken.total is ABSENT
    assert broken.owners == set()
    assert verdicts(broken) == (False, False, False)


@pytest.mark.parametrize("body", [None, [], [{"error": 0}], 0, "error", True], ids=str)
def test_what_is_no_object_is_read_and_has_no_member(body: Json) -> None:
    read = reply(json.dumps(body))
    assert read.json == body
    assert read.member("error") is ABSENT
    assert verdicts(read) == (False, False, False)


def test_text_that_is_not_utf_8_is_shown_as_far_as_it_can_be() -> None:
    assert Reply(200, {}, b"caf\xe9", 1.0).text == "caf\ufffd"


@pytest.mark.parametrize(
    ("body", "has_envelope", "is_success", "is_refusal"),
    [
        ({"error": 0, "error_text": "ok"}, True, True, False),
        ({"error": 400, "error_text": "no"}, True, False, True),
        ({"error": -1, "error_text": ""}, True, False, True),
        ({"error": 0}, False, True, False),
        ({"error": 0, "error_text": None}, False, True, False),
        ({"error": 0, "error_text": 5}, False, True, False),
        ({"error": "0", "error_text": "ok"}, False, False, True),
        ({"error": False, "error_text": "ok"}, False, False, True),
        ({"error": True, "error_text": "ok"}, False, False, True),
        ({"error": None, "error_text": "ok"}, False, False, True),
        ({"error": 400.5, "error_text": "no"}, False, False, True),
        ({"error_text": "ok"}, False, False, False),
        ({}, False, False, False),
    ],
    ids=str,
)
def test_success_refusal_and_envelope_are_told_by_error(
    body: Json, *, has_envelope: bool, is_success: bool, is_refusal: bool
) -> None:
    assert verdicts(reply(body)) == (has_envelope, is_success, is_refusal)


@pytest.mark.parametrize(
    ("status", "is_refusal"),
    [(200, False), (302, False), (400, True), (404, True), (499, True), (500, False), (503, False)],
)
def test_without_an_envelope_a_client_error_alone_is_a_refusal(status: int, *, is_refusal: bool) -> None:
    assert reply("<html>", status).is_refusal == is_refusal


def test_a_client_error_with_error_0_is_a_success_by_the_envelope() -> None:
    read = reply({"error": 0, "error_text": "ok"}, 404)
    assert read.is_success
    assert not read.is_refusal


@pytest.mark.parametrize(
    ("data", "entries"),
    [
        ([], []),
        ([ONE, TWO], [ONE, TWO]),
        (["odd", 5, None], ["odd", 5, None]),
        (None, []),
        ("text", None),
        (5, None),
        (True, None),
        ({}, []),
        (ONE, [ONE]),
        (ONE | {"total_count": 1}, [ONE]),
        ({"total_count": 0}, []),
        ({"relations": [ONE, TWO]}, [ONE, TWO]),
        ({"relations": [ONE], "total_count": 1}, [ONE]),
        ({"relations": [], "total_count": 0}, []),
        ({"0": ONE, "1": TWO}, [ONE, TWO]),
        ({"0": ONE, "1": TWO, "total_count": 2}, [ONE, TWO]),
        ({"a": 5}, None),
    ],
    ids=str,
)
def test_relations_are_read_from_an_array_and_from_the_shapes_that_the_pages_table_allows(
    data: Json, entries: list[Json] | None
) -> None:
    assert success(data=data).entries == entries


def test_without_data_no_relations_can_be_read() -> None:
    assert reply({"error": 0, "error_text": "ok"}).entries is None


@pytest.mark.parametrize(
    ("body", "total"),
    [
        ({"total_count": 3}, 3),
        ({"total_count": None}, None),
        ({"total_count": 3, "data": {"total_count": 4}}, 3),
        ({"data": {"total_count": 4}}, 4),
        ({"data": [{"total_count": 4}]}, ABSENT),
        ({"data": {}}, ABSENT),
        ({}, ABSENT),
    ],
    ids=str,
)
def test_the_total_is_read_beside_data_or_in_it(body: Json, total: Json) -> None:
    assert reply(body).total == total


def test_owners_are_compared_in_lower_case() -> None:
    upper = entry(ANNA) | {"profile_id_a": ANNA.profile_id.upper()}
    assert success(upper, entry(ANNA), entry(BELA)).owners == {ANNA.profile_id, BELA.profile_id}
    assert refusal().owners == set()


@pytest.mark.parametrize("odd", [{}, {"profile_id_a": None}, {"profile_id_a": ["a"]}, {"profile_id_a": 5}], ids=str)
def test_an_entry_that_names_no_profile_has_an_owner_that_is_no_known_one(odd: dict[str, Json]) -> None:
    (owner,) = success(odd).owners
    assert owner not in {ANNA.profile_id, BELA.profile_id}


@given(json_values(), st.integers(100, 599))
def test_any_json_can_be_read(body: Json, status: int) -> None:
    read = reply({"error": body, "error_text": body, "data": body, "total_count": body}, status)
    assert not (read.is_success and read.is_refusal)
    assert read.entries is None or isinstance(read.entries, list)
    assert all(isinstance(owner, str) for owner in read.owners)


@given(st.binary(max_size=40))
def test_any_bytes_can_be_read(content: bytes) -> None:
    read = Reply(200, {}, content, 1.0)
    assert isinstance(read.text, str)
    assert read.entries is None or isinstance(read.entries, list)


def test_relations_in_an_unusual_place_are_seen() -> None:
    row = {"profile_id_a": "a", "profile_id_b": "b"}
    for body in ({"data": {"items": [row], "page": 1}}, {"relations": [row]}, {"data": None, "debug": {"rows": [row]}}):
        assert reply(body).entries == [row]


def test_a_byte_order_mark_and_utf_16_are_no_json() -> None:
    for content in (b"\xef\xbb\xbf{}", "{}".encode("utf-16")):
        assert Reply(200, {}, content, 1.0).json is ABSENT


def test_every_string_of_a_value_is_found_names_of_members_too() -> None:
    value = {"a": ["b", {"c": "d"}, 5, None, True], "e": "f", "g": []}
    assert sorted(strings(value)) == ["a", "b", "c", "d", "e", "f", "g"]
    assert list(strings("alone")) == ["alone"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, True), (-5, True), (True, False), (False, False), (2.0, True), (2.5, False), ("2", False), (None, False)],
)
def test_2_0_is_an_integer_and_true_is_none(value: Json, *, expected: bool) -> None:
    assert is_integer(value) is expected
