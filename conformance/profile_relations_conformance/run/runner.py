"""Runs the checks against a target and gathers what they found."""

from __future__ import annotations

import time
import traceback
from itertools import islice
from typing import TYPE_CHECKING

from profile_relations_conformance.checks import checks, rules
from profile_relations_conformance.checks.contract import draw_on
from profile_relations_conformance.errors import CannotJudgeError
from profile_relations_conformance.judging.results import Result
from profile_relations_conformance.judging.verdict import Run
from profile_relations_conformance.target.needs import missing_keys
from profile_relations_conformance.transport.pace import BudgetSpentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from profile_relations_conformance.checks.context import CheckContext
    from profile_relations_conformance.checks.registry import CheckFunction
    from profile_relations_conformance.contract.ledger import Requirement
    from profile_relations_conformance.judging.results import Case
    from profile_relations_conformance.transport.exchange import Exchange

NOTHING_TO_ASK = "nothing to ask: what the target file tells is not one profile's alone"
FIRST_CASES = 2
"""Cases of each check that are judged before any check goes on: what is simply wrong shows early."""
ENOUGH_FAILURES = 10
"""A requirement that failed so often is asked no more: further cases would tell nothing new."""


class Runner:
    """Runs the selected requirements: a taste of every check first, and then the rest of each, in the checks' order.

    Args:
        ask: What the checks ask with.
        requirements: The requirements to judge, by id.
        progress: Called with the run after each requirement and every few requests.
        stop_when: Called after each case; true ends the run early, which a proof of the suite itself makes use of.
    """

    def __init__(
        self,
        ask: CheckContext,
        requirements: Mapping[str, Requirement],
        *,
        progress: Callable[[Run], None] = lambda _: None,
        stop_when: Callable[[Run], bool] = lambda _: False,
    ) -> None:
        self._ask = ask
        self._progress = progress
        self._stop_when = stop_when
        self._rules = {name: rule for name, rule in rules().items() if name in requirements}
        self._started = time.monotonic()
        self._over = ""
        self._under_way: dict[str, Iterator[Case]] = {}
        self._complete: set[str] = set()
        self.run = Run({name: Result(item) for name, item in requirements.items()})
        ask.on_exchange = self._judge_by_rules
        for exchange in ask.exchanges:  # what was asked before the run is not asked again
            self._judge_by_rules(exchange)

    def __call__(self) -> Run:
        """Runs everything; what can't be asked any more is left untested, with the reason."""
        self.start()
        for most in (FIRST_CASES, None):
            for name in checks():
                if name in self.run.results and not self.is_over:
                    self.judge(name, most)
        self._guarded(self._explore)
        return self.finish()

    @property
    def is_over(self) -> bool:
        """Whether nothing more can or need be asked."""
        return bool(self._over) or self._stop_when(self.run)

    @property
    def ask(self) -> CheckContext:
        """What the checks ask with."""
        return self._ask

    def start(self) -> None:
        """Learns what the known profiles' relations are; every check compares with them."""
        self._guarded(self._ask.learn_baselines)

    def judge(self, name: str, most: int | None = None) -> Result:
        """Runs the check of one requirement. A rule has been judged by every exchange so far, and needs no more.

        Args:
            name: The requirement.
            most: Cases to judge now; a later call goes on after them. None for all.
        """
        result = self.run.results[name]
        check = checks().get(name)
        if check is not None and not self.is_over:
            self._guarded(lambda: self._run_check(result, check, most))
            self.run.done += most is None
            self._tick()
        return result

    def finish(self) -> Run:
        """Gives each requirement that could not be judged its reason.

        A rule holds for all replies of a run: where the run could not ask everything, no rule has passed.
        """
        over = self._over or self._ask.pace.spent
        for name, result in self.run.results.items():
            if over and name not in self._complete:
                result.incomplete = True
                result.reason = result.reason or over
            elif not (result.cases or result.reason or result.errored):
                result.reason = "no reply of the run allowed to judge it" if name in self._rules else NOTHING_TO_ASK
        self._tick()
        return self.run

    def _explore(self) -> None:
        """Draws bodies for as long as the time budget lasts, where the effort says so."""
        pace = self._ask.pace
        try:
            while self._ask.effort.explores and not self.is_over and pace.has_time_budget:
                pace.check()
                for name, case in draw_on(self._ask):
                    result = self.run.results.get(name)
                    if result is not None and result.failed_cases < ENOUGH_FAILURES:
                        result.add(case)
        except BudgetSpentError:
            pace.spent = ""  # all that had to be asked was asked before

    def _guarded(self, step: Callable[[], None]) -> None:
        try:
            step()
        except BudgetSpentError as spent:
            self._over = str(spent)
        except CannotJudgeError as lost:
            self._over = self.run.interrupted = str(lost)
        except KeyboardInterrupt:
            self._over = self.run.interrupted = "the run was broken off"
        except Exception as error:  # noqa: BLE001 - what was found by now is still worth a report
            self._over = self.run.interrupted = f"the suite itself erred ({type(error).__name__}: {error})"

    def _tick(self) -> None:
        self.run.seconds = time.monotonic() - self._started
        self._progress(self.run)

    def _run_check(self, result: Result, check: CheckFunction, most: int | None) -> None:
        missing = missing_keys(self._ask.target, result.requirement)
        if missing:
            result.incomplete = True
            result.reason = f"the target file does not tell {' and '.join(missing)}"
            return
        before = self._ask.sent
        try:
            under_way = self._under_way.get(result.requirement.id) or check(self._ask)
            self._under_way[result.requirement.id] = under_way
            self._take_cases(result, under_way, most)
            if most is None:
                self._complete.add(result.requirement.id)
        except BudgetSpentError as spent:
            result.incomplete = True
            result.reason = str(spent)
        except (CannotJudgeError, KeyboardInterrupt):
            result.incomplete = True
            result.reason = "the run broke off"
            raise
        except Exception:  # noqa: BLE001 - an error of the suite is a result, and never the target's
            result.errored = True
            result.reason = traceback.format_exc(limit=-3)
        finally:
            result.requests += self._ask.sent - before

    def _take_cases(self, result: Result, cases: Iterator[Case], most: int | None) -> None:
        for case in islice(cases, most):
            result.add(case)
            if result.failed_cases >= ENOUGH_FAILURES or self._stop_when(self.run):
                self._under_way[result.requirement.id] = iter(())
                return

    def _judge_by_rules(self, exchange: Exchange) -> None:
        self.run.exchanges.append(exchange)
        for name, rule in self._rules.items():
            case = rule.judge(exchange, self._ask.contract)
            if case is not None:
                self.run.results[name].add(case)
        self._tick()
