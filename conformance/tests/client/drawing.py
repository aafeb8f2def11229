"""Draws values of the contract's components, for the property tests of the generated client."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import schemathesis
import yaml
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from profile_relations_client import models

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[3]
CONTRACT_PATH = ROOT / "openapi" / "relations.openapi.yaml"
CONTRACT: dict[str, Any] = yaml.safe_load(CONTRACT_PATH.read_text("utf-8"))
COMPONENTS: dict[str, dict[str, Any]] = CONTRACT["components"]["schemas"]
OPERATION: dict[str, Any] = CONTRACT["paths"]["/relations/get"]["post"]


def variants(component: str) -> list[str]:
    """The names of the components that a union of the contract is made of."""
    return [variant["$ref"].rpartition("/")[2] for variant in COMPONENTS[component]["oneOf"]]


ROWS = variants("RelationsRequest")
REPLIES = variants("RelationsReply")
MODES = [fields["matching"]["const"] for row in ROWS if "matching" in (fields := COMPONENTS[row]["properties"])]
REQUEST_EXAMPLES = OPERATION["requestBody"]["content"]["application/json"]["examples"]
FIELDS = sorted({field for row in ROWS for field in COMPONENTS[row]["properties"]})


@cache
def validator(component: str) -> Draft202012Validator:
    """Judges values by one component of the contract."""
    return Draft202012Validator({"$ref": f"#/components/schemas/{component}", "components": {"schemas": COMPONENTS}})


def model(component: str) -> Any:  # noqa: ANN401  (a test takes any of the generated classes)
    """The generated class of a component."""
    return getattr(models, component)


def row_of(request: Mapping[str, object]) -> str:
    """The one row of the decision table that a valid request fits."""
    (row,) = [row for row in ROWS if validator(row).is_valid(request)]
    return row


@cache
def _schema() -> schemathesis.BaseSchema:
    """A document with an operation per component, since operations are what Schemathesis draws bodies for."""
    paths = {
        f"/{name}": {
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}},
                },
                "responses": {"200": {"description": "never asked for"}},
            }
        }
        for name in [*ROWS, *REPLIES]
    }
    return schemathesis.openapi.from_dict(CONTRACT | {"paths": paths})


def values(component: str) -> st.SearchStrategy[dict[str, Any]]:
    """Draws valid values of a component, with unknown members, and with members that belong to its sisters."""
    drawn = _schema()[f"/{component}"]["POST"].as_strategy().map(lambda case: case.body)
    sisters = next(group for group in (ROWS, REPLIES) if component in group)
    foreign = {field for sister in sisters for field in COMPONENTS[sister]["properties"]}
    anything = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers()) | st.just({"a": [1]})
    extra = st.dictionaries(st.sampled_from(sorted(foreign)), anything)
    return st.builds(lambda own, other: other | own, drawn, extra).filter(validator(component).is_valid)
