"""The requirements of a report in the groups that all views show: new failures, known ones, what was not tested."""

from __future__ import annotations

from typing import Any, NamedTuple

Requirement = dict[str, Any]
"""A requirement as the report document has it."""
NEW = ("errored", "failed")
"""Outcomes that a reader has to look at."""
WARNING = "warning"
"""How views call the outcome of a SHOULD that fails in a run that is not strict; report.json has `failed` there."""


def with_warnings(document: dict[str, Any]) -> dict[str, Any]:
    """Gives a report in which what failed without failing the run is a warning, in its outcomes and its counts."""

    def outcome(item: Requirement) -> str:
        warns = item["outcome"] == "failed" and item["level"] != "MUST" and not document["settings"]["strict"]
        return WARNING if warns else str(item["outcome"])

    requirements = [item | {"outcome": outcome(item)} for item in document["requirements"]]
    found = sum(item["outcome"] == WARNING for item in requirements)
    counts = dict(document["verdict"]["counts"])
    if found:
        counts |= {"failed": max(0, counts.get("failed", 0) - found), WARNING: found}
    return document | {"requirements": requirements, "verdict": document["verdict"] | {"counts": counts}}


class Cause(NamedTuple):
    """A probable cause of failures.

    Attributes:
        name: What the ledger calls it.
        sentence: It, in words.
        requirements: Those that newly fail by it.
    """

    name: str
    sentence: str
    requirements: list[Requirement]


class Summary:
    """Groups the requirements of a report; each group keeps the order of the report.

    Args:
        document: The report document, with its warnings.

    Attributes:
        causes: The probable causes of new failures, as the ledger orders them; none that explains nothing.
        new: The requirements that newly fail, whatever the cause.
        warnings: Those that fail and do not fail the run.
        known: Those that fail as the list of known failures says.
        untested: The ids of those that could not be tested, by the reason.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._requirements: list[Requirement] = document["requirements"]
        self.new = [item for item in self._requirements if item["outcome"] in NEW]
        causes = (
            Cause(name, sentence, [item for item in self.new if item["cause"] == name])
            for name, sentence in document["causes"].items()
        )
        self.causes = [cause for cause in causes if cause.requirements]
        self.warnings = self.of(WARNING)
        self.known = self.of("known failing")
        self.untested: dict[str, list[str]] = {}
        for item in self.of("not tested"):
            self.untested.setdefault(item["reason"] or "no request could be sent", []).append(item["id"])

    def of(self, outcome: str) -> list[Requirement]:
        """Gives the requirements of one outcome."""
        return [item for item in self._requirements if item["outcome"] == outcome]
