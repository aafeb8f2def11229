"""Hands the templates what the generator's own parser drops, under the names that the generated code has for it.

It prints a template that defines one variable, `facts`. A rule for requests that the client couldn't keep is an error
here, so that a contract never generates a client which quietly lets more through than the contract does.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openapi_python_client.strings import ClassName, PythonIdentifier

from openapi.tools.document import ContractError, Schema, read_contract
from openapi.tools.rows import Row, check_rows, exclusions, shown_beside
from openapi.tools.runtime_source import constant, error_tree

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIX = "field_"
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


def argument(name: str) -> str:
    """The name of an argument or an attribute for a name in the contract."""
    return str(PythonIdentifier(name, _PREFIX))


def class_name(name: str) -> str:
    """The name of a class for a name in the contract."""
    return str(ClassName(name, _PREFIX))


class Facts:
    """The facts of one contract."""

    def __init__(self, contract: Schema) -> None:
        self._contract = contract
        self._schemas: dict[str, Schema] = contract.get("components", {}).get("schemas", {})
        self._requests: set[str] = set()

    def all(self) -> dict[str, Any]:
        """Everything that the templates read, as plain data."""
        operations = self._operations()
        schemas = {name: self._of_schema(name) for name in self._schemas}
        refusals = [
            {"class": class_name(name), "success": self._success(refusal["code"])} | refusal
            for name, schema in schemas.items()
            if (refusal := schema["refusal"])
        ]
        codes = {code["code"]: code for refusal in refusals for code in refusal["codes"]}
        return {
            "schemas": {class_name(name): schema for name, schema in schemas.items()},
            "operations": operations,
            "credentials": self._credentials({field for one in schemas.values() for field in one["credentials"]}),
            "refusals": refusals,
            "error_codes": [code | {"class": f"{class_name(code['name'])}Error"} for code in codes.values()],
            "errors": error_tree(),
            "base_url": self._base_url(),
            "requirements": constant("doctor.py", "REQUIREMENTS"),
        }

    def _of_schema(self, name: str) -> Schema:
        schema = self._schemas[name]
        fields = self._fields(schema)
        is_request = name in self._requests
        if is_request:
            self._refuse_what_is_not_kept(name, schema, fields)
        return {
            "is_request": is_request,
            "credentials": [field for field, value in fields.items() if value.get("x-credential")],
            "excludes": exclusions(name, schema) if is_request else [],
            "limits": {field: limits for field, value in fields.items() if is_request and (limits := _limits(value))},
            "never": {
                field: value["not"]["const"] for field, value in fields.items() if "const" in value.get("not", {})
            },
            "refusal": _refusal(fields),
            "lenient": {} if is_request else self._lenient(schema, fields),
            "listed": _listed(schema, fields) if name in self._replies() else "",
        }

    def _lenient(self, schema: Schema, fields: dict[str, Schema]) -> dict[str, str]:
        """What stands for a required member of a reply that is null or left out, for those that may be: Python code."""
        texts = {name for other in self._schemas.values() for name in _texts(self._fields(other))}
        instead = {}
        for name in schema.get("required", []):
            value = fields.get(name, {})
            if value.get("type") == "array":
                instead[name] = "[]"
            elif (
                value.get("type") == "object" and value.keys() & {"additionalProperties"} and "properties" not in value
            ):
                instead[name] = "{}"
            elif counted := value.get("x-counts"):
                if [*fields].index(counted) > [*fields].index(name):
                    raise ContractError(f"{name} counts {counted}, which has to stand before it")
                instead[name] = f"len({argument(counted)})"
            elif name in texts:
                instead[name] = '""'
        return instead

    def _refuse_what_is_not_kept(self, name: str, schema: Schema, fields: dict[str, Schema]) -> None:
        if reserved := _RESERVED & fields.keys():
            raise ContractError(f"{name}: a field can't be called {' or '.join(sorted(reserved))}")
        for where, part in {"": schema, **{f".{field}": value for field, value in fields.items()}}.items():
            unknown = {key for key in part if not key.startswith("x-")} - _KEPT - _SILENT - set(_LIMITS)
            if unknown:
                raise ContractError(f"{name}{where}: no check can be generated for {', '.join(sorted(unknown))}")

    def _operations(self) -> dict[str, Schema]:
        operations = {}
        for path, item in self._contract.get("paths", {}).items():
            for method in _METHODS:
                if operation := item.get(method):
                    if "operationId" not in operation:
                        raise ContractError(f"{method} {path}: an operationId is needed to name the method")
                    name = argument(operation["operationId"])
                    operations[name] = self._of_operation(name, method, operation)
        return operations

    def _of_operation(self, name: str, method: str, operation: Schema) -> Schema:
        media = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        schema = media.get("schema", {})
        body = self._resolved(schema)
        choice = next((key for key in ("oneOf", "anyOf") if key in body), "oneOf")
        names = [one for variant in body.get(choice, [schema]) if (one := _referenced(variant))]
        self._requests.update(names)
        rows = [Row.of(one, self._schemas[one], self._fields(self._schemas[one])) for one in names]
        examples = media.get("examples", {})
        if choice in body:
            for row in rows:
                self._refuse_what_is_not_kept(row.name, self._schemas[row.name], dict(row.fields))
            check_rows(rows, examples, exactly_one=choice == "oneOf")
        return {
            "repeatable": method in _REPEATABLE or operation.get("x-read-only", False),
            "exactly_one": choice == "oneOf",
            "variants": [class_name(one) for one in names],
            "beside": {class_name(row.name): [argument(one) for one in shown_beside(row, examples)] for row in rows},
            "examples": [
                {"summary": one.get("summary", ""), "call": self._call(name, one["value"])} for one in examples.values()
            ],
            "may_lack_security": {} in operation.get("security", [{}]),
            "command": _command(name, operation.get("tags", [])),
        }

    def _call(self, name: str, value: Mapping[str, Any]) -> str:
        """An example as a call of the typed clients, without the credentials, which these have."""
        credentials = {field for schema in self._schemas.values() for field in self._credential_fields(schema)}
        given = {key: member for key, member in value.items() if key not in credentials}
        # JSON writes texts, numbers and lists as Python does.
        arguments = (f"{argument(key)}={json.dumps(member, ensure_ascii=False)}" for key, member in given.items())
        return f"api.{name}({', '.join(arguments)})"

    def _credential_fields(self, schema: Schema) -> list[str]:
        return [name for name, value in self._fields(schema).items() if value.get("x-credential")]

    def _credentials(self, names: set[str]) -> list[Schema]:
        """Each credential, with the header that the contract's security scheme has for it."""
        schemes = self._contract.get("components", {}).get("securitySchemes", {}).values()
        headers = [header for scheme in schemes if (header := _header(scheme))]
        return [
            {"name": name, "argument": argument(name), "header": "", "prefix": "", **(headers[0] if headers else {})}
            for name in sorted(names)
        ]

    def _success(self, code: str) -> int | None:
        """The number in the member that holds the code which says that a request was carried out."""
        values = (self._fields(schema).get(code, {}).get("const") for schema in self._schemas.values())
        return next((value for value in values if value is not None), None)

    def _replies(self) -> set[str]:
        """The components that a success of an operation is, as a whole."""
        found: set[str] = set()
        for item in self._contract.get("paths", {}).values():
            for method in _METHODS:
                for status, response in item.get(method, {}).get("responses", {}).items():
                    schema = response.get("content", {}).get("application/json", {}).get("schema", {})
                    parts = self._resolved(schema).get("oneOf", [schema]) if str(status).startswith("2") else []
                    found |= {name for part in parts if (name := _referenced(part))}
        return found

    def _base_url(self) -> str:
        server: Schema = next(iter(self._contract.get("servers", [])), {"url": "https://example.com"})
        variables = {name: variable["default"] for name, variable in server.get("variables", {}).items()}
        return str(server["url"]).format(**variables)

    def _fields(self, schema: Schema) -> dict[str, Schema]:
        return {name: self._resolved(value) for name, value in schema.get("properties", {}).items()}

    def _resolved(self, schema: Schema) -> Schema:
        """The schema with what it refers to; its own keywords win."""
        name = _referenced(schema)
        return {**self._resolved(self._schemas[name]), **schema} if name else schema


