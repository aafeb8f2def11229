"""A listed failure is excused until it passes, expires or names nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from profile_relations_conformance.errors import KnownFailingFileError
from profile_relations_conformance.judging.known_failing import read_known_failing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.suite.conftest import Said

BROKEN = "TOTAL-COUNT-EXPECTED"
ENTRY = '[[known_failing]]\nid = "{}"\nreason = "the list has pages"\n'


@pytest.fixture
def listed(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "known.toml"
        path.write_text(text, "utf-8")
        return path

    return write


@pytest.fixture
def judge(call: Callable[..., Said], target: Path, faulty: str) -> Callable[..., Said]:
    """Judges two requirements, of which the server breaks one."""

    def run(*options: object) -> Said:
        what = ("--target", target, "--base-url", faulty, "--profile", "quick")
        return call("run", *what, "--select", "TOTAL-COUNT-E*", *options)

    return run


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id = ", "is not TOML"),
        ('id = "A"', "id does not belong here"),
        ("known_failing = 1", "known_failing does not belong here"),
        ("known_failing = [1]", "known_failing[0] is not a table"),
        ('[[known_failing]]\nreason = "why"', "known_failing[0] has no id"),
        (ENTRY.format("A").replace("the list has pages", " "), "known_failing[0] (A) has no reason. Fill in reason"),
        (ENTRY.format("A") + "link = 1", "known_failing[0] (A) must have a string as its link"),
        (ENTRY.format("A") + 'expires = "2027-01-31"', "must have a date such as 2027-01-31, without quotes"),
        (ENTRY.format("A") + "expires = 2027-01-31T00:00:00", "must have a date"),
        (ENTRY.format("A") + "until = 2027-01-31", "unknown key until. Known keys are id, reason, link, expires"),
        (ENTRY.format("A") + ENTRY.format("A"), "A is listed twice"),
    ],
)
def test_what_is_wrong_with_a_list_is_said(listed: Callable[[str], Path], text: str, said: str) -> None:
    path = listed(text)
    with pytest.raises(KnownFailingFileError) as caught:
        read_known_failing(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_list_that_is_not_there(judge: Callable[..., Said], tmp_path: Path) -> None:
    said = judge("--known-failing", tmp_path / "none.toml")
    assert said.code == 2
    assert "can't be read" in said.err
    assert said.out == ""


def test_a_failure_that_is_not_listed_fails_the_run(judge: Callable[..., Said]) -> None:
    assert judge().code == 1


def test_a_listed_failure_is_asked_and_excused(
    judge: Callable[..., Said], listed: Callable[[str], Path], tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    path = listed(ENTRY.format(BROKEN) + 'link = "https://example.com/1"\nexpires = 9999-12-31')
    said = judge("--known-failing", path, "--report-json", report)
    assert said.code == 0, said.out
    assert "the list has pages" in said.out
    (item,) = [item for item in json.loads(report.read_text("utf-8"))["requirements"] if item["id"] == BROKEN]
    assert item["outcome"] == "known failing"
    assert item["failed_cases"] > 0
    assert item["known_failing"] == {
        "reason": "the list has pages",
        "link": "https://example.com/1",
        "expires": "9999-12-31",
    }


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        (ENTRY.format("TOTAL-COUNT-ENTRIES"), "TOTAL-COUNT-ENTRIES is listed as a known failure, and passes"),
        (ENTRY.format("TOTAL-COUNT"), "TOTAL-COUNT is listed as a known failure, and is no requirement"),
    ],
)
def test_an_entry_that_is_not_true_fails_the_run(
    judge: Callable[..., Said], listed: Callable[[str], Path], entry: str, line: str
) -> None:
    said = judge("--known-failing", listed(ENTRY.format(BROKEN) + entry))
    assert said.code == 1
    assert line in said.out
    assert "known failing" in said.out


def test_an_entry_that_has_expired_excuses_nothing(judge: Callable[..., Said], listed: Callable[[str], Path]) -> None:
    said = judge("--known-failing", listed(ENTRY.format(BROKEN) + "expires = 2020-01-31"))
    assert said.code == 1
    assert f"{BROKEN} is listed as a known failure until 2020-01-31, which is over" in said.out
    assert "1 failed" in said.out


def test_an_entry_of_what_is_not_asked_is_left_alone(judge: Callable[..., Said], listed: Callable[[str], Path]) -> None:
    assert judge("--known-failing", listed(ENTRY.format(BROKEN) + ENTRY.format("TOKEN-EMPTY"))).code == 0


def test_the_list_is_written_from_a_report_and_has_to_be_filled_in(
    judge: Callable[..., Said], call: Callable[..., Said], tmp_path: Path
) -> None:
    report, written = tmp_path / "report.json", tmp_path / "written.toml"
    judge("--report-json", report)
    assert call("known-failing", report, "--output", written).code == 0
    assert f'id = "{BROKEN}"' in written.read_text("utf-8")

    unfilled = judge("--known-failing", written)
    assert unfilled.code == 2
    assert f"({BROKEN}) has no reason" in unfilled.err

    written.write_text(written.read_text("utf-8").replace('reason = ""', 'reason = "pages"\nexpires = 9999-12-31'))
    assert judge("--known-failing", written, "--report-json", report).code == 0

    again = call("known-failing", report)
    assert 'reason = "pages"' in again.out
    assert "expires = 9999-12-31" in again.out
    assert call("known-failing", report, "--output", written).code == 2
