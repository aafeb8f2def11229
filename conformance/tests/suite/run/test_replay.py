"""What a report shows as failing is sent again and judged as it was: by its rule, or by its check."""

from __future__ import annotations

import json
from bisect import bisect_left
from typing import TYPE_CHECKING

import pytest

from tests.client.hostile import HostileServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.suite.conftest import Said


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return tmp_path / "report.json"


@pytest.mark.parametrize(
    ("fault", "select"),
    [
        ("hashes-in-capitals", "entries"),
        ("refusal-code-zero", "REPLY-DATA TOKEN-EMPTY"),
        ("email-profile-in-subscriptions", "matching"),
        ("request-is-quoted", "token"),
        ("nesting-is-a-failure", "ROBUST-NESTING"),
    ],
)
def test_a_failure_fails_again_and_not_on_a_right_server(  # noqa: PLR0913 - two servers, and what is asked of them
    *,
    call: Callable[..., Said],
    serve: Callable[..., str],
    server: str,
    target: Path,
    report: Path,
    fault: str,
    select: str,
    token: str,
) -> None:
    where = ("--target", target, "--base-url", serve("--fault", fault))
    call("run", *where, "--profile", "quick", "--select", *select.split(), "--report-json", report)
    failing = [item["id"] for item in json.loads(report.read_text("utf-8"))["requirements"] if item["failures"]]
    assert failing

    again = call("replay", report, *where)
    assert again.code == 1
    assert [line for line in again.out.splitlines() if not line.startswith(" ")] == [
        f"{name} still fails" for name in failing
    ]
    assert "expected" in again.out
    assert token not in again.out

    mended = call("replay", report, "--target", target, "--base-url", server)
    assert mended.code == 0
    assert [line for line in mended.out.splitlines() if not line.startswith(" ")] == [
        f"{name} does not fail any more" for name in failing
    ]


@pytest.fixture
def where(target: Path, faulty: str) -> tuple[object, ...]:
    """Which server is asked; neither a report nor the bundled target file names it."""
    return "--target", target, "--base-url", faulty


@pytest.fixture
def failed(call: Callable[..., Said], where: tuple[object, ...], report: Path) -> Path:
    """A report in which one of two requirements failed."""
    call("run", *where, "--profile", "quick", "--select", "TOTAL-COUNT-E*", "--report-json", report)
    return report


def test_one_requirement_can_be_chosen(call: Callable[..., Said], failed: Path, where: tuple[object, ...]) -> None:
    assert call("replay", failed, "total-count-expected", *where).code == 1
    said = call("replay", failed, "TOTAL-COUNT-ENTRIES")
    assert said.code == 2
    assert "'TOTAL-COUNT-ENTRIES' did not fail in this report. Failed: TOTAL-COUNT-EXPECTED" in said.err


def test_the_requests_are_those_of_the_report(
    call: Callable[..., Said], failed: Path, target: Path, faulty: str, tmp_path: Path
) -> None:
    """Values that stand in the report as keys come from the target file, which must have them."""
    text = target.read_text("utf-8")
    first, _, _ = text.partition("# More relations than fit")
    other = tmp_path / "other.toml"
    other.write_text(first, "utf-8")
    said = call("replay", failed, "--target", other, "--base-url", faulty)
    assert said.code == 2
    assert "{{profiles[1].profile_id}} has no value. Name the target file" in said.err


def test_the_case_that_failed_is_the_one_that_is_told_of(
    call: Callable[..., Said], failed: Path, target: Path, server: str
) -> None:
    document = json.loads(failed.read_text("utf-8"))
    (requirement,) = [item for item in document["requirements"] if item["failures"]]
    assert requirement["cases"] > len(requirement["failures"]) == 1
    said = call("replay", failed, "--target", target, "--base-url", server)
    assert f"  asked     {requirement['failures'][0]['mutation']}\n" in said.out