def _referenced(schema: Schema) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _limits(schema: Schema) -> Schema:
    return {key: schema[key] for key in _LIMITS if key in schema}


def _header(scheme: Schema) -> Schema | None:
    """The header of a security scheme, and what stands in it before the credential."""
    if scheme.get("type") == "http" and str(scheme.get("scheme")).lower() == "bearer":
        return {"header": "Authorization", "prefix": "Bearer "}
    if scheme.get("type") == "apiKey" and scheme.get("in") == "header":
        return {"header": str(scheme["name"]), "prefix": ""}
    return None


def _command(name: str, tags: list[str]) -> str:
    """What the call is called on a command line: its name without that of what its client is for."""
    words = {word for tag in tags for word in argument(tag).split("_")}
    return "-".join(word for word in name.split("_") if word not in words) or name


def _listed(schema: Schema, fields: dict[str, Schema]) -> str:
    """The attribute whose members a reply is a list of; empty where there is not one alone."""
    required = schema.get("required", [])
    lists = [name for name, value in fields.items() if value.get("type") == "array" and name in required]
    return argument(lists[0]) if len(lists) == 1 else ""


def _texts(fields: dict[str, Schema]) -> list[str]:
    return [name for name, value in fields.items() if value.get("x-error-text")]


def _refusal(fields: dict[str, Schema]) -> Schema | None:
    """Which members hold the code and the text of a refusal, and the codes that have names."""
    code = next((name for name, value in fields.items() if "x-error-codes" in value), None)
    if code is None:
        return None
    return {"code": code, "text": next(iter(_texts(fields)), ""), "codes": fields[code]["x-error-codes"]}


def main() -> int:
    """Prints the facts of the contract that the command line names.

    Returns:
        1 where the contract can't be kept by a generated client, otherwise 0.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("contract", type=Path, help="the OpenAPI document")
    contract = parser.parse_args().contract
    try:
        facts = Facts(read_contract(contract)).all()
    except ContractError as error:
        sys.stderr.write(f"{contract}: {error}\n")
        return 1
    # Strings, numbers, lists and dictionaries are written alike in Python and in a template.
    sys.stdout.write(f"{{% set facts = {facts!r} %}}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
