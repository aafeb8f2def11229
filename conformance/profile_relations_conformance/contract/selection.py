"""Chooses requirements by patterns."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING

from profile_relations_conformance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profile_relations_conformance.contract.ledger import Ledger, Requirement


def select(ledger: Ledger, patterns: Sequence[str] = (), skipped: Sequence[str] = ()) -> dict[str, Requirement]:
    """Gives the requirements whose id or area matches a pattern and none of those to skip.

    Raises:
        UsageError: If a pattern matches nothing, or nothing is left.
    """
    for pattern in (*patterns, *skipped):
        if not any(_matches(item, pattern) for item in ledger.requirements.values()):
            raise UsageError(
                f"{pattern!r} matches no requirement", "`relations-conformance list` shows all ids and areas"
            )
    selected = {
        name: item
        for name, item in ledger.requirements.items()
        if (not patterns or any(_matches(item, pattern) for pattern in patterns))
        and not any(_matches(item, pattern) for pattern in skipped)
    }
    if not selected:
        raise UsageError("nothing is left to test", "Select more requirements, or skip fewer")
    return selected


def _matches(requirement: Requirement, pattern: str) -> bool:
    return fnmatch.fnmatchcase(requirement.id, pattern.upper()) or requirement.area == pattern.lower()
