"""Sends the requests again that a report shows as failing, and judges them as the run did.

A rule judges each reply by itself. A check judges by what it asked before, so it is run again, with the run's seed and
effort, and the cases of the recorded requests are picked out.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.checks import checks, rules
from profile_relations_conformance.errors import UsageError
from profile_relations_conformance.judging.assertions import describe
from profile_relations_conformance.judging.results import Case
from profile_relations_conformance.target.placeholders import fill, resolve
from profile_relations_conformance.transport.exchange import Request
from profile_relations_conformance.transport.pace import BudgetSpentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profile_relations_conformance.checks.context import CheckContext
    from profile_relations_conformance.run.setup import RunParts
    from profile_relations_conformance.target.model import Target

Key = tuple[str, str | None, bytes, str | None]


_METHOD, _HEADER = re.compile("[A-Z]{3,10}"), re.compile("[ -~]*")
"""What a request of the suite may have; a report from elsewhere may have anything."""


class Again(StrEnum):
    """What became of a requirement that had failed."""

    FAILS = "still fails"
    PASSES = "does not fail any more"
    UNDECIDED = "could not be judged"


@dataclass(frozen=True)
class Replayed:
    """A requirement, asked again.

    Attributes:
        again: What became of it.
        asked: The request that shows it, in words.
        actual: What the server did now, or why it could not be judged.
        expected: What would have been right; empty where it passes.
    """

    again: Again
    asked: str
    actual: str
    expected: str = ""


def replay(parts: RunParts, recorded: dict[str, Any]) -> Replayed:
    """Asks again what made a requirement fail.

    Args:
        parts: What to ask with; the baselines are known.
        recorded: The requirement, as the report has it.

    Raises:
        CannotJudgeError: If the server is gone.
        UsageError: If the target file does not tell what the requests need.
    """
    hide = parts.redactor.text
    failures = {_key(parts.target, failure["exchange"]["request"]): failure for failure in recorded["failures"]}
    name = recorded["id"]
    if name not in checks() and name not in rules():
        return Replayed(Again.UNDECIDED, "nothing", "this version of the suite has no such requirement")
    try:
        again = _by_check(parts.context, name, failures) if name in checks() else _by_rule(parts, name, failures)
        cases = list(again)
    except BudgetSpentError as spent:
        return Replayed(Again.UNDECIDED, next(iter(failures.values()))["mutation"], str(spent))
    for case in cases:
        if case.failure is not None:
            return Replayed(Again.FAILS, hide(case.mutation), hide(case.failure.actual), hide(case.failure.expected))
    if not cases:
        return Replayed(Again.UNDECIDED, "nothing", "its check had nothing to ask")
    return Replayed(Again.PASSES, hide(cases[0].mutation), hide(describe(cases[0].exchange)))


def _key(target: Target, request: dict[str, Any]) -> Key:
    kind, bearer = request["content_type"], request.get("bearer")
    if (
        not _METHOD.fullmatch(request["method"])
        or not _HEADER.fullmatch(kind or "")
        or not _HEADER.fullmatch(bearer or "")
    ):
        raise UsageError("the report has a request that can't be sent", "Name a report that --report-json wrote")
    filled = None if bearer is None else fill(bearer, target, target.token).decode()
    return request["method"], kind, resolve(request, target, target.token), filled


def _by_rule(parts: RunParts, name: str, failures: dict[Key, dict[str, Any]]) -> Iterator[Case]:
    for (method, content_type, content, bearer), failure in failures.items():
        body = _parsed(content)
        sent = bearer if parts.target.takes_header else body.get("token") if isinstance(body, dict) else None
        wrong = isinstance(body, dict) and sent != parts.context.token
        request = Request(content, failure["mutation"], body, method, content_type, wrong_token=wrong, bearer=bearer)
        exchange = parts.client.send(request)
        # A reply of a kind that the rule says nothing of does not break it.
        yield rules()[name].judge(exchange, parts.contract) or Case(exchange)


def _parsed(content: bytes) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _by_check(ask: CheckContext, name: str, failures: dict[Key, dict[str, Any]]) -> Iterator[Case]:
    """Yields the cases of the recorded requests; all cases where the check does not ask them any more."""
    others = []
    found = False
    for case in checks()[name](ask):
        request = case.exchange.request
        if (request.method, request.content_type, request.content, request.bearer) in failures:
            found = True
            yield case
        else:
            others.append(case)
    if not found:
        yield from others
