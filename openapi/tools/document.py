"""Reads a contract, and says in one line what is wrong with it and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Schema = dict[str, Any]


class ContractError(Exception):
    """The contract is broken, or has what the generated client could not be faithful to. The message says where."""


def read_contract(path: Path) -> Schema:
    """Reads an OpenAPI document.

    Raises:
        ContractError: It can't be read, refers to what isn't there, or is no OpenAPI document.
    """
    try:
        document = yaml.safe_load(path.read_text("utf-8"))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise ContractError(f"{where}{error.problem}") from None
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ContractError(" ".join(str(error).split())) from None
    if not isinstance(document, dict):
        raise ContractError("it is no OpenAPI document")
    for where, target in _references(document, ()):
        if not is_there(document, target):
            raise ContractError(f"{where}: $ref leads to {target}, which is not there")
    _check(document)
    return document


def _check(document: Schema) -> None:
    for error in OpenAPIV31SpecValidator(document).iter_errors():
        # The deepest of the errors below says what is wrong; those around it only that something is.
        deepest = error
        while deepest.context:
            deepest = max(deepest.context, key=lambda one: len(one.absolute_path))
        where = ".".join(map(str, deepest.absolute_path))
        raise ContractError(f"{where or 'the document'}: {' '.join(str(deepest.message).split())[:200]}")


def _references(part: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any part of a document
    """Each reference in a document, with where it stands."""
    items = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in items:
        if key == "$ref" and isinstance(value, str):
            yield ".".join(path), value
        elif key not in ("example", "examples", "value"):
            yield from _references(value, (*path, str(key)))


def is_there(document: Schema, target: str) -> bool:
    """Whether a reference leads to a part of the document."""
    if not target.startswith("#/"):
        return False
    part: Any = document
    for step in target.removeprefix("#/").split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(part, dict) or name not in part:
            return False
        part = part[name]
    return True
