"""Says in words what two lists of relations differ in; a failure needs it where both are of the same profile."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections import Counter

Json = Any

SHORT = 60
ABSENT = "absent"
MOST_COMPARED, LONGEST_COMPARED = 100, 10_000
"""Relations, and characters of each, that are compared member by member; of more, the numbers tell enough."""


def discrepancy(shown: Counter[str], wanted: Counter[str]) -> str:
    """Gives the difference of two lists of relations.

    Args:
        shown: What a reply lists: each relation as JSON text, and how often.
        wanted: What it should list.

    Returns:
        Words such as "`db_b` is 5 and should be 9", or an empty text where nothing differs.
    """
    more, fewer = shown - wanted, wanted - shown
    pair = _nearest(more, fewer)
    if pair is None:
        parts = [
            f"{_count(found)} {word}: {_first(found)}"
            for found, word in ((fewer, "missing"), (more, "too many"))
            if found
        ]
        return " and ".join(parts)
    return _members(*pair)


def _nearest(more: Counter[str], fewer: Counter[str]) -> tuple[Json, Json] | None:
    """Gives two relations that should be one: as many are wrong as are missing, and these have most in common."""
    if not more or more.total() != fewer.total() or len(fewer) > MOST_COMPARED:
        return None
    if max(map(len, (*more, *fewer))) > LONGEST_COMPARED:
        return None
    one = json.loads(min(more))
    others = [json.loads(text) for text in sorted(fewer)]
    if not isinstance(one, dict) or not all(isinstance(other, dict) for other in others):
        return None
    return one, min(others, key=lambda other: len(_differing(one, other)))


def _differing(one: dict[str, Json], other: dict[str, Json]) -> list[str]:
    return [name for name in {**other, **one} if _text(one, name) != _text(other, name)]


def _members(one: dict[str, Json], other: dict[str, Json]) -> str:
    return ", ".join(
        f"`{name}` is {_text(one, name)} and should be {_text(other, name)}" for name in _differing(one, other)
    )


def _text(relation: dict[str, Json], name: str) -> str:
    return _short(json.dumps(relation[name], sort_keys=True)) if name in relation else ABSENT


def _count(found: Counter[str]) -> str:
    return f"{found.total()} relation{'s' if found.total() > 1 else ''}"


def _first(found: Counter[str]) -> str:
    if len(min(found)) > LONGEST_COMPARED:
        return _short(min(found))
    relation = json.loads(min(found))
    other_end = relation.get("profile_id_b") if isinstance(relation, dict) else None
    return f"the one with {_short(other_end)}" if isinstance(other_end, str) else _short(min(found))


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"
