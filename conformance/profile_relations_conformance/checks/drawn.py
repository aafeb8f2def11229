"""What Hypothesis and Schemathesis draw from the contract, judged by the envelope and shrunk where it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import seed as with_seed
from hypothesis.errors import Unsatisfiable

from profile_relations_conformance.blame import blame
from profile_relations_conformance.checks.registry import check
from profile_relations_conformance.contract import load_ledger
from profile_relations_conformance.pace import BudgetSpentError
from profile_relations_conformance.stock import drawn_bodies
from profile_relations_conformance.strategies import ALLOWED, INCOMPLETE, MISTYPED, SOURCES, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

    from profile_relations_conformance.asking import Ask
    from profile_relations_conformance.judging import Case

SHRINKING = 80
"""Requests that making a failing body smaller may cost."""


class _FoundError(Exception):
    """Carries a failing case out of Hypothesis."""

    def __init__(self, case: Case) -> None:
        super().__init__("a drawn body failed")
        self.case = case


@check("CONTRACT-INCOMPLETE")
def incomplete_bodies_are_refused(ask: Ask) -> Iterator[Case]:
    """A drawn body that lacks a required field, or names no mode, is refused."""
    yield from ask.of_grid("CONTRACT-INCOMPLETE")
    yield from _explored(ask, INCOMPLETE)


@check("CONTRACT-MISTYPED")
def mistyped_bodies_are_refused(ask: Ask) -> Iterator[Case]:
    """A drawn body with a field of a forbidden type is refused."""
    yield from ask.of_grid("CONTRACT-MISTYPED")
    yield from _explored(ask, MISTYPED)


@check("CONTRACT-ALLOWED")
def allowed_bodies_are_answered_by_the_rules(ask: Ask) -> Iterator[Case]:
    """A drawn body that the contract allows shows the profile that its selectors name, or nobody."""
    yield from ask.of_grid("CONTRACT-ALLOWED")
    yield from _explored(ask, ALLOWED)


def _explored(ask: Ask, kind: str) -> Iterator[Case]:
    """Draws bodies of one kind from each source and asks them."""
    musts = frozenset(item.id for item in load_ledger().requirements.values() if item.is_must)
    sources = [SOURCES[kind](ask)]
    if ask.effort.stock:
        sources.append(drawn_bodies(ask.contract, kind, ask.token))
    for source in sources:
        yield from _explore(ask, source.filter(lambda body: kind_of(ask, body, musts) == kind))


def _explore(ask: Ask, bodies: SearchStrategy[Any]) -> Iterator[Case]:
    probe = _Probe(ask)

    @with_seed(ask.seed)
    @settings(
        max_examples=ask.effort.drawn,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
    )
    @given(bodies)
    def run(body: Any) -> None:  # noqa: ANN401 - any JSON value
        probe(body)

    try:
        run()
    except _FoundError as found:
        yield found.case
    except Unsatisfiable:
        return
    else:
        yield from probe.cases
    if probe.spent:
        raise probe.spent


class _Probe:
    """Asks drawn bodies; gives up asking new ones where the budget, or what shrinking may cost, is used up."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.cases: list[Case] = []
        self.spent: BudgetSpentError | None = None
        self._stop_at: int | None = None

    def __call__(self, body: dict[str, Any]) -> None:
        if self.spent or (self._stop_at is not None and self.ask.sent >= self._stop_at and not self.ask.has_sent(body)):
            return
        try:
            case = self.ask.answers_rightly(body, _words(self.ask, body))
        except BudgetSpentError as spent:
            self.spent = spent
            return
        if case.failure:
            self._stop_at = self._stop_at or self.ask.sent + SHRINKING
            raise _FoundError(case)
        self.cases.append(case)


def _words(ask: Ask, body: dict[str, Any]) -> str:
    row = ask.contract.row_of(body)
    return f"drawn: {row.title}" if row else f"drawn: forbidden as in {blame(ask.contract, body)}"
