"""Puts into words what the schema of the target file finds."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jsonschema import ValidationError

_ARTICLES = {
    "string": "a string",
    "integer": "an integer",
    "array": "a list",
    "object": "a table",
    "boolean": "a boolean",
    "number": "a number",
}


def explain(error: ValidationError) -> str:
    """Says where a target file is wrong, what is wrong, and what to do."""
    place = _place(error)
    words = _WORDS.get(str(error.validator))
    if words is None:
        return f"{place} must not be empty"
    return words(place, f"{place}." if place else "", error, error.validator_value)


def _place(error: ValidationError) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
    return text.lstrip(".")


def _missing(place: str, prefix: str, error: ValidationError, names: Any) -> str:  # noqa: ANN401 - a keyword's argument
    del place
    missing = next(name for name in names if name not in _instance(error))
    return f"{prefix}{missing} is missing. Add it; docs/judge-a-server.md lists the keys"


def _unknown(place: str, prefix: str, error: ValidationError, allowed: Any) -> str:  # noqa: ANN401 - see _missing
    del place, allowed
    known = list(_schema(error)["properties"])
    unknown = next(name for name in _instance(error) if name not in known)
    if unknown == "token":
        return f"{prefix}token must not be in a file. Name its environment variable with token_env"
    near = difflib.get_close_matches(unknown, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Known keys are {', '.join(known)}"
    return f"{prefix}{unknown} is not a key of a target file. {hint}"


def _type(place: str, prefix: str, error: ValidationError, wanted: Any) -> str:  # noqa: ANN401 - see _missing
    del prefix
    return f"{place} must be {_words(wanted)}, and is {_words(_toml_type(error.instance))}"


def _number_of_keys(place: str, prefix: str, error: ValidationError, number: Any) -> str:  # noqa: ANN401 - see _missing
    del prefix, number
    schema = _schema(error)
    others = [name for name in schema.get("properties", ()) if name not in schema.get("required", ())]
    return f"{place} must have one of {' or '.join(others)}" if others else f"{place} must not be empty"


def _pattern(place: str, prefix: str, error: ValidationError, pattern: Any) -> str:  # noqa: ANN401 - see _missing
    del prefix, error, pattern
    return f"{place} is not an http or https URL. Write it as https://host/api/v1.1"


def _minimum(place: str, prefix: str, error: ValidationError, minimum: Any) -> str:  # noqa: ANN401 - see _missing
    del prefix, error
    return f"{place} must not be below {minimum}"


_WORDS: dict[str, Callable[[str, str, ValidationError, Any], str]] = {
    "required": _missing,
    "additionalProperties": _unknown,
    "type": _type,
    "minProperties": _number_of_keys,
    "maxProperties": _number_of_keys,
    "pattern": _pattern,
    "minimum": _minimum,
}


def _instance(error: ValidationError) -> dict[str, Any]:
    return error.instance if isinstance(error.instance, dict) else {}


def _schema(error: ValidationError) -> dict[str, Any]:
    return error.schema if isinstance(error.schema, dict) else {}


def _words(types: str | Iterable[str]) -> str:
    names = [types] if isinstance(types, str) else types
    return " or ".join(_ARTICLES.get(name, name) for name in names)


def _toml_type(value: object) -> str:
    for kind, name in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array")):
        if isinstance(value, kind):
            return name
    return "object" if isinstance(value, dict) else "a date or time"
