"""What moved between two reports: a pure function of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

FAILING = {"failed", "known failing"}
JUDGED = {*FAILING, "passed"}


@dataclass(frozen=True)
class Comparison:
    """The ids of the requirements that moved, by what became of them.

    Attributes:
        newly_failing: It fails, and did not fail before, or did not exist.
        excused: As before, but a list of known failures excuses it.
        fixed: It failed and passes.
        vanished: It was judged before and is not in the new report.
        newly_untested: It was judged before, and could not be judged now.
        remarks: What makes the two reports hard to compare.
    """

    newly_failing: tuple[str, ...]
    excused: tuple[str, ...]
    fixed: tuple[str, ...]
    vanished: tuple[str, ...]
    newly_untested: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def is_regression(self) -> bool:
        """Whether something fails that did not, and nothing excuses it."""
        return bool(self.newly_failing)


def compare(old: dict[str, Any], new: dict[str, Any]) -> Comparison:
    """Compares two reports.

    Args:
        old: The earlier report.
        new: The later one.
    """
    before, after = _outcomes(old), _outcomes(new)
    appeared = [name for name, outcome in after.items() if outcome in FAILING and before.get(name) not in FAILING]
    return Comparison(
        newly_failing=tuple(name for name in appeared if after[name] == "failed"),
        excused=tuple(name for name in appeared if after[name] != "failed"),
        fixed=tuple(name for name, outcome in after.items() if outcome == "passed" and before.get(name) in FAILING),
        vanished=tuple(name for name, outcome in before.items() if outcome in JUDGED and name not in after),
        newly_untested=tuple(
            name for name, outcome in after.items() if outcome not in JUDGED and before.get(name) in JUDGED
        ),
        remarks=tuple(_remarks(old, new)),
    )


def _outcomes(document: dict[str, Any]) -> dict[str, str]:
    return {item["id"]: item["outcome"] for item in document["requirements"]}


def _remarks(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for name, document in (("old", old), ("new", new)):
        if not document["complete"]:
            yield f"The {name} run broke off: {document['interrupted']}"
    if old["versions"]["contract"]["sha256"] != new["versions"]["contract"]["sha256"]:
        yield "The reports were made with different contracts"
    for name in ("profile", "seed"):
        if old["settings"][name] != new["settings"][name]:
            yield f"The runs differ in their {name}: {old['settings'][name]} and {new['settings'][name]}"
