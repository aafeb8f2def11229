"""Says which requirement a body that the contract forbids would break, were it accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from profile_relations_conformance.contract.document import Contract, Row

Json = Any


def blame(contract: Contract, body: Json) -> str:
    """Gives the id of the requirement by which a body is refused; what is missing comes before what has a wrong type.

    Args:
        contract: The contract, which forbids the body.
        body: The parsed body.
    """
    if not isinstance(body, dict):
        return "ROBUST-NOT-AN-OBJECT"
    return _missing(contract, body) or _mistyped(contract, body)


def _missing(contract: Contract, body: dict[str, Json]) -> str:
    if "token" not in body:
        return "TOKEN-MISSING"
    if "rel_id" not in body:
        return "REL-ID-MISSING"
    if body["token"] == "":
        return "TOKEN-EMPTY"
    if contract.mode_field in body:
        mode = body[contract.mode_field]
        if not isinstance(mode, str):
            return ""
        if mode not in contract.modes:
            return "MATCHING-CASE" if mode.strip().lower() in contract.modes else "MATCHING-UNKNOWN"
    return _missing_selector(contract, body)


def _missing_selector(contract: Contract, body: dict[str, Json]) -> str:
    row = intended_row(contract, body)
    own = set(row.selectors) if row else set()
    if row is not None and own <= set(body):
        return ""
    of_others = {name for item in contract.rows for name in item.selectors} - own
    return "SELECTOR-NO-FALLBACK" if set(body) & of_others else "SELECTOR-MISSING"


def _mistyped(contract: Contract, body: dict[str, Json]) -> str:
    if not isinstance(body["token"], str):
        return "TOKEN-TYPE"
    row = intended_row(contract, body)
    if row is None:
        return "MATCHING-TYPE"
    wrong = {error.path[0] for error in row.validator.iter_errors(body) if error.path}
    if "rel_id" in wrong:
        return "REL-ID-TYPE"
    if not wrong & set(row.selectors):
        return "RESOURCE-TYPE"
    return "SELECTOR-NULL" if any(body[name] is None for name in row.selectors) else "SELECTOR-TYPE"


def intended_row(contract: Contract, body: dict[str, Json]) -> Row | None:
    """Gives the row that the body means to fit: that of its mode, or the first without a mode whose fields it has."""
    if contract.mode_field in body:
        return next(
            (row for row in contract.rows if row.mode is not None and row.mode == body[contract.mode_field]), None
        )
    return next((row for row in contract.rows if row.mode is None and set(row.selectors) <= set(body)), None)
