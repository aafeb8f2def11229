"""Runs the checks against a target and gathers what they found."""

from __future__ import annotations

import time
import traceback
from itertools import islice
from typing import TYPE_CHECKING

from profile_relations_conformance.checks import asked_last, checks, rules
from profile_relations_conformance.checks.contract import draw_on
from profile_relations_conformance.errors import CannotJudgeError
from profile_relations_conformance.judging.first_impression import FirstImpression
from profile_relations_conformance.judging.results import Result
from profile_relations_conformance.judging.verdict import Run
from profile_relations_conformance.target.needs import missing_keys, why_exempt
from profile_relations_conformance.transport.exchange import Room
from profile_relations_conformance.transport.pace import LOCKED_OUT, BudgetSpentError, LockedOutError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from profile_relations_conformance.contract.ledger import Requirement
    from profile_relations_conformance.judging.results import Case
    from profile_relations_conformance.run.setup import RunParts
    from profile_relations_conformance.transport.exchange import Exchange

NOTHING_TO_ASK = "no request to send: other profiles in the target file share these values"
ANY_CERTIFICATE = "any certificate was taken (--insecure), so that another server may have answered"
BROKEN_OFF = "the run was interrupted"
FIRST_CASES = 2
"""Cases of each check that are judged before any check goes on: what is simply wrong shows early."""
ENOUGH_FAILURES = 10
"""A requirement that failed so often is asked no more: further cases would tell nothing new."""


