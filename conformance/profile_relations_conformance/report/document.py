"""The report document: a run as JSON, from which every view is made. Nothing in it shows the token.

Its schema, report.schema.json, is what other programs may rely on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profile_relations_conformance.report.recorder import Recorder
from profile_relations_conformance.report.schema import SCHEMA_VERSION, schema
from profile_relations_conformance.report.shell_line import ShellLine
from profile_relations_conformance.report.versions import versions

if TYPE_CHECKING:
    from profile_relations_conformance.judging.results import KnownFailure, Result
    from profile_relations_conformance.report.record import RunRecord

Document = dict[str, Any]


def document(record: RunRecord) -> Document:
    """Writes a run down."""
    run, verdict, target = record.run, record.verdict, record.target
    settings = {name: record.settings.get(name) for name in schema()["properties"]["settings"]["properties"]}
    shell_line = ShellLine(record.url, target, settings["target"], str(settings["command"]))
    recorder = Recorder(run, record.contract, record.redactor, shell_line)
    interrupted = recorder.text(run.interrupted or run.cut_short)
    written = {
        "schema_version": SCHEMA_VERSION,
        "started": f"{record.started:%Y-%m-%dT%H:%M:%SZ}",
        "seconds": round(run.seconds, 3),
        "complete": not interrupted,
        "interrupted": interrupted,
        "versions": versions(record.contract),
        "target": {"base_url": target.base_url, "url": record.url, "token_env": target.token_env},
        "settings": settings,
        "requests": run.requests,
        "verdict": {
            "exit_code": int(verdict.exit_code),
            "sentence": recorder.text(verdict.sentence),
            "conformant": verdict.conformant,
            "counts": dict(verdict.counts),
            "stale": list(verdict.stale),
        },
        "causes": dict(record.ledger.causes),
        "requirements": [_requirement(result, recorder) for result in run.results.values()],
        "grid": recorder.grid(record.cells),
        "latencies": recorder.latencies(),
    }
    if run.explained_by:
        written["explained_by"] = list(run.explained_by)
    if run.notes:
        written["notes"] = [recorder.text(note) for note in run.notes]
    return _storable(written)  # type: ignore[no-any-return]  # an object stays an object


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
