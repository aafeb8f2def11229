"""The report document: a run as JSON, from which every view is made. Nothing in it shows the token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profile_relations_conformance.judging import describe
from profile_relations_conformance.replaying import LONGEST_BODY, curl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profile_relations_conformance.asking import Ask
    from profile_relations_conformance.exchange import Exchange
    from profile_relations_conformance.judging import Case
    from profile_relations_conformance.known_failing import KnownFailure
    from profile_relations_conformance.redaction import Redactor
    from profile_relations_conformance.runner import Run
    from profile_relations_conformance.verdict import Result, Verdict

SCHEMA_VERSION = 1
Document = dict[str, Any]


def document(
    *, run: Run, ask: Ask, verdict: Verdict, settings: Mapping[str, Any], versions: Mapping[str, str]
) -> Document:
    """Writes a run down.

    Args:
        run: The run.
        ask: What it asked with.
        verdict: Its verdict.
        settings: The settings that decide what is asked.
        versions: Versions and hashes of the suite and of the contract.
    """
    redactor = ask.redactor
    return {
        "schema_version": SCHEMA_VERSION,
        "versions": dict(versions),
        "target": {"base_url": ask.target.base_url, "url": ask.url, "token_env": ask.target.token_env},
        "settings": dict(settings),
        "seconds": round(run.seconds, 3),
        "requests": ask.sent,
        "complete": not run.interrupted,
        "interrupted": run.interrupted,
        "verdict": {
            "exit_code": int(verdict.exit_code),
            "sentence": verdict.sentence,
            "conformant": verdict.conformant,
            "counts": dict(verdict.counts),
            "stale": list(verdict.stale),
        },
        "requirements": [_requirement(result, ask, redactor) for result in run.results.values()],
        "grid": _grid(ask),
    }


def _requirement(result: Result, ask: Ask, redactor: Redactor) -> Document:
    requirement = result.requirement
    return {
        "id": requirement.id,
        "level": requirement.level,
        "area": requirement.area,
        "statement": requirement.statement,
        "page": requirement.page,
        "outcome": result.outcome.label,
        "reason": redactor.text(result.reason),
        "known_failing": _known(result.known),
        "cases": result.cases,
        "failed_cases": result.failed_cases,
        "requests": result.requests,
        "failures": [_failure(case, ask, redactor) for case in result.failures],
    }


def _known(entry: KnownFailure | None) -> Document | None:
    if entry is None:
        return None
    expires = None if entry.expires is None else entry.expires.isoformat()
    return {"reason": entry.reason, "link": entry.link, "expires": expires}


def _failure(case: Case, ask: Ask, redactor: Redactor) -> Document:
    if case.failure is None:
        raise ValueError("a case that passed is no failure")
    return {
        "mutation": redactor.text(case.mutation),
        "expected": redactor.text(case.failure.expected),
        "actual": redactor.text(case.failure.actual),
        "exchange": _exchange(case.exchange, redactor),
        "replay": curl(case.exchange, ask),
    }


def _exchange(exchange: Exchange, redactor: Redactor) -> Document:
    request, reply = exchange.request, exchange.reply
    shown = redactor.text(request.content.decode("utf-8", "backslashreplace"))
    return {
        "number": exchange.number,
        "request": {"method": request.method, "content_type": request.content_type, "body": _short(shown)},
        "reply": None
        if reply is None
        else {
            "status": reply.status,
            "headers": {name: redactor.text(value) for name, value in reply.headers.items()},
            "body": _short(redactor.text(reply.text)),
            "milliseconds": round(reply.milliseconds, 1),
        },
        "trouble": exchange.trouble,
    }


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_BODY else f"{text[:LONGEST_BODY]}… ({len(text)} characters)"


def _grid(ask: Ask) -> list[Document]:
    return [
        {
            "row": cell.row.name,
            "mode": cell.row.mode,
            "field": cell.field,
            "value": str(cell.value),
            "requirement": cell.requirement,
            "contract_allows": cell.allowed if cell.body is not None else None,
            "expected": str(cell.expectation) if cell.expectation else None,
            **_asked(ask, cell.place),
        }
        for cell in ask.cells
    ]


def _asked(ask: Ask, place: tuple[str, str, str]) -> Document:
    case = ask.asked_cells.get(place)
    if case is None:
        return {"outcome": "not asked", "actual": None, "number": None}
    outcome = "failed" if case.failure else "passed"
    return {"outcome": outcome, "actual": ask.redactor.text(describe(case.exchange)), "number": case.exchange.number}
