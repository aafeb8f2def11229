"""What the report is made from: the results of a run, and what they were judged with, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from profile_relations_conformance.judging.results import Result
from profile_relations_conformance.judging.verdict import Run, Verdict, draw

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from profile_relations_conformance.contract.document import Contract
    from profile_relations_conformance.contract.ledger import Ledger
    from profile_relations_conformance.judging.matching_grid import Cell
    from profile_relations_conformance.judging.results import Case
    from profile_relations_conformance.target.model import Target
    from profile_relations_conformance.target.redaction import Redactor


@dataclass(frozen=True)
class RunRecord:
    """A run, over or broken off, with all that a report says of it.

    Attributes:
        run: What was found.
        verdict: The verdict of it.
        ledger: The ledger, whose causes group the failures.
        contract: The contract.
        target: The server under test.
        url: The endpoint.
        redactor: Keeps secrets out of the report.
        settings: The settings of the run by name; those that the schema names are kept.
        cells: The matching grid: each cell, and what became of it where it was asked.
        started: When the run began, in UTC.
    """

    run: Run
    verdict: Verdict
    ledger: Ledger
    contract: Contract
    target: Target
    url: str
    redactor: Redactor
    settings: Mapping[str, Any]
    cells: Sequence[tuple[Cell, Case | None]]
    started: datetime

    def unasked(self, why: str) -> Self:
        """Gives the record of the same run as if it had asked nothing, for a reason."""
        results = {name: Result(item.requirement) for name, item in self.run.results.items()}
        for result in results.values():
            result.leave_out(why)
        run = Run(results, interrupted=why, requests=self.run.requests)
        return replace(
            self, run=run, verdict=draw(run, self.ledger, strict=False), cells=[(cell, None) for cell, _ in self.cells]
        )
