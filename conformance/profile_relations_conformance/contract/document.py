"""The contract and its ledger, loaded: validators, the rows of the decision table, requirements and freedoms.

Everything that the suite knows of fields and modes is read from the OpenAPI document here and typed nowhere else.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import yaml
from jsonschema import Draft202012Validator

from profile_relations_conformance.errors import UsageError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

Json = Any
Schema = dict[str, Any]

CONTRACT_FILE = "relations.openapi.yaml"
LONGEST_KEPT, MOST_KEPT = 1_000, 5_000
"""Characters of a body of which is kept what was found, and how many such bodies are."""


@dataclass(frozen=True)
class Row:
    """One row of the decision table: a kind of request that is accepted.

    Attributes:
        name: Name of the component that encodes it.
        mode: The value that `matching` must have, or None where it must be absent.
        selectors: Fields that this row requires beyond those that every row requires.
        fields: All fields that this row uses.
        schema: The component, with its references resolved.
    """

    name: str
    mode: str | None
    selectors: tuple[str, ...]
    fields: tuple[str, ...]
    schema: Schema = field(repr=False, hash=False, compare=False)

    @cached_property
    def validator(self) -> Draft202012Validator:
        """Judges whether a body fits this row."""
        return Draft202012Validator(self.schema)

    def fits(self, body: Json) -> bool:
        """Says whether a body fits this row; the validator is slow, and need not see what lacks a field or the mode."""
        if isinstance(body, dict):
            properties = self.schema["properties"]
            if any(name not in body for name in self.schema["required"]):
                return False
            if any(body[name] != properties[name]["const"] for name in self._constants if name in body):
                return False
        return self.validator.is_valid(body)

    @cached_property
    def _constants(self) -> tuple[str, ...]:
        """Fields that this row fixes to a constant."""
        return tuple(name for name, item in self.schema["properties"].items() if "const" in item)

    @property
    def title(self) -> str:
        """How reports call the row."""
        return f"mode {self.mode}" if self.mode else f"no mode, by {' and '.join(self.selectors)}"


class Contract:
    """The OpenAPI document, read for judging requests and replies.

    Args:
        document: The parsed document.
        sha256: Hash of the file that it came from, in hexadecimal digits.
    """

    def __init__(self, document: Schema, sha256: str = "") -> None:
        self.document = document
        self.sha256 = sha256
        self.path, operations = next(iter(document["paths"].items()))
        self.operation: Schema = operations["post"]
        self._found: dict[str, Row | None] = {}

    def resolve(self, schema: Json) -> Json:
        """Gives the schema with every reference replaced by what it refers to; the contract has no cycles."""
        if isinstance(schema, list):
            return [self.resolve(item) for item in schema]
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            return self.resolve(self._look_up(schema["$ref"])) | self.resolve(
                {key: value for key, value in schema.items() if key != "$ref"}
            )
        return {key: self.resolve(value) for key, value in schema.items()}

    def _look_up(self, reference: str) -> Schema:
        return dict(look_up(self.document, reference.removeprefix("#")))

    @cached_property
    def base_path(self) -> str:
        """Path of the first server's URL, such as /api/v1.1."""
        return urlsplit(str(self.document["servers"][0]["url"])).path

    @cached_property
    def request_schema(self) -> Schema:
        """Schema of a request's body, as the operation refers to it."""
        return dict(self.operation["requestBody"]["content"]["application/json"]["schema"])

    @cached_property
    def _variants(self) -> list[tuple[str, Schema]]:
        union = self._look_up(self.request_schema["$ref"])
        return [(item["$ref"].rpartition("/")[2], self.resolve(item)) for item in union["oneOf"]]

    @cached_property
    def common(self) -> tuple[str, ...]:
        """Fields that every row requires."""
        required = [schema["required"] for _, schema in self._variants]
        return tuple(name for name in required[0] if all(name in names for names in required))

    @cached_property
    def mode_field(self) -> str:
        """The field that names the mode: the one that rows fix to a constant."""
        return next(
            str(name) for _, schema in self._variants for name, item in schema["properties"].items() if "const" in item
        )

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the decision table that accept a request."""
        return tuple(self._row(name, schema) for name, schema in self._variants)

    def _row(self, name: str, schema: Schema) -> Row:
        given = {*self.common, self.mode_field}
        return Row(
            name=name,
            mode=schema["properties"].get(self.mode_field, {}).get("const"),
            selectors=tuple(item for item in schema["required"] if item not in given),
            fields=tuple(schema["properties"]),
            schema=schema,
        )

    @cached_property
    def modes(self) -> tuple[str, ...]:
        """All values that the mode field can have."""
        return tuple(row.mode for row in self.rows if row.mode is not None)

    @cached_property
    def fields(self) -> dict[str, Schema]:
        """Every field of a request, in the order of the rows, with its schema; the mode's is a plain string."""
        found: dict[str, Schema] = {}
        for _, schema in self._variants:
            for name, item in schema["properties"].items():
                found.setdefault(name, {"type": "string"} if name == self.mode_field else item)
        return found

    @cached_property
    def request_validator(self) -> Draft202012Validator:
        """Judges a request's body."""
        return Draft202012Validator(self.resolve(self.request_schema))

    def allows(self, body: Json) -> bool:
        """Says whether the contract allows this body."""
        return self.row_of(body) is not None

    def row_of(self, body: Json) -> Row | None:
        """Gives the row that the body fits, or None where the contract forbids it.

        The rows exclude each other, which a test of the contract holds against all combinations of fields. Many a body
        is asked about several times, so what was found is kept, by the body's text.
        """
        text = _text(body)
        if text in self._found:
            return self._found[text]
        row = next((row for row in self.rows if row.fits(body)), None)
        if text and len(self._found) < MOST_KEPT:
            self._found[text] = row
        return row

    def component(self, name: str) -> Schema:
        """Gives a named schema with its references resolved."""
        return dict(self.resolve(self.document["components"]["schemas"][name]))

    @cached_property
    def relation(self) -> Schema:
        """Schema of one entry of a reply's `data`."""
        return self.component("Relation")

    def examples(self, field_name: str) -> tuple[Json, ...]:
        """Gives the example values of a request's field, those in whole examples of a request included."""
        bodies = self.operation["requestBody"]["content"]["application/json"]["examples"].values()
        values = [*self.fields[field_name].get("examples", ())]
        values += [item["value"][field_name] for item in bodies if field_name in item["value"]]
        return tuple(values)


