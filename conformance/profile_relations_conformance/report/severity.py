"""What fails a run and what only warns: a SHOULD that fails is a warning, unless the run is strict."""

from __future__ import annotations

from typing import Any


def is_warning(item: dict[str, Any], document: dict[str, Any]) -> bool:
    """Says whether a requirement of a report failed and does not fail the run."""
    return item["outcome"] == "failed" and item["level"] != "MUST" and not document["settings"]["strict"]


def warnings(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Gives the requirements of a report that only warn."""
    return [item for item in document["requirements"] if is_warning(item, document)]


def counted(number: int) -> str:
    """Writes how many warnings there are."""
    return f"{number} warning{'' if number == 1 else 's'}"
