"""What Hypothesis and Schemathesis draw from the contract, judged by the envelope and shrunk where it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import seed as with_seed
from hypothesis.errors import Unsatisfiable

from profile_relations_conformance.checks.registry import check
from profile_relations_conformance.checks.schemathesis_bodies import drawn_bodies
from profile_relations_conformance.checks.strategies import ALLOWED, INCOMPLETE, MISTYPED, SOURCES, kind_of
from profile_relations_conformance.contract.ledger import load_ledger
from profile_relations_conformance.contract.violations import blame
from profile_relations_conformance.transport.pace import BudgetSpentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import SearchStrategy

    from profile_relations_conformance.checks.context import CheckContext
    from profile_relations_conformance.judging.results import Case

SEEDS_APART = 1_000_003
"""Between the seeds of a run's rounds, so that runs of neighbouring seeds do not draw the same."""
SHRINKING = 80
"""Requests that making a failing body smaller may cost."""


class _FoundError(Exception):
    """Carries a failing case out of Hypothesis."""

    def __init__(self, case: Case) -> None:
        super().__init__("a drawn body failed")
        self.case = case


def draw_on(ask: CheckContext) -> Iterator[tuple[str, Case]]:
    """Asks another round of drawn bodies, and says by which requirement each case is judged."""
    ask.draw_anew()
    for requirement, kind in (
        ("CONTRACT-INCOMPLETE", INCOMPLETE),
        ("CONTRACT-MISTYPED", MISTYPED),
        ("CONTRACT-ALLOWED", ALLOWED),
    ):
        for case in _explored(ask, kind):
            yield requirement, case


@check("CONTRACT-INCOMPLETE")
def incomplete_bodies_are_refused(ask: CheckContext) -> Iterator[Case]:
    """A drawn body that lacks a required field, or names no mode, is refused."""
    yield from ask.of_grid("CONTRACT-INCOMPLETE")
    yield from _explored(ask, INCOMPLETE)


@check("CONTRACT-MISTYPED")
def mistyped_bodies_are_refused(ask: CheckContext) -> Iterator[Case]:
    """A drawn body with a field of a forbidden type is refused."""
    yield from ask.of_grid("CONTRACT-MISTYPED")
    yield from _explored(ask, MISTYPED)


@check("CONTRACT-ALLOWED")
def allowed_bodies_are_answered_by_the_rules(ask: CheckContext) -> Iterator[Case]:
    """A drawn body that the contract allows shows the profile that its selectors name, or nobody."""
    yield from ask.of_grid("CONTRACT-ALLOWED")
    yield from _explored(ask, ALLOWED)


def _explored(ask: CheckContext, kind: str) -> Iterator[Case]:
    """Asks bodies of one kind: those of the suite's own strategy, and those that Schemathesis draws.

    Drawing by Schemathesis is slow, so it draws once for all checks; one that fails is drawn again and shrunk.
    """
    musts = frozenset(item.id for item in load_ledger().requirements.values() if item.is_must)

    def is_of_kind(body: Any) -> bool:  # noqa: ANN401 - any JSON value
        return kind_of(ask, body, musts) == kind

    yield from _explore(ask, SOURCES[kind](ask).filter(is_of_kind))
    if ask.effort.stock:
        pool = [_asked(ask, body) for body in _pool(ask, positive=kind == ALLOWED) if is_of_kind(body)]
        if any(case.failure for case in pool):
            stock = drawn_bodies(ask.contract, ask.token, positive=kind == ALLOWED)
            pool = list(_explore(ask, stock.filter(is_of_kind))) or pool
        yield from pool


def _pool(ask: CheckContext, *, positive: bool) -> list[Any]:
    """Draws bodies from the contract by Schemathesis, once for a run."""
    if positive not in ask.drawn:
        found: list[Any] = []
        _given(ask, drawn_bodies(ask.contract, ask.token, positive=positive), found.append)
        ask.drawn[positive] = found
    return ask.drawn[positive]


def _asked(ask: CheckContext, body: dict[str, Any]) -> Case:
    return ask.answers_rightly(body, _words(ask, body))


def _given(ask: CheckContext, bodies: SearchStrategy[Any], function: Callable[[Any], None]) -> None:
    """Calls a function with bodies that Hypothesis draws; the same seed and round give the same bodies."""

    @with_seed(ask.seed + ask.round * SEEDS_APART)
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
        function(body)

    run()


def _explore(ask: CheckContext, bodies: SearchStrategy[Any]) -> Iterator[Case]:
    probe = _Probe(ask)
    try:
        _given(ask, bodies, probe)
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

    def __init__(self, ask: CheckContext) -> None:
        self.ask = ask
        self.cases: list[Case] = []
        self.spent: BudgetSpentError | None = None
        self._stop_at: int | None = None

    def __call__(self, body: dict[str, Any]) -> None:
        if self.spent or (self._stop_at is not None and self.ask.sent >= self._stop_at and not self.ask.has_sent(body)):
            return
        try:
            case = _asked(self.ask, body)
        except BudgetSpentError as spent:
            self.spent = spent
            return
        if case.failure:
            self._stop_at = self._stop_at or self.ask.sent + SHRINKING
            raise _FoundError(case)
        self.cases.append(case)


def _words(ask: CheckContext, body: dict[str, Any]) -> str:
    row = ask.contract.row_of(body)
    return f"drawn: {row.title}" if row else f"drawn: forbidden as in {blame(ask.contract, body)}"
