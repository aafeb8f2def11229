"""Every requirement as a test; the work is done by the checks, which `relations-conformance run` runs too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from profile_relations_conformance.checks import checks, rules
from profile_relations_conformance.contract.ledger import Requirement, load_ledger
from profile_relations_conformance.judging.results import Outcome, Result
from profile_relations_conformance.report.recorder import Recorder
from profile_relations_conformance.report.shell_line import ShellLine
from profile_relations_conformance.target.needs import missing_keys
from profile_relations_conformance.target.shown_text import shown_line, shown_lines

if TYPE_CHECKING:
    from profile_relations_conformance.run.runner import Runner


def _parameters() -> list[object]:
    """Gives the requirements in the order of asking; rules come last, since they judge the exchanges of all checks."""
    requirements = load_ledger().requirements
    ordered = [requirements[name] for name in (*checks(), *rules())]
    return [
        pytest.param(
            item.id, id=item.id, marks=(getattr(pytest.mark, item.level.lower()), getattr(pytest.mark, item.area))
        )
        for item in ordered
    ]


@pytest.mark.parametrize("requirement", _parameters())
def test_requirement(requirement: str, relations_runner: Runner) -> None:
    """The target meets the requirement."""
    runner = relations_runner
    result = runner.judge(requirement)
    if result.outcome is Outcome.NOT_TESTED:
        pytest.skip(shown_line(_reason(result, missing_keys(runner.parts.target, result.requirement))))
    if result.outcome is Outcome.ERRORED:
        raise RuntimeError(shown_lines(result.reason))
    if result.known is not None and result.outcome is Outcome.KNOWN_FAILING:
        pytest.xfail(shown_line(f"known failure: {result.known.reason}"))
    if result.known is not None and result.outcome is Outcome.PASSED:
        pytest.fail("it is listed as a known failure, and passes", pytrace=False)
    if result.outcome is Outcome.FAILED:
        parts = runner.parts
        line = ShellLine(parts.client.url, parts.target, parts.settings.target, parts.settings.command)
        words = Recorder(runner.run, parts.contract, parts.redactor, line).explain(result)
        _report(result.requirement, words, strict=parts.settings.strict)


def _reason(result: Result, missing: list[str]) -> str:
    return f"not tested: {' and '.join(missing) or result.reason or 'nothing to ask'}"


def _report(requirement: Requirement, text: str, *, strict: bool) -> None:
    if requirement.is_must or strict:
        pytest.fail(text, pytrace=False)
    pytest.xfail(f"warning, a SHOULD that fails: {text}")