def test_a_spent_budget_leaves_it_open(
    call: Callable[..., Said], serve: Callable[..., str], target: Path, report: Path
) -> None:
    where = ("--target", target, "--base-url", serve("--fault", "any-token-is-accepted"))
    call("run", *where, "--profile", "quick", "--select", "TOKEN-WRONG", "--report-json", report)
    fewest = 2
    needed = fewest + bisect_left(
        range(fewest, 60), 1, key=lambda number: int(call("replay", report, *where, "--max-requests", number).code == 1)
    )
    early = call("replay", report, *where, "--max-requests", fewest)
    assert early.code == 2
    assert "requests are used up before any request could be sent again" in early.err
    late = call("replay", report, *where, "--max-requests", needed - 1)
    assert late.code == 2
    assert "TOKEN-WRONG could not be judged" in late.out
    assert "requests are used up" in late.out


def test_a_wrong_token_is_no_failure_of_the_server(
    call: Callable[..., Said], failed: Path, where: tuple[object, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELATIONS_TOKEN", "canary-5d1e90aa")
    said = call("replay", failed, *where)
    assert said.code == 2
    assert "Check that RELATIONS_TOKEN holds a valid token" in said.err
    assert "canary-5d1e90aa" not in said.out + said.err


def test_a_report_without_failures_has_nothing_to_replay(
    call: Callable[..., Said], server: str, target: Path, report: Path
) -> None:
    what = ("--target", target, "--base-url", server, "--profile", "quick", "--select", "TOTAL-COUNT-E*")
    call("run", *what, "--report-json", report)
    assert call("replay", report).out == "Nothing failed in this report.\n"


def test_a_report_of_the_bundled_server_is_replayed_on_a_new_one(call: Callable[..., Said], failed: Path) -> None:
    document = json.loads(failed.read_text("utf-8"))
    document["settings"]["target"] = None
    failed.write_text(json.dumps(document), "utf-8")
    assert call("replay", failed).code == 0


def test_a_report_chooses_neither_the_server_nor_the_variable(
    call: Callable[..., Said], failed: Path, where: tuple[object, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger's report could otherwise have any variable of this machine sent to the stranger."""
    monkeypatch.setenv("HOUSE_KEY", "canary-5d1e90aa")
    document = json.loads(failed.read_text("utf-8"))
    document["target"]["token_env"] = "HOUSE_KEY"
    with HostileServer(lambda connection: connection.reply(b"{}")) as stranger:
        url = document["target"]["base_url"] = stranger.url
        failed.write_text(json.dumps(document), "utf-8")
        unnamed = call("replay", failed)
        target = call("replay", failed, *where[:2])
        variable = call("replay", failed, *where)
        server = call("replay", failed, *where[:2], "--token-env", "RELATIONS_TOKEN")
        assert stranger.times == []
    assert [said.code for said in (unnamed, target, variable, server)] == [2] * 4
    assert [said.err.count("\n") for said in (unnamed, target, variable, server)] == [1] * 4
    assert "no report chooses the server. Name the target file with --target" in unnamed.err
    assert f"the base_url {url}, and" in target.err
    assert "the token_env HOUSE_KEY, and" in variable.err
    assert "names RELATIONS_TOKEN. Say which is meant, with --token-env" in variable.err
    assert "with --base-url" in server.err
    assert call("replay", failed, *where, "--token-env", "RELATIONS_TOKEN").code == 1


@pytest.mark.parametrize(
    "change", [{"content_type": "\u00e4\ud800"}, {"content_type": "a\r\nx: y"}, {"method": "P\r\nX: y"}, {"method": ""}]
)
def test_a_request_that_no_suite_recorded_is_not_sent(
    call: Callable[..., Said], failed: Path, where: tuple[object, ...], change: dict[str, str]
) -> None:
    document = json.loads(failed.read_text("utf-8"))
    for item in document["requirements"]:
        for failure in item["failures"]:
            failure["exchange"]["request"] |= change
    failed.write_text(json.dumps(document), "utf-8")
    said = call("replay", failed, *where)
    assert said.code == 2
    assert "the report has a request that can't be sent" in said.err
