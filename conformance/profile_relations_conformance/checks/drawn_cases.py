"""Asks what Hypothesis draws.

Hypothesis draws a body and calls a function with it. Where the function raises, Hypothesis draws smaller bodies from
then on, to find the smallest that fails, and calls the function with that one again at the end.
"""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import seed as with_seed
from hypothesis.errors import Flaky, Unsatisfiable

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


def for_each_drawn(ask: CheckContext, bodies: SearchStrategy[Any], function: Callable[[Any], None]) -> None:
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
    def draw(body: Any) -> None:  # noqa: ANN401 - any JSON value
        function(body)

    draw()


def drawn_cases(ask: CheckContext, bodies: SearchStrategy[Any]) -> Iterator[Case]:
    """Asks drawn bodies and yields a case for each; where one fails, the smallest that fails alone.

    Raises:
        BudgetSpentError: After these cases, if no further request may be sent.
    """
    trial = _Trial(ask)
    # What failed stays a failure where it can't be asked again, as at the end of a budget.
    with suppress(_FailedError, Flaky, Unsatisfiable):
        for_each_drawn(ask, bodies, trial)
    yield from [trial.failed] if trial.failed else trial.passed
    if trial.spent:
        raise trial.spent


def ask_drawn(ask: CheckContext, body: dict[str, Any]) -> Case:
    """Asks one drawn body."""
    row = ask.contract.row_of(body)
    words = f"drawn: {row.title}" if row else f"drawn: forbidden as in {blame(ask.contract, body)}"
    return ask.answers_rightly(body, words)


class _FailedError(Exception):
    """Tells Hypothesis that a body failed."""


class _Trial:
    """Asks the bodies with which Hypothesis calls it.

    Attributes:
        passed: The cases that did not fail.
        failed: The smallest case so far that did.
        spent: Why no further request may be sent, where none may.
    """

    def __init__(self, ask: CheckContext) -> None:
        self.passed: list[Case] = []
        self.failed: Case | None = None
        self.spent: BudgetSpentError | None = None
        self._ask = ask
        self._most_sent = math.inf

    def __call__(self, body: dict[str, Any]) -> None:
        if not self._may_ask(body):
            return
        try:
            case = ask_drawn(self._ask, body)
        except BudgetSpentError as spent:
            self.spent = spent
            return
        if case.failure is None:
            self.passed.append(case)
            return
        if self.failed is None:
            self._most_sent = self._ask.sent + SHRINKING
        self.failed = case
        raise _FailedError

    def _may_ask(self, body: dict[str, Any]) -> bool:
        if self.failed and self._ask.has_sent(
            body
        ):  # costs no request, and must fail again for Hypothesis to believe it
            return True
        return self.spent is None and self._ask.sent < self._most_sent
