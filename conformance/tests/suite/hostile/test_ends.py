"""However odd an input or a reply is, a command ends with one line and exit code 2, and a run with its verdict."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from profile_relations_conformance.checks.drawn_cases import drawn_cases
from profile_relations_conformance.checks.strategies import json_values
from profile_relations_conformance.judging.results import Outcome
from profile_relations_conformance.run.runner import Runner
from profile_relations_conformance.transport.exchange import Room
from profile_relations_conformance.transport.pace import BudgetSpentError, Pace

from tests.helpers.made_up import ANNA, LEDGER, TOKEN, PlayedServer, ask_of, entry, parts_of, refusal, success

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from profile_relations_conformance.checks.context import CheckContext
    from profile_relations_conformance.judging.results import Case
    from profile_relations_conformance.transport.reply import Reply

    from tests.suite.conftest import Said

CYCLE = """
paths:
  /relations/get: {post: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/A"}}}}}}
components: {schemas: {A: {oneOf: [{$ref: "#/components/schemas/B"}]}, B: {$ref: "#/components/schemas/B"}}}
"""
LONG = 100
BODIES = json_values().map(lambda value: {"token": TOKEN, "profile_id": ANNA.profile_id, "extra": value})
"""Requests that must be refused, since they have no `rel_id`."""
PROFILE = '[[profiles]]\nprofile_id = "669e6968ebf4ac52b623a997"\nrel_id = 2\n'


def one_line(said: Said) -> str:
    """Gives the line with which a command ends that could not be carried out."""
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert "the suite itself erred" not in said.err
    return said.err


@pytest.mark.parametrize(
    "url",
    [
        "http://a..b",
        "http://.a",
        f"http://{'x' * 300}.example",
        "http://xn--/",
        "http://[::1",
        "http://\u0000",
        "http:///x",
    ],
)
def test_a_base_url_that_is_none_is_told(call: Callable[..., Said], target: Path, url: str) -> None:
    assert "base_url is no" in one_line(call("run", "--target", target, "--base-url", url))


@pytest.mark.parametrize("content", [CYCLE, "a: &a [*a]", "[" * 5_000, "a: 1", "\x00", "9" * 9_000])
def test_a_contract_that_is_none_is_told(call: Callable[..., Said], tmp_path: Path, content: str) -> None:
    tmp_path.joinpath("contract.yaml").write_text(content, "utf-8")
    assert "is not a contract" in one_line(call("run", "--contract", tmp_path / "contract.yaml"))


@pytest.mark.parametrize(
    "content", [f"x = {'9' * 9_000}", f"x = {'[' * 9_000}", f"{PROFILE}expected_total = {'9' * 9_000}"]
)
def test_a_target_file_that_is_none_is_told(call: Callable[..., Said], tmp_path: Path, content: str) -> None:
    tmp_path.joinpath("target.toml").write_text(content, "utf-8")
    assert "target.toml" in one_line(call("run", "--target", tmp_path / "target.toml"))


@pytest.mark.parametrize("content", ["[" * 100_000, "9" * 9_000, "\ud800", "{}"])
def test_a_report_that_is_none_is_told(call: Callable[..., Said], tmp_path: Path, content: str) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    for command in (("replay", path), ("compare", path, path), ("known-failing", path)):
        one_line(call(*command))


def test_a_full_disk_is_told(call: Callable[..., Said], server: str, target: Path) -> None:
    what = ("--target", target, "--base-url", server, "--effort", "quick", "--select", "TOKEN-EMPTY")
    said = call("run", *what, "--report-json", "/dev/full")
    assert said.code == 2
    assert "/dev/full: can't be written (No space left on device)" in said.err


def test_a_half_surrogate_is_an_identifier_like_any_other() -> None:
    """The hash of an identifier could not be made of one, which ended the run before it began."""
    odd = entry(ANNA, profile_id_b="\ud800", xxh_b="\udfff", props={"\ud800": {"value": "\udfff"}})
    server = PlayedServer(lambda _: success(odd))
    names = ("ENTRY-HASH", "ENTRY-PROFILE-ID-B", "ENTRY-ONCE", "TOTAL-COUNT-EXPECTED")
    run = Runner(
        parts_of(server), {name: item for name, item in LEDGER.requirements.items() if name.startswith(names)}
    )()
    assert len(run.results) > 2
    assert [name for name, result in run.results.items() if result.outcome is Outcome.ERRORED] == []


@pytest.mark.parametrize("room", [0, 10**9])
def test_a_budget_that_ends_while_a_failure_is_made_smaller_reports_it(room: int) -> None:
    """What had failed could not be asked again, so that Hypothesis did not believe it, and the suite erred."""

    def answer(body: object) -> Reply:
        return success(entry(ANNA)) if len(json.dumps(body)) > LONG else refusal()

    def asked(pace: Pace) -> tuple[list[Case], CheckContext]:
        server = PlayedServer(answer)
        server.pace = pace
        server._room = Room(room)  # noqa: SLF001 - none is left after a long run
        ask = ask_of(server)
        found: list[Case] = []
        with suppress(BudgetSpentError):
            found += drawn_cases(ask, BODIES)
        return found, ask

    (whole,), ask = asked(Pace())
    assert whole.failure is not None
    numbers = range(1, ask.sent + 1, 9)
    fails = [number for number in numbers if any(case.failure for case in asked(Pace(max_requests=number))[0])]
    assert fails == list(numbers)[-len(fails) :]
    assert len(fails) > len(numbers) // 2
