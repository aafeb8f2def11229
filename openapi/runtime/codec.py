"""Turns JSON values into models, and checks their types on the way, and turns models into JSON values.

A decoder takes a value and whether it may keep and change the lists in it, and returns what the value stands for.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Container, Mapping
from enum import Enum
from typing import Any, TypeVar, cast
from uuid import UUID

from .base_errors import MismatchError

T = TypeVar("T")
Decoder = Callable[[Any, bool], T]

EXCLUDED = "must be left out"
"""What is wrong with a member that its object may not have."""

_NAMES: dict[type, str] = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
}


def mismatch(expected: str, value: object) -> MismatchError:
    """The error for a value of another type. It names the type alone, since the value may be a secret."""
    return MismatchError(f"must be {expected}, not {_NAMES.get(type(value), 'null' if value is None else 'a value')}")


def as_dict(value: Any) -> Any:
    """A copy of a mapping as the plain dictionary that models are made of; anything else is left to them to refuse."""
    return {**cast("Mapping[str, Any]", value)} if isinstance(value, Mapping) else value


def string(value: Any, _owned: bool = False) -> str:
    """Decodes a string."""
    if isinstance(value, str):
        return value
    raise mismatch("a string", value)


def integer(value: Any, _owned: bool = False) -> int:
    """Decodes an integer; JSON Schema counts 2.0 as one, and a boolean as none."""
    if isinstance(value, bool):
        raise mismatch("an integer", value)
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise mismatch("an integer", value)


def number(value: Any, _owned: bool = False) -> float:
    """Decodes a number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise mismatch("a number", value)


def boolean(value: Any, _owned: bool = False) -> bool:
    """Decodes a boolean."""
    if isinstance(value, bool):
        return value
    raise mismatch("a boolean", value)


def null(value: Any, _owned: bool = False) -> None:
    """Decodes null."""
    if value is not None:
        raise mismatch("null", value)


def anything(value: Any, _owned: bool = False) -> Any:
    """Decodes any JSON value, which stays as it is."""
    return value


def constant(expected: Any) -> Decoder[Any]:
    """Decodes the one value that is allowed; `true` is not 1, though Python says so."""

    def decode(value: Any, _owned: bool = False) -> Any:
        if value == expected and isinstance(value, bool) == isinstance(expected, bool):
            return expected
        raise MismatchError(f"must be {expected!r}")

    return decode


def converted(convert: Callable[[Any], T]) -> Decoder[T]:
    """Decodes a value that another type is made of: a member of an enumeration, a date, an identifier."""

    def decode(value: Any, _owned: bool = False) -> T:
        try:
            return convert(value)
        except (TypeError, ValueError, AttributeError):
            raise MismatchError("is none of the values that are allowed") from None

    return decode


def array_of(decode_item: Decoder[T]) -> Decoder[list[T]]:
    """Decodes an array. An owned one becomes the result, so that each item is freed as soon as it is decoded."""

    def decode(value: Any, owned: bool = False) -> list[T]:
        if value.__class__ is not list:
            raise mismatch("an array", value)
        items: list[Any] = value if owned else [*value]
        index = 0
        try:
            for index, item in enumerate(items):
                items[index] = decode_item(item, owned)
        except MismatchError as error:
            error.enter(index)
            raise
        return items

    return decode


def any_of(*decoders: Decoder[Any]) -> Decoder[Any]:
    """Decodes a value by the first decoder that takes it."""

    def decode(value: Any, owned: bool = False) -> Any:
        misfits: list[MismatchError] = []
        for decoder in decoders:
            try:
                # A decoder that fails halfway must not have changed what the next one reads.
                return decoder(value, owned and decoder is decoders[-1])
            except MismatchError as error:
                misfits.append(error)
        raise MismatchError.of_all(misfits)

    return decode


def members(decode_member: Decoder[T], value: dict[str, Any], owned: bool) -> dict[str, T]:
    """Decodes the values of an object by one decoder."""
    decoded: dict[str, T] = {}
    key = ""
    try:
        for key, member in value.items():
            decoded[key] = decode_member(member, owned)
    except MismatchError as error:
        error.enter(key)
        raise
    return decoded


def others(value: dict[str, Any], known: Container[str]) -> dict[str, Any]:
    """The members of an object that its model has no attribute for."""
    return {key: member for key, member in value.items() if key not in known}


def within(  # noqa: PLR0913 - they are the limits that JSON Schema has
    value: Any,
    *,
    min_length: int | None = None,
    max_length: int | None = None,
    pattern: str | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
) -> None:
    """Checks a value of a request against the limits that apply to its type."""
    if isinstance(value, str):
        if min_length is not None and len(value) < min_length:
            raise MismatchError(
                "must not be empty" if min_length == 1 else f"must have at least {min_length} characters"
            )
        if max_length is not None and len(value) > max_length:
            raise MismatchError(f"must have at most {max_length} characters")
        if pattern is not None and not re.search(pattern, value):
            raise MismatchError(f"must match {pattern}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if minimum is not None and value < minimum:
            raise MismatchError(f"must be at least {minimum}")
        if maximum is not None and value > maximum:
            raise MismatchError(f"must be at most {maximum}")


def encode(value: Any) -> Any:
    """The JSON value that stands for a value of a model."""
    if value.__class__ is list:
        return [encode(item) for item in value]
    if value.__class__ is dict:
        return {name: encode(member) for name, member in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value.to_dict() if hasattr(value, "to_dict") else value
