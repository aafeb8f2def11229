"""Hands the templates what the generator's own parser drops: credentials, exclusions, limits, error codes, examples.

It prints a template that defines one variable, `facts`. A rule for requests that the client couldn't keep is an error
here, so that a contract never generates a client which quietly lets more through than the contract does.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import yaml

Schema = dict[str, Any]

_LIMITS = ("minLength", "maxLength", "pattern", "minimum", "maximum")
# What the generated code keeps, and what says nothing about a value.
_KEPT = {
    "$ref",
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "const",
    "enum",
    "not",
    "oneOf",
    "anyOf",
}
_SILENT = {"description", "title", "examples", "example", "default", "deprecated", "format"}
# By HTTP's own rules, a request by one of these may be made again without asking whether the first one arrived.
_REPEATABLE = {"get", "put", "delete", "options", "head", "trace"}
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# Arguments of every method of the client, which a field can't be called as well.
_RESERVED = {"self", "request", "timeout"}


class UnsupportedContractError(Exception):
    """The contract has a construct that the generated client could not be faithful to."""


class Facts:
    """The facts of one contract."""

    def __init__(self, contract: Schema) -> None:
        self._contract = contract
        self._schemas: dict[str, Schema] = contract.get("components", {}).get("schemas", {})

    def all(self) -> dict[str, Any]:
        """Everything that the templates read, as plain data."""
        requests = {name for operation in self._operations().values() for name in operation["variants"]}
        schemas = {name: self._of_schema(name, name in requests) for name in self._schemas}
        return {
            "schemas": schemas,
            "operations": self._operations(),
            "credentials": sorted({field for schema in schemas.values() for field in schema["credentials"]}),
            "base_url": self._base_url(),
        }

    def _of_schema(self, name: str, is_request: bool) -> Schema:  # noqa: FBT001  (private, and called once)
        schema = self._schemas[name]
        fields = {field: self._resolved(value) for field, value in schema.get("properties", {}).items()}
        if is_request:
            self._refuse_what_is_not_kept(name, schema, fields)
        return {
            "is_request": is_request,
            "credentials": [field for field, value in fields.items() if value.get("x-credential")],
            "excludes": _exclusions(name, schema) if is_request else [],
            "limits": {field: limits for field, value in fields.items() if is_request and (limits := _limits(value))},
            "never": {
                field: value["not"]["const"] for field, value in fields.items() if "const" in value.get("not", {})
            },
            "constants": {field: value["const"] for field, value in fields.items() if "const" in value},
            "refusal": _refusal(fields),
        }

    def _refuse_what_is_not_kept(self, name: str, schema: Schema, fields: dict[str, Schema]) -> None:
        if reserved := _RESERVED & fields.keys():
            raise UnsupportedContractError(f"{name}: a field can't be called {' or '.join(sorted(reserved))}")
        for where, part in {"": schema, **{f".{field}": value for field, value in fields.items()}}.items():
            unknown = {key for key in part if not key.startswith("x-")} - _KEPT - _SILENT - set(_LIMITS)
            if unknown:
                raise UnsupportedContractError(
                    f"{name}{where}: no check can be generated for {', '.join(sorted(unknown))}"
                )

    def _operations(self) -> dict[str, Schema]:
        operations = {}
        for path, item in self._contract.get("paths", {}).items():
            for method in _METHODS:
                if operation := item.get(method):
                    if "operationId" not in operation:
                        raise UnsupportedContractError(f"{method} {path}: an operationId is needed to name the method")
                    operations[operation["operationId"]] = self._of_operation(method, operation)
        return operations

    def _of_operation(self, method: str, operation: Schema) -> Schema:
        media = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        schema = media.get("schema", {})
        body = self._resolved(schema)
        choice = next((key for key in ("oneOf", "anyOf") if key in body), "oneOf")
        variants = [_referenced(variant) for variant in body.get(choice, [schema])]
        return {
            "repeatable": method in _REPEATABLE or operation.get("x-read-only", False),
            "exactly_one": choice == "oneOf",
            "variants": [variant for variant in variants if variant],
            "examples": list(media.get("examples", {}).values()),
        }

    def _base_url(self) -> str:
        server: Schema = next(iter(self._contract.get("servers", [])), {"url": "https://example.com"})
        variables = {name: variable["default"] for name, variable in server.get("variables", {}).items()}
        return str(server["url"]).format(**variables)

    def _resolved(self, schema: Schema) -> Schema:
        """The schema with what it refers to; its own keywords win."""
        name = _referenced(schema)
        return {**self._resolved(self._schemas[name]), **schema} if name else schema


def _referenced(schema: Schema) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _limits(schema: Schema) -> Schema:
    return {key: schema[key] for key in _LIMITS if key in schema}


def _exclusions(name: str, schema: Schema) -> list[list[str]]:
    """The sets of fields of which a value may not have all, read from `not`."""
    forbidden = schema.get("not")
    if forbidden is None:
        return []
    alternatives = forbidden.get("anyOf", [forbidden])
    if any(set(alternative) != {"required"} for alternative in alternatives):
        raise UnsupportedContractError(f"{name}: `not` can only name fields, with `required` or with `anyOf` of it")
    return [alternative["required"] for alternative in alternatives]


def _refusal(fields: dict[str, Schema]) -> Schema | None:
    """Which fields hold the code and the text of a refusal, and the codes that have names."""
    code = next((field for field, value in fields.items() if "x-error-codes" in value), None)
    if code is None:
        return None
    text = next((field for field, value in fields.items() if value.get("x-error-text")), None)
    return {"code": code, "text": text, "codes": fields[code]["x-error-codes"]}


def main() -> int:
    """Prints the facts of the contract that the command line names.

    Returns:
        1 where the contract can't be kept by a generated client, otherwise 0.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("contract", type=Path, help="the OpenAPI document")
    contract = parser.parse_args().contract
    try:
        facts = Facts(yaml.safe_load(contract.read_text("utf-8"))).all()
    except UnsupportedContractError as error:
        sys.stderr.write(f"{contract}: {error}\n")
        return 1
    # Strings, numbers, lists and dictionaries are written alike in Python and in a template.
    sys.stdout.write(f"{{% set facts = {facts!r} %}}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
