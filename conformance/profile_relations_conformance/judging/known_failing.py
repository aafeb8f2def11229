"""The list of known failures: requirements that a server is known not to meet yet, each with its reason.

A listed requirement is asked like any other. Its failure does not fail the run; an entry that is true no longer does.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.errors import KnownFailingFileError
from profile_relations_conformance.judging.results import KnownFailure, Outcome
from profile_relations_conformance.target.toml import read_toml

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from profile_relations_conformance.judging.results import Result

TABLE = "known_failing"
_TYPES: Mapping[str, tuple[type, str]] = {
    "id": (str, "a string"),
    "reason": (str, "a string"),
    "link": (str, "a string"),
    "expires": (date, "a date such as 2027-01-31, without quotes"),
}


def today() -> date:
    """Gives the day by which entries expire, in UTC."""
    return datetime.now(UTC).date()


def read_known_failing(path: Path) -> tuple[KnownFailure, ...]:
    """Reads a list of known failures.

    Raises:
        KnownFailingFileError: Naming the file, the entry and what to do, for the first thing that is wrong.
    """
    raw = read_toml(path, KnownFailingFileError, "Write one with `relations-conformance known-failing REPORT`")
    entries = raw.pop(TABLE, [])
    if raw or not isinstance(entries, list):
        stray = next(iter(raw), TABLE)
        raise KnownFailingFileError(f"{path}: {stray} does not belong here", f"Write each entry as [[{TABLE}]]")
    found = tuple(_entry(path, number, item) for number, item in enumerate(entries))
    _check_twins(path, found)
    return found


def _entry(path: Path, number: int, raw: Any) -> KnownFailure:  # noqa: ANN401 - whatever TOML holds
    place = f"{path}: {TABLE}[{number}]"
    if not isinstance(raw, dict):
        raise KnownFailingFileError(f"{place} is not a table", f"Write each entry as [[{TABLE}]]")
    name = f"{place} ({raw['id']})" if isinstance(raw.get("id"), str) else place
    for key, value in raw.items():
        if key not in _TYPES:
            raise KnownFailingFileError(f"{name} has the unknown key {key}", f"Known keys are {', '.join(_TYPES)}")
        kind, words = _TYPES[key]
        if not isinstance(value, kind) or isinstance(value, datetime):
            raise KnownFailingFileError(f"{name} must have {words} as its {key}", "Correct that line")
    for key in ("id", "reason"):
        if not raw.get(key, "").strip():
            raise KnownFailingFileError(f"{name} has no {key}", f"Fill in {key}")
    return KnownFailure(**raw)


def _check_twins(path: Path, entries: Sequence[KnownFailure]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.id in seen:
            raise KnownFailingFileError(f"{path}: {entry.id} is listed twice", "List it once")
        seen.add(entry.id)


def excuse(results: Mapping[str, Result], entries: Sequence[KnownFailure], day: date) -> None:
    """Marks the results that the list knows to fail, by entries that have not expired."""
    for entry in entries:
        if entry.id in results and not entry.has_expired(day):
            results[entry.id].known = entry


def stale(
    results: Mapping[str, Result], entries: Sequence[KnownFailure], requirements: Collection[str], day: date
) -> Iterator[str]:
    """Yields a line for each entry that is not true any more; each of them fails the run.

    Args:
        results: What the run found.
        entries: The list.
        requirements: The ids of all requirements, asked or not.
        day: The day of the run.
    """
    for entry in entries:
        if entry.id not in requirements:
            yield f"{entry.id} is listed as a known failure, and is no requirement"
        elif entry.has_expired(day):
            yield f"{entry.id} is listed as a known failure until {entry.expires}, which is over"
        elif entry.id in results and results[entry.id].outcome is Outcome.PASSED:
            yield f"{entry.id} is listed as a known failure, and passes"
