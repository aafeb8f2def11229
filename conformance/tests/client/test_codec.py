"""What the models are made of: each decoder takes what JSON Schema takes, and leaves alone what is not its own."""

from __future__ import annotations

import datetime as dt
import enum
import pickle
from typing import Any
from uuid import UUID

import pytest
from profile_relations_client import MismatchError, codec

ID = "5f0b7a0e-7d4a-4d5c-9a55-0c9f8f6f4a11"


class Shade(enum.StrEnum):
    """An enumeration of one member."""

    DARK = "dark"


ANY_TEXT_OR_LIST = codec.any_of(codec.array_of(codec.converted(UUID)), codec.string, codec.null)
DECODERS: dict[str, tuple[codec.Decoder[Any], list[tuple[Any, Any]], list[Any]]] = {
    "string": (codec.string, [("", ""), (Shade.DARK, "dark")], [None, 5, b"x", ["x"]]),
    "integer": (codec.integer, [(5, 5), (2.0, 2), (-0.0, 0)], [True, 2.5, "5", None, float("nan"), float("inf")]),
    "number": (codec.number, [(5, 5), (2.5, 2.5)], [True, "5", None]),
    "boolean": (codec.boolean, [(True, True)], [1, 0, "true", None]),
    "null": (codec.null, [(None, None)], [0, "", False, []]),
    "anything": (codec.anything, [(None, None), ([1], [1])], []),
    "constant 1": (codec.constant(1), [(1, 1), (1.0, 1)], [True, 2, "1", None, [1]]),
    "constant true": (codec.constant(True), [(True, True)], [1, "true"]),
    "date": (codec.converted(dt.date.fromisoformat), [("2009-04-30", dt.date(2009, 4, 30))], ["April", 5, None]),
    "enumeration": (codec.converted(Shade), [("dark", Shade.DARK)], ["light", None, ["dark"]]),
    "array": (codec.array_of(codec.string), [([], []), (["a"], ["a"])], [("a",), {"a": 1}, "a", ["a", 5]]),
    "union": (ANY_TEXT_OR_LIST, [([ID], [UUID(ID)]), ("x", "x"), (None, None)], [5, ["x"], True]),
}


@pytest.mark.parametrize("name", DECODERS)
@pytest.mark.parametrize("owned", [True, False])
def test_a_decoder_takes_what_it_is_for_and_refuses_the_rest(name: str, owned: bool) -> None:  # noqa: FBT001
    decode, taken, refused = DECODERS[name]
    for value, expected in taken:
        decoded = decode([*value] if isinstance(value, list) else value, owned)
        assert decoded == expected
        assert isinstance(decoded, bool) == isinstance(expected, bool)
    for value in refused:
        with pytest.raises(MismatchError):
            decode(value, owned)


def test_only_an_owned_array_is_changed() -> None:
    decode = codec.array_of(codec.converted(UUID))
    kept: list[Any] = [ID]
    owned: list[Any] = [ID]
    assert decode(kept, False) == decode(owned, True) == [UUID(ID)]
    assert kept == [ID]
    assert owned == [UUID(ID)]


def test_an_alternative_that_fails_halfway_leaves_the_next_one_what_came() -> None:
    decode = codec.any_of(codec.array_of(codec.converted(UUID)), codec.array_of(codec.string))
    assert decode([ID, "x"], True) == [ID, "x"]


def test_a_mismatch_names_the_place_and_never_the_value() -> None:
    decode = codec.array_of(codec.array_of(codec.integer))
    with pytest.raises(MismatchError) as raised:
        decode([[1], [2, "private"]], False)
    assert str(raised.value) == "[1][1] must be an integer, not a string"
    assert raised.value.path == [1, 1]
    again = pickle.loads(pickle.dumps(raised.value))  # noqa: S301  (this test wrote it)
    assert (str(again), again.path) == (str(raised.value), [1, 1])
    with pytest.raises(MismatchError) as raised:
        codec.members(codec.any_of(codec.null, codec.boolean), {"a": None, "b": "private"}, False)
    assert str(raised.value) == "b must be null, not a string, or must be a boolean, not a string"


@pytest.mark.parametrize(
    ("value", "limits", "words"),
    [
        ("", {"min_length": 1}, "must not be empty"),
        ("ab", {"min_length": 3}, "must have at least 3 characters"),
        ("abc", {"max_length": 2}, "must have at most 2 characters"),
        ("abc", {"pattern": "^b"}, "must match \\^b"),
        (1, {"minimum": 2}, "must be at least 2"),
        (2.5, {"maximum": 2}, "must be at most 2"),
    ],
)
def test_a_limit_is_kept_by_the_types_that_it_is_about(value: Any, limits: dict[str, Any], words: str) -> None:  # noqa: ANN401
    with pytest.raises(MismatchError, match=words):
        codec.within(value, **limits)
    others: list[Any] = [None, True, [], {}, 10 if isinstance(value, str) else "a"]
    for other in others:
        codec.within(other, **limits)


def test_a_value_of_a_model_is_encoded() -> None:
    value = {"a": [Shade.DARK, dt.date(2009, 4, 30), UUID(ID), 5, None], "b": {"c": dt.datetime(2009, 4, 30, 1, 2, 3)}}  # noqa: DTZ001
    assert codec.encode(value) == {"a": ["dark", "2009-04-30", ID, 5, None], "b": {"c": "2009-04-30T01:02:03"}}