def contract_file(name: str = CONTRACT_FILE) -> Traversable:
    """Finds a file of the contract, in the sources as in an installed copy."""
    return files("profile_relations_contract").joinpath(name)


def load_contract(path: Path | None = None) -> Contract:
    """Loads the contract.

    Args:
        path: Another document than the bundled one.

    Raises:
        UsageError: If the file can't be read or is no OpenAPI document of this shape.
    """
    source = path if path is not None else contract_file()
    try:
        content = source.read_bytes()
        return _read(content)
    except OSError as error:
        raise UsageError(f"{source}: can't be read ({error.strerror})", "Name a contract with --contract") from None
    except (yaml.YAMLError, LookupError, TypeError, ValueError, AttributeError, StopIteration, RecursionError):
        raise UsageError(
            f"{source}: is not a contract of this endpoint", "It must have the structure of the bundled one"
        ) from None


@lru_cache(maxsize=2)
def _read(content: bytes) -> Contract:
    """Reads a contract, the same again where it did not change; libyaml, if there is one, takes a tenth of the time."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document = yaml.load(content, Loader=loader)  # noqa: S506 - a safe loader, either way
    contract = Contract(document, hashlib.sha256(content).hexdigest())
    _ = contract.rows, contract.request_validator
    return contract


def _text(body: Json) -> str:
    """Gives the text by which a body is known again; empty for what is long, deep or no object."""
    if not isinstance(body, dict):
        return ""
    try:
        text = json.dumps(body, sort_keys=True)
    except (RecursionError, TypeError, ValueError):
        return ""
    return text if len(text) <= LONGEST_KEPT else ""


def look_up(document: Json, pointer: str) -> Json:
    """Gives the value that a JSON pointer (RFC 6901) names.

    Raises:
        LookupError: If there is none.
    """
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document