class Runner:
    """Runs the selected requirements: the first cases of every check, and then the rest of each, in the checks' order.

    A check asks for one requirement. A rule judges every exchange, whichever check asked for it.

    Args:
        parts: What the run works with.
        requirements: The requirements to judge, by id.
        progress: Called with the run after each case.
        stop_when: Called after each case; true ends the run early, which a proof of the suite itself makes use of.
    """

    def __init__(
        self,
        parts: RunParts,
        requirements: Mapping[str, Requirement],
        *,
        progress: Callable[[Run], None] = lambda _: None,
        stop_when: Callable[[Run], bool] = lambda _: False,
    ) -> None:
        self.parts = parts
        self.run = Run({name: Result(item) for name, item in requirements.items()})
        self._context = parts.context
        self._pace = parts.client.pace
        self._progress = progress
        self._stop_when = stop_when
        self._checks = {name: check for name, check in checks().items() if name in requirements}
        self._rules = {name: rule for name, rule in rules().items() if name in requirements}
        self._cases: dict[str, Iterator[Case]] = {}
        self._complete: set[str] = set()
        self._room = Room()
        self._impression = FirstImpression()
        self._over = ""
        self._locked_out = ""
        self._started = time.monotonic()
        self._judge_by_rules()  # what was asked before the run is not asked again

    def __call__(self) -> Run:
        """Runs everything; what can't be asked any more is left untested, with the reason."""
        try:
            self._ask_all()
        except KeyboardInterrupt:  # between two guarded steps
            self._over = self.run.interrupted = BROKEN_OFF
        return self.finish()

    def _ask_all(self) -> None:
        self.start()
        last = asked_last()
        for most in (FIRST_CASES, None):
            for name in self._checks:
                if name not in last:
                    self.judge(name, most)
        for name in self._checks:
            if name in last:
                self.judge(name)
        self._guarded(self._explore)

    @property
    def is_over(self) -> bool:
        """Whether nothing more can or need be asked."""
        return bool(self._over or self._locked_out) or self._stop_when(self.run)

    def start(self) -> None:
        """Learns what the known profiles' relations are; every check compares with them."""
        self._guarded(self._context.learn_baselines)

    def judge(self, name: str, most: int | None = None) -> Result:
        """Runs the check of one requirement. A rule has been judged by every exchange so far, and needs no more.

        Args:
            name: The requirement.
            most: Cases to judge now; a later call goes on after them. None for all.
        """
        result = self.run.results[name]
        if name in self._checks and not self.is_over:
            self._guarded(lambda: self._run_check(result, most))
            self.run.done += most is None
            self._tick()
        return result

    def finish(self) -> Run:
        """Gives each requirement that could not be judged its reason.

        A rule holds for all replies of a run: where the run could not ask everything, no rule has passed.
        """
        over = self._over or self._pace.spent
        insecure = ANY_CERTIFICATE if self.parts.settings.connection.insecure else ""
        notes = [insecure, *self._context.baselines.notes(), self._locked_out]
        self.run.notes = [note for note in notes if note]
        for name, result in self.run.results.items():
            if self._locked_out and name in self._checks and name not in self._complete:
                result.leave_out(self._locked_out)
            elif over and name not in self._complete:
                result.incomplete = True
                result.reason = result.reason or over
            elif not (result.cases or result.reason or result.errored):
                result.reason = "no reply of the run allowed to judge it" if name in self._rules else NOTHING_TO_ASK
        self._tick()
        self.run.explained_by = self._impression.sentences
        self.run.unfound_modes = self._unfound_modes()
        self.run.requests = self._pace.sent
        self.run.cut_short = self._pace.spent
        return self.run

    def _unfound_modes(self) -> tuple[str, ...]:
        """Gives the modes of the contract that nothing in the target file finds a profile by."""
        found = {selector.row.mode for selector in self._context.known.selectors}
        return tuple(mode for mode in self.parts.contract.modes if mode not in found)

    # --- One check ---------------------------------------------------------------------------------------------------

    def _run_check(self, result: Result, most: int | None) -> None:
        """Judges the next cases of a check; what it raises becomes the requirement's result."""
        name = result.requirement.id
        exempt = why_exempt(self.parts.target, result.requirement)
        if exempt:
            result.exempt(exempt)
            return
        missing = missing_keys(self.parts.target, result.requirement)
        if missing:
            result.leave_out(f"the target file does not tell {' and '.join(missing)}")
            return
        before = self._pace.sent
        try:
            self._take_cases(result, most)
            if most is None:
                self._complete.add(name)
        except LockedOutError as locked:
            result.leave_out(str(locked))
            self._locked_out = str(locked)
        except BudgetSpentError as spent:
            result.leave_out(str(spent))
        except (CannotJudgeError, KeyboardInterrupt):
            result.leave_out("the run broke off")
            raise
        except Exception:  # noqa: BLE001 - an error of the suite is a result, and never the target's
            result.err(traceback.format_exc(limit=-3))
        finally:
            result.requests += self._pace.sent - before
            self._judge_by_rules()

    def _take_cases(self, result: Result, most: int | None) -> None:
        """Counts the next cases of a check. The check itself waits at its last `yield` until it is called again."""
        name = result.requirement.id
        if name not in self._cases:
            self._cases[name] = self._checks[name](self._context)
        for case in islice(self._cases[name], most):
            if case.failure is None:
                result.add(case)
            self._look_for_lock_out(case)
            if case.failure is not None:
                result.add(case)
            self._judge_by_rules()
            if result.failed_cases >= ENOUGH_FAILURES or self._stop_when(self.run):
                self._cases[name] = iter(())
                return

    def _look_for_lock_out(self, case: Case) -> None:
        """Asks what was answered before, where a case may have been refused because the server locked the caller out.

        Raises:
            LockedOutError: If the server refuses that now.
        """
        exchange = case.exchange
        suspicious = exchange.request.wrong_token or (case.failure and exchange.reply and exchange.reply.is_refusal)
        if suspicious and self._context.is_locked_out():
            asked = sum(item.request.wrong_token for item in (*self.run.exchanges, exchange))
            raise LockedOutError(f"{LOCKED_OUT} after {asked} request{'' if asked == 1 else 's'} with a wrong token")

    # --- All exchanges -----------------------------------------------------------------------------------------------

    def _judge_by_rules(self) -> None:
        """Judges what was asked since the last call by every rule that applies to it."""
        for exchange in self.parts.client.take_new():
            self._impression.note(exchange)
            if self._room.takes(condensed := exchange.condensed()):
                self.run.exchanges.append(condensed)
            for name in self._rules:
                self._judge_by_rule(self.run.results[name], exchange)
        self._tick()

    def _judge_by_rule(self, result: Result, exchange: Exchange) -> None:
        try:
            case = self._rules[result.requirement.id].judge(exchange, self.parts.contract)
        except Exception:  # noqa: BLE001 - as for a check
            result.err(traceback.format_exc(limit=-3))
        else:
            if case is not None:
                result.add(case)

    def _explore(self) -> None:
        """Draws bodies for as long as the time budget lasts, where the effort says so."""
        try:
            while self._context.effort.explores and not self.is_over and self._pace.has_time_budget:
                self._pace.check()
                for name, case in draw_on(self._context):
                    self._judge_by_rules()
                    result = self.run.results.get(name)
                    if result is not None and result.failed_cases < ENOUGH_FAILURES:
                        result.add(case)
        except BudgetSpentError:
            self._pace.spent = ""  # all that had to be asked was asked before

    def _guarded(self, step: Callable[[], None]) -> None:
        """Carries out a step; where it raises, the run is over and says why."""
        try:
            step()
        except BudgetSpentError as spent:
            self._over = str(spent)
        except CannotJudgeError as lost:
            self._over = self.run.interrupted = str(lost)
        except KeyboardInterrupt:
            self._over = self.run.interrupted = BROKEN_OFF
        except Exception as error:  # noqa: BLE001 - what was found by now is still worth a report
            self._over = self.run.interrupted = f"an error of the suite itself ({type(error).__name__}: {error})"
        finally:
            self._judge_by_rules()

    def _tick(self) -> None:
        self.run.seconds = time.monotonic() - self._started
        self._progress(self.run)
