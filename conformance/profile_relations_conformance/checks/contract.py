"""What Hypothesis and Schemathesis draw from the contract, judged by the envelope and shrunk where it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profile_relations_conformance.checks.drawn_cases import ask_drawn, drawn_cases, for_each_drawn
from profile_relations_conformance.checks.registry import check
from profile_relations_conformance.checks.schemathesis_bodies import drawn_bodies
from profile_relations_conformance.checks.strategies import ALLOWED, INCOMPLETE, MISTYPED, SOURCES, kind_of
from profile_relations_conformance.contract.ledger import load_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from profile_relations_conformance.checks.context import CheckContext
    from profile_relations_conformance.judging.results import Case


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
    """Asks bodies of one kind: those of the suite's own strategy, and those that Schemathesis draws."""
    musts = frozenset(item.id for item in load_ledger().requirements.values() if item.is_must)

    def is_of_kind(body: Any) -> bool:  # noqa: ANN401 - any JSON value
        return kind_of(ask, body, musts) == kind

    yield from drawn_cases(ask, SOURCES[kind](ask).filter(is_of_kind))
    if ask.effort.stock:
        yield from _of_schemathesis(ask, is_of_kind, positive=kind == ALLOWED)


def _of_schemathesis(ask: CheckContext, is_of_kind: Callable[[Any], bool], *, positive: bool) -> Iterator[Case]:
    """Asks bodies that Schemathesis draws; where one fails, bodies are drawn again to find a small one that does."""
    cases = [ask_drawn(ask, body) for body in _pool(ask, positive=positive) if is_of_kind(body)]
    if any(case.failure for case in cases):
        bodies = drawn_bodies(ask.contract, ask.token, positive=positive).filter(is_of_kind)
        cases = list(drawn_cases(ask, bodies)) or cases
    yield from cases


def _pool(ask: CheckContext, *, positive: bool) -> list[Any]:
    """Draws bodies by Schemathesis once for all checks of a run, since it is slow."""
    if positive not in ask.drawn:
        ask.drawn[positive] = []
        for_each_drawn(ask, drawn_bodies(ask.contract, ask.token, positive=positive), ask.drawn[positive].append)
    return ask.drawn[positive]
