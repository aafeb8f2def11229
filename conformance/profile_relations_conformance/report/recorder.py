"""What a run recorded, as parts of the report: exchanges, failures, the matching grid, and how long replies took."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cached_property
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.judging.assertions import describe
from profile_relations_conformance.target.shown_text import shown_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from profile_relations_conformance.contract.document import Contract
    from profile_relations_conformance.judging.matching_grid import Cell
    from profile_relations_conformance.judging.results import Case, Result
    from profile_relations_conformance.judging.verdict import Run
    from profile_relations_conformance.report.shell_line import ShellLine
    from profile_relations_conformance.target.redaction import Redactor
    from profile_relations_conformance.transport.exchange import Exchange, Request

LONGEST_BODY = 20_000
"""Characters of a reply that a failure keeps."""
LONGEST_OF_CELL = 1_000
"""Characters of a reply that a cell of the grid keeps."""
LONGEST_MEMBER = 300
NO_MODE, OTHER = "no mode", "other"


class Recorder:
    """Writes parts of a run down.

    Args:
        run: The run.
        contract: The contract.
        redactor: Keeps secrets out of what is written.
        shell_line: Writes the line that sends a request again.
    """

    def __init__(self, run: Run, contract: Contract, redactor: Redactor, shell_line: ShellLine) -> None:
        self._run = run
        self._contract = contract
        self._redactor = redactor
        self._shell_line = shell_line

    @cached_property
    def _right(self) -> dict[frozenset[tuple[str, str]], int]:
        """The requests that the contract allows and that were answered by a success, the first of those alike."""
        failing = {_members(case.exchange.request) for result in self._run.results.values() for case in result.failures}
        found: dict[frozenset[tuple[str, str]], int] = {}
        for item in self._run.exchanges:
            members = _members(item.request)
            if item.reply is not None and item.reply.is_success and members and members not in failing:
                found.setdefault(members, item.number)
        return {members: number for members, number in found.items() if self._is_allowed(members)}

    def _is_allowed(self, members: frozenset[tuple[str, str]]) -> bool:
        return self._contract.allows({name: json.loads(value) for name, value in members})

    def text(self, text: str) -> str:
        """Gives a text without what must not be shown."""
        return self._redactor.text(text)

    def failure(self, case: Case) -> dict[str, Any]:
        """Writes a failing case down."""
        if case.failure is None:
            raise ValueError("a case that passed is no failure")
        exchange = self._exchange(case.exchange, LONGEST_BODY)
        return {
            "mutation": self.text(case.mutation),
            "expected": self.text(case.failure.expected),
            "actual": self.text(case.failure.actual),
            "exchange": exchange,
            "changes": self._changes(case.exchange.request),
            "replay": self._shell_line(exchange["request"]),
        }

    def explain(self, result: Result) -> str:
        """Says in a few lines how a requirement failed."""
        lines = [f"{result.requirement.id}: {result.requirement.statement}"]
        for case in result.failures[:1]:
            failure = self.failure(case)
            lines += [f"asked: {failure['mutation']}", f"expected: {failure['expected']}"]
            lines += [f"got: {failure['actual']}", f"replay: {failure['replay']}"]
        return "\n".join(map(shown_line, lines))

    def _exchange(self, exchange: Exchange, longest: int) -> dict[str, Any]:
        request, reply = exchange.request, exchange.reply
        body, exact = self._redactor.template(request.content)
        kind = None if request.content_type is None else self.text(request.content_type)
        written = {"method": request.method, "content_type": kind, "body": body, "exact": exact}
        if request.bearer is not None:
            bearer, is_bearer_exact = self._redactor.template(request.bearer.encode())
            written |= {"bearer": bearer, "exact": exact and is_bearer_exact}
        return {
            "number": exchange.number,
            "request": written,
            "reply": None
            if reply is None
            else {
                "status": reply.status,
                "headers": {self.text(name): self.text(value) for name, value in reply.headers.items()},
                "body": self._redactor.text(reply.text, longest),
                "bytes": reply.size,
                "cut": len(reply.text) > longest,
                "milliseconds": round(reply.milliseconds, 1),
            },
            "trouble": self.text(exchange.trouble),
        }

    def _changes(self, request: Request) -> dict[str, Any] | None:
        """Compares a request that must be refused with the nearest one that the contract allows and that got a success.

        A request that may be answered has nothing that was changed for the worse.
        """
        after = _members(request)
        if not after or not self._right or (self._is_allowed(after) and not request.wrong_token):
            return None
        before = min(self._right, key=lambda members: len(members ^ after))
        old, new = dict(before), dict(after)
        changed = [name for name in {**new, **old} if old.get(name) != new.get(name)]
        members = [
            {"name": self.text(name), "before": self._member(name, old), "after": self._member(name, new)}
            for name in sorted(changed)
        ]
        return {"number": self._right[before], "members": members}

    def _member(self, name: str, members: dict[str, str]) -> str | None:
        if name not in members:
            return None
        start = f"{json.dumps(name)}:"
        shown = self._redactor.text(f"{start}{members[name]}", len(start) + LONGEST_MEMBER)
        return shown.removeprefix(start)

    def grid(self, cells: Iterable[tuple[Cell, Case | None]]) -> list[dict[str, Any]]:
        """Writes the matching grid down, cell by cell, each with what became of it where it was asked."""
        return [self._cell(cell, case) for cell, case in cells]

    def _cell(self, cell: Cell, case: Case | None) -> dict[str, Any]:
        outcome = "not asked" if case is None else "failed" if case.failure else "passed"
        return {
            "row": cell.row.name,
            "title": cell.row.title,
            "mode": cell.row.mode,
            "field": cell.field,
            "value": str(cell.value),
            "requirement": cell.requirement,
            "contract_allows": None if cell.body is None else cell.allowed,
            "expected": None if cell.expectation is None else str(cell.expectation),
            "outcome": outcome,
            "actual": None if case is None else self.text(_actual(case)),
            "exchange": None if case is None else self._exchange(case.exchange, LONGEST_OF_CELL),
        }

    def latencies(self) -> list[dict[str, Any]]:
        """Sums up how long replies took, by the mode that was asked for."""
        modes = self._contract.modes
        taken: dict[str, list[float]] = defaultdict(list)
        for exchange in self._run.exchanges:
            if exchange.reply is not None:
                taken[self._mode(exchange.request)].append(exchange.reply.milliseconds)
        return [{"mode": name, **_summary(taken[name])} for name in (*modes, NO_MODE, OTHER) if name in taken]

    def _mode(self, request: Request) -> str:
        if request.method != "POST" or not isinstance(request.body, dict):
            return OTHER
        mode = request.body.get(self._contract.mode_field, NO_MODE)
        return str(mode) if mode == NO_MODE or mode in self._contract.modes else OTHER


def _actual(case: Case) -> str:
    return describe(case.exchange) if case.failure is None else case.failure.actual


def _members(request: Request) -> frozenset[tuple[str, str]]:
    """Gives the members of a request's body, each with its value as JSON text."""
    if request.method != "POST" or not isinstance(request.body, dict):
        return frozenset()
    return frozenset((name, json.dumps(value, separators=(",", ":"))) for name, value in request.body.items())


def _summary(values: list[float]) -> dict[str, float | int]:
    cuts = quantiles(values, n=20, method="inclusive") if len(values) > 1 else values * 19
    numbers = {
        "minimum": min(values),
        "lower": cuts[4],
        "median": cuts[9],
        "upper": cuts[14],
        "p95": cuts[18],
        "maximum": max(values),
    }
    return {"count": len(values), **{name: round(value, 1) for name, value in numbers.items()}}
