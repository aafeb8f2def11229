"""The suite: one module for each part of the API documentation, one function for each requirement.

The order of the imports is the order of asking: what is cheap and tells most comes first, what may hurt a server last.
"""

from profile_relations_conformance.checks import (  # noqa: I001 - the order is the order of asking
    envelope,
    entries,
    matching,
    rel_id,
    selectors,
    token,
    stability,
    contract,
    robustness,
)
from profile_relations_conformance.checks.registry import asked_last, checks, rules

__all__ = [
    "asked_last",
    "checks",
    "contract",
    "entries",
    "envelope",
    "matching",
    "rel_id",
    "robustness",
    "rules",
    "selectors",
    "stability",
    "token",
]
