"""What stands in any report, whatever a run finds; a token that is no more than a part of it can't be kept out."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from profile_relations_conformance.contract.document import contract_file
from profile_relations_conformance.contract.ledger import LEDGER_FILE

SAYING = ("checks", "judging", "report")
"""Packages whose own words come into reports; each word stands in one of their files."""


@cache
def public_text() -> str:
    """Gives the texts of which reports are made, whoever is judged."""
    package = __package__.rpartition(".")[0]
    found = [contract_file(LEDGER_FILE), *(item for name in SAYING for item in files(f"{package}.{name}").iterdir())]
    return "\n".join(item.read_text("utf-8") for item in found if item.is_file())
