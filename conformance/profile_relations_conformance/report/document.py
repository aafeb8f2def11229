"""The report document: a run as JSON, from which every view is made. Nothing in it shows the token.

Its schema, report.schema.json, is what other programs may rely on.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.report.recorder import Recorder
from profile_relations_conformance.report.schema import SCHEMA_VERSION, schema
from profile_relations_conformance.report.versions import versions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from profile_relations_conformance.checks.context import CheckContext
    from profile_relations_conformance.contract.ledger import Ledger
    from profile_relations_conformance.judging.results import KnownFailure, Result
    from profile_relations_conformance.judging.verdict import Run, Verdict

Document = dict[str, Any]


def document(  # noqa: PLR0913 - the parts of a run, put together in one place
    *, run: Run, ask: CheckContext, verdict: Verdict, ledger: Ledger, options: Mapping[str, Any], started: datetime
) -> Document:
    """Writes a run down.

    Args:
        run: The run, over or broken off.
        ask: What it asked with.
        verdict: Its verdict.
        ledger: The ledger, whose causes group the failures.
        options: The options of the run; those that the schema names are kept.
        started: When it began, in UTC.
    """
    settings = _settings(options)
    recorder = Recorder(run, ask, settings["target"])
    interrupted = recorder.text(run.interrupted or ask.pace.spent)
    written = {
        "schema_version": SCHEMA_VERSION,
        "started": f"{started:%Y-%m-%dT%H:%M:%SZ}",
        "seconds": round(run.seconds, 3),
        "complete": not interrupted,
        "interrupted": interrupted,
        "versions": versions(ask.contract),
        "target": {"base_url": ask.target.base_url, "url": ask.url, "token_env": ask.target.token_env},
        "settings": settings,
        "requests": ask.sent,
        "verdict": {
            "exit_code": int(verdict.exit_code),
            "sentence": recorder.text(verdict.sentence),
            "conformant": verdict.conformant,
            "counts": dict(verdict.counts),
            "stale": list(verdict.stale),
        },
        "causes": dict(ledger.causes),
        "requirements": [_requirement(result, recorder) for result in run.results.values()],
        "grid": recorder.grid(),
        "latencies": recorder.latencies(),
    }
    return _storable(written)  # type: ignore[no-any-return]  # an object stays an object


def _settings(options: Mapping[str, Any]) -> Document:
    names = schema()["properties"]["settings"]["properties"]
    values = {name: options.get(name) for name in names}
    return {name: str(value) if isinstance(value, Path) else value for name, value in values.items()}


def _requirement(result: Result, recorder: Recorder) -> Document:
    requirement = result.requirement
    return {
        "id": requirement.id,
        "level": requirement.level,
        "area": requirement.area,
        "cause": requirement.cause,
        "statement": requirement.statement,
        "why": requirement.why,
        "page": requirement.page,
        "outcome": result.outcome.label,
        "reason": recorder.text(result.reason),
        "known_failing": _known(result.known),
        "cases": result.cases,
        "failed_cases": result.failed_cases,
        "requests": result.requests,
        "failures": [recorder.failure(case) for case in result.failures],
    }


def _known(entry: KnownFailure | None) -> Document | None:
    if entry is None:
        return None
    expires = None if entry.expires is None else entry.expires.isoformat()
    return {"reason": entry.reason, "link": entry.link, "expires": expires}


def _storable(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Writes half surrogate pairs, which no UTF-8 file can hold, as their escapes."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    return value
