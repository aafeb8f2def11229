"""The contract as the server reads it: where to answer, which requests to accept, and by which row of its table.

No field and no mode is typed here: the rows come from the document, so that a change to it is a change to the server.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import yaml
from jsonschema_rs import Draft202012Validator

from profile_relations_server.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = Any
Schema = dict[str, Any]

BUNDLED = "relations.openapi.yaml"
MODE_FIELD = "matching"


@dataclass(frozen=True, eq=False)
class Row:
    """One row of the decision table: one kind of request that is accepted.

    Attributes:
        name: Name of the component that encodes the row.
        mode: The constant that `matching` must be, or None where `matching` must be absent.
        required: Fields without which the request does not fit, in the contract's order.
        selectors: Those of them that only some rows require; they name the profile.
        fields: Every field that the row gives a meaning to.
        unused: Every other field of a request.
        validator: Accepts exactly the bodies that fit the row.
    """

    name: str
    mode: str | None
    required: tuple[str, ...]
    selectors: tuple[str, ...]
    fields: frozenset[str]
    unused: tuple[str, ...]
    validator: Draft202012Validator

    @property
    def searches_by(self) -> str:
        """The mode that answers the row: its own, or where it has none, the one called as its selector."""
        return self.mode or self.selectors[0]


class Contract:
    """The OpenAPI document of the endpoint.

    Args:
        document: The document as parsed from its file.
        source: The text of that file; made of the document where it is None.

    Raises:
        ContractError: If the document lacks what the server derives from it.
    """

    def __init__(self, document: Mapping[str, Json], source: bytes | None = None) -> None:
        self._document = document
        self._source = source
        try:
            self._read()
        except (LookupError, TypeError, AttributeError, StopIteration, ValueError) as error:
            raise ContractError(
                f"it does not have the structure of the bundled contract ({type(error).__name__}: {error})"
            ) from error

    def _read(self) -> None:
        route, operations = next(iter(self._document["paths"].items()))
        content = operations["post"]["requestBody"]["content"]["application/json"]
        self.base_path: str = urlsplit(self._document["servers"][0]["url"]).path.rstrip("/")
        self.path: str = self.base_path + route
        self.request_validator = self.validator(content["schema"])
        rows = [(item["$ref"], self.resolve(item)) for item in self.resolve(content["schema"])["oneOf"]]
        self.common = frozenset.intersection(*(frozenset(schema["required"]) for _, schema in rows))
        self.field_schemas: dict[str, Schema] = {
            name: field for _, schema in rows for name, field in schema["properties"].items() if name != MODE_FIELD
        }
        self.rows = tuple(self._row(reference, schema) for reference, schema in rows)
        self.known_fields = frozenset(self.field_schemas) | {MODE_FIELD}
        self.success_text: str = self._component("RelationsFound")["properties"]["error_text"]["examples"][0]

    def as_yaml(self) -> bytes:
        """Gives the document as it stands in its file."""
        return yaml.safe_dump(self._document, sort_keys=False).encode() if self._source is None else self._source

    def as_json(self) -> bytes:
        """Gives the document as JSON."""
        # A date, which YAML knows and JSON does not, is told as it is written.
        return json.dumps(self._document, ensure_ascii=False, default=str).encode()

    def _row(self, reference: str, schema: Schema) -> Row:
        required = tuple(schema["required"])
        return Row(
            name=reference.rpartition("/")[2],
            mode=schema["properties"].get(MODE_FIELD, {}).get("const"),
            required=required,
            selectors=tuple(name for name in required if name not in self.common and name != MODE_FIELD),
            fields=frozenset(schema["properties"]),
            unused=tuple(name for name in self.field_schemas if name not in schema["properties"]),
            validator=self.validator({"$ref": reference}),
        )

    def _component(self, name: str) -> Schema:
        schema: Schema = self._document["components"]["schemas"][name]
        return schema

    def resolve(self, schema: Schema) -> Schema:
        """Follows the reference that the schema consists of, where it is one."""
        while "$ref" in schema:
            schema = self._component(schema["$ref"].rpartition("/")[2])
        return schema

    def validator(self, schema: Schema) -> Draft202012Validator:
        """Compiles a schema whose references are into this document."""
        return Draft202012Validator({**schema, "components": self._document["components"]})

    @cached_property
    def modes(self) -> frozenset[str]:
        """Every mode that `matching` can name."""
        return frozenset(row.mode for row in self.rows if row.mode is not None)

    @cached_property
    def field_validators(self) -> dict[str, Draft202012Validator]:
        """For each field of a request but `matching`, what its value must be."""
        return {name: self.validator(schema) for name, schema in self.field_schemas.items()}

    def row_of(self, body: Mapping[str, Json]) -> Row | None:
        """Finds the row that the body fits.

        Args:
            body: The request's JSON object.

        Returns:
            The row, or None where the contract forbids the body.

        Raises:
            UnicodeEncodeError: If a text that has to be compared is no Unicode text (a lone surrogate).
        """
        if not self.request_validator.is_valid(body):
            return None
        rows = self._rows_by_mode.get(body.get(MODE_FIELD), self.rows)
        return rows[0] if len(rows) == 1 else next((row for row in rows if row.validator.is_valid(body)), None)

    @cached_property
    def _rows_by_mode(self) -> dict[str | None, tuple[Row, ...]]:
        """The rows by what `matching` must be, so that few have to be tried; None is where it must be absent."""
        modes = dict.fromkeys(row.mode for row in self.rows)
        return {mode: tuple(row for row in self.rows if row.mode == mode) for mode in modes}

    def objection(self, body: Mapping[str, Json]) -> str:
        """Says why the contract forbids a body, without repeating any of its values.

        Args:
            body: A request's JSON object that fits no row.

        Returns:
            One sentence that names the field to mend.
        """
        rows = self._intended_rows(body)
        if not rows:
            return f"{MODE_FIELD} must be one of {', '.join(sorted(self.modes))}"
        lacking = [[name for name in row.required if name not in body] for row in rows]
        if all(lacking):
            alternatives = dict.fromkeys(" and ".join(names) for names in lacking)
            return f"the request lacks {', or else '.join(alternatives)}"
        used = {name for row in rows for name in row.fields if name in body}
        wrong = sorted(name for name in used & self.field_validators.keys() if not self.fits(name, body[name]))
        return (
            "; ".join(f"{name} must be {self._type_of(name)}" for name in wrong) or "the contract forbids this request"
        )

    def _intended_rows(self, body: Mapping[str, Json]) -> list[Row]:
        if MODE_FIELD not in body:
            return [row for row in self.rows if row.mode is None]
        return [row for row in self.rows if row.mode is not None and row.mode == body[MODE_FIELD]]

    def fits(self, name: str, value: Json) -> bool:
        """Says whether the value of a field is one that the contract allows there."""
        try:
            return self.field_validators[name].is_valid(value)
        except UnicodeEncodeError:
            return False

    def _type_of(self, name: str) -> str:
        stated = self.resolve(self.field_schemas[name]).get("type", "another value")
        return "of type " + (stated if isinstance(stated, str) else " or ".join(stated))


def contract_file(name: str = BUNDLED) -> Path:
    """Finds a file of the contract's package, in the sources as in an installation.

    Raises:
        ContractError: If the package is not installed.
    """
    # importlib.resources can't read a package without code from an editable installation before Python 3.13.
    spec = find_spec("profile_relations_contract")
    folders = (spec and spec.submodule_search_locations) or ()
    for folder in folders:
        path = Path(folder, name)
        if path.is_file():
            return path
    raise ContractError(f"{name} is not installed; install this project, or name a contract with --contract")


def load_contract(path: Path | None = None) -> Contract:
    """Loads the contract.

    Args:
        path: The document's file, in YAML or JSON; the bundled one where it is None.

    Raises:
        ContractError: If it can't be read, is no YAML, or lacks what the server derives from it.
    """
    source = contract_file() if path is None else path
    try:
        # The C loader takes a tenth of the time of the Python one, and the contract is read at every start.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        text = source.read_bytes()
        return Contract(yaml.load(text, Loader=loader), text)  # noqa: S506 - a safe loader, either way
    except OSError as error:
        raise ContractError(f"{source}: can't be read ({error.strerror}); name a file that exists") from error
    except yaml.YAMLError as error:
        raise ContractError(f"{source}: is not YAML ({' '.join(str(error).split())})") from error
    except ContractError as error:
        raise ContractError(f"{source}: {error}") from error
