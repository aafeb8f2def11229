"""The contract and its ledger, loaded: validators, the rows of the decision table, requirements and freedoms.

Everything that the suite knows of fields and modes is read from the OpenAPI document here and typed nowhere else.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from profile_relations_conformance.contract.document import Schema, contract_file

if TYPE_CHECKING:
    from collections.abc import Mapping
LEDGER_FILE = "requirements.toml"


@dataclass(frozen=True)
class Requirement:
    """One entry of the ledger; see the head of requirements.toml for the meaning of each attribute."""

    id: str
    level: str
    area: str
    cause: str
    statement: str
    why: str
    facts: tuple[int, ...]
    page: str
    pointer: str = ""
    needs: tuple[str, ...] = ()
    applies: tuple[str, ...] = ()
    covered_by: tuple[str, ...] = ()
    covered_why: str = ""

    @property
    def is_must(self) -> bool:
        """Whether the API documentation itself states it."""
        return self.level == "MUST"


@dataclass(frozen=True)
class Freedom:
    """Something that a conforming server may do either way."""

    id: str
    fact: int
    statement: str


@dataclass(frozen=True)
class Ledger:
    """All requirements, freedoms, facts and probable causes of failures, in the order of the file."""

    requirements: Mapping[str, Requirement]
    freedoms: Mapping[str, Freedom]
    facts: Mapping[int, str]
    causes: Mapping[str, str]


@cache
def load_ledger() -> Ledger:
    """Loads the ledger of requirements and freedoms."""
    raw = tomllib.loads(contract_file(LEDGER_FILE).read_text("utf-8"))
    return Ledger(
        requirements={item.id: item for item in map(_requirement, raw["requirement"])},
        freedoms={item["id"]: Freedom(**item) for item in raw["freedom"]},
        facts={int(number): text for number, text in raw["facts"].items()},
        causes=raw["causes"],
    )


def _requirement(raw: Schema) -> Requirement:
    lists: Schema = {key: tuple(raw[key]) for key in ("facts", "needs", "applies", "covered_by") if key in raw}
    return Requirement(**(raw | lists))
