"""The report document fits its published schema, whatever became of the run, and survives being written and read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from profile_relations_conformance.checks import registry
from profile_relations_conformance.checks.context import CheckContext
from profile_relations_conformance.contract.document import load_contract
from profile_relations_conformance.contract.ledger import load_ledger
from profile_relations_conformance.errors import UsageError
from profile_relations_conformance.judging.results import Case, Failure, Result
from profile_relations_conformance.judging.verdict import Run
from profile_relations_conformance.report.schema import dump, load, schema
from profile_relations_conformance.run.reference_server import PAGE_TOKEN
from profile_relations_conformance.run.runner import Runner
from profile_relations_conformance.target.placeholders import personal_values
from profile_relations_conformance.transport.client import Client
from profile_relations_conformance.transport.exchange import Exchange, Request
from profile_relations_conformance.transport.reply import Reply

from tests.helpers.reports import asking, documents, echo_server, judged, report_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from profile_relations_conformance.run.setup import RunParts


VALID = Draft202012Validator(schema())
IDS = st.sampled_from(sorted(load_ledger().requirements))


@pytest.fixture
def parts() -> Iterator[RunParts]:
    """The parts of a run that sends nothing."""
    with asking("http://127.0.0.1:9/api/v1.1") as found:
        yield found


def test_the_schema_is_a_schema_that_describes_each_member_of_a_report() -> None:
    Draft202012Validator.check_schema(schema())
    for name, part in schema()["properties"].items():
        assert part.get("description") or "$ref" in part, name
    for name, part in schema()["$defs"].items():
        for member, item in part.get("properties", {}).items():
            assert part.get("additionalProperties") is False, name
            assert member in part["required"] or "left out" in item["description"], f"{name}.{member}"
            assert item


def test_a_run_of_a_correct_server_fits_the_schema(server: str, token: str) -> None:
    report = judged(server)
    VALID.validate(report)
    assert report["complete"] is True
    assert report["verdict"]["conformant"] is True
    assert len(report["grid"]) == len(load_contract().rows) * len(load_contract().fields) * 6
    assert {cell["outcome"] for cell in report["grid"]} == {"passed", "not asked"}
    assert [item["mode"] for item in report["latencies"]] == [*load_contract().modes, "no mode", "other"]
    assert report["versions"]["client"]["version"]
    assert token not in dump(report)


@pytest.mark.parametrize("show_data", [False, True])
def test_a_run_of_a_server_that_says_everything_back_tells_no_secret(show_data: bool) -> None:  # noqa: FBT001 - a parameter
    with echo_server() as url, asking(url, show_data=show_data) as parts:
        report = report_of(Runner(parts, load_ledger().requirements)(), parts)
        hidden = [item for item in personal_values(parts.target) if item.field not in {"matching", "field_name"}]
        telling = [str(item.value) for item in hidden if len(str(item.value)) > 5]
    VALID.validate(report)
    failed = [item for item in report["requirements"] if item["outcome"] == "failed"]
    assert len(failed) > 40
    text = dump(report).casefold()
    assert PAGE_TOKEN not in text
    told = [value for value in telling if value.casefold() in text]
    assert bool(told) == show_data, told
    for item in failed:
        for failure in item["failures"]:
            assert failure["exchange"]["request"]["exact"], failure["mutation"]
            assert failure["replay"], failure["mutation"]


def test_a_failure_tells_what_came_back_and_what_was_expected(faulty: str, token: str) -> None:
    assert token
    report = judged(faulty, select=("TOTAL-COUNT-EXPECTED",), effort="standard")
    (failed,) = report["requirements"]
    (failure,) = failed["failures"]
    assert failed["outcome"] == "failed"
    assert failure["expected"] == "123 relations"
    assert failure["actual"] == "a success, 100 relations of {{profiles[1].profile_id}} (HTTP 200)"
    assert failure["changes"] is None


def test_a_failure_tells_what_was_changed_in_a_request_that_got_a_success(
    serve: Callable[..., str], token: str
) -> None:
    assert token
    report = judged(serve("--fault", "numbers-become-text"), select=("SELECTOR-TYPE",))
    changes = [failure["changes"]["members"] for failure in report["requirements"][0]["failures"]]
    assert [{"name": "email", "before": '"{{profiles[0].email}}"', "after": "5"}] in changes


def test_a_run_whose_budget_is_spent_is_marked(server: str, token: str) -> None:
    assert token
    report = judged(server, max_requests=20)
    VALID.validate(report)
    assert report["complete"] is False
    assert report["interrupted"] == "the run's 20 requests are used up"
    assert report["requests"] == 20


def test_a_run_that_the_user_breaks_off_is_marked(server: str, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    assert token
    send = Client.send

    def stop(self: Client, request: Request, *, fresh: bool = False) -> Exchange:
        if self.pace.sent == 20:
            raise KeyboardInterrupt
        return send(self, request, fresh=fresh)

    monkeypatch.setattr(Client, "send", stop)
    report = judged(server)
    VALID.validate(report)
    assert report["complete"] is False
    assert report["interrupted"] == "the run was interrupted"
    assert report["verdict"]["exit_code"] == 2


def test_an_error_of_the_suite_is_written_down(server: str, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    def broken(_: CheckContext) -> Iterator[Case]:
        raise ZeroDivisionError(f"with {token} in it")

    monkeypatch.setitem(registry._CHECKS, "MATCH-PHONE", broken)  # noqa: SLF001 - a check that errs
    report = judged(server)
    VALID.validate(report)
    (errored,) = [item for item in report["requirements"] if item["outcome"] == "errored"]
    assert errored["id"] == "MATCH-PHONE"
    assert "with {{token}} in it" in errored["reason"]
    assert report["verdict"]["exit_code"] == 2


def test_an_error_between_two_checks_breaks_the_run_off(
    server: str, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    def broken(_: CheckContext) -> None:
        raise ZeroDivisionError(f"with {token} in it")

    monkeypatch.setattr(CheckContext, "learn_baselines", broken)
    report = judged(server)
    VALID.validate(report)
    assert report["complete"] is False
    assert report["interrupted"] == "an error of the suite itself (ZeroDivisionError: with {{token}} in it)"
    assert report["verdict"]["exit_code"] == 2
    assert token not in dump(report)


# --- Written and read back --------------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(), max_size=20) | st.sampled_from(["\ud800", PAGE_TOKEN, "a\x00b"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draws a case that any check could have made."""
    request = draw(
        st.one_of(
            st.builds(Request.of, JSON, TEXTS),
            st.builds(
                Request,
                st.binary(max_size=20),
                TEXTS,
                method=st.sampled_from(["GET", "PUT", "POST"]),
                content_type=st.none() | TEXTS,
            ),
        )
    )
    reply = st.builds(
        Reply,
        st.integers(100, 599),
        st.dictionaries(TEXTS, TEXTS, max_size=2),
        st.binary(max_size=20) | JSON.map(lambda value: json.dumps(value).encode()),
        st.floats(0, 1e6),
    )
    exchange = Exchange(draw(st.integers(1, 10**6)), request, draw(st.none() | reply), draw(TEXTS))
    return Case(exchange, draw(st.none() | st.builds(Failure, TEXTS, TEXTS, st.just(exchange))))


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """Draws a run with any results."""
    requirements = load_ledger().requirements
    run = Run({}, seconds=draw(st.floats(0, 1e6)), interrupted=draw(TEXTS))
    for name in draw(st.sets(IDS, min_size=1, max_size=3)):
        run.results[name] = Result(requirements[name], requests=draw(st.integers(0, 99)), reason=draw(TEXTS))
        run.results[name].errored = draw(st.booleans())
        for case in draw(st.lists(cases(), max_size=3)):
            run.results[name].add(case)
            run.exchanges.append(case.exchange)
    return run


@pytest.mark.slow
@given(run=runs())
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=20,
    phases=[Phase.generate],
)
def test_any_result_survives_being_written_and_read(run: Run, parts: RunParts, tmp_path: Path) -> None:
    odd = replace(parts.settings, target=Path("a file whose name is not UTF-8 \udcff"))
    report = report_of(run, replace(parts, settings=odd))
    file = tmp_path / "report.json"
    file.write_text(dump(report), "utf-8")
    assert load(file) == report
    assert PAGE_TOKEN not in file.read_text("utf-8")


@given(document=documents())
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=20,
    phases=[Phase.generate],
)
def test_any_report_that_the_schema_allows_can_be_read(document: dict[str, Any], tmp_path: Path) -> None:
    VALID.validate(document)
    file = tmp_path / "report.json"
    file.write_text(json.dumps(document), "utf-8")
    assert load(file) == document


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "can't be read"),
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("{}", "is not a report of version 1"),
        ('{"schema_version": 2}', "is not a report of version 1"),
    ],
)
def test_a_file_that_is_no_report_is_refused_in_one_line(tmp_path: Path, text: str | None, said: str) -> None:
    file = tmp_path / "report.json"
    if text is not None:
        file.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=said) as caught:
        load(file)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)
