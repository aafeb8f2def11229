"""How a run ends: four lines for a person, and the report on standard output for a program."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from profile_relations_conformance.report.screen import wants_color

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.suite.conftest import Said

SOME = ("--effort", "quick", "--select", "TOTAL-COUNT-E*")


def test_a_pass_ends_with_verdict_counts_time_and_reports(
    call: Callable[..., Said], server: str, target: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.xml"
    what = ("--target", target, "--base-url", server, *SOME)
    verdict, counts, time, reports = call(
        "run", *what, "--report-json", first, "--report-junit", second
    ).out.splitlines()
    assert verdict.startswith(f"{server}/relations/get: no failure in what was tested: 2 of")
    assert counts == "2 MUST: 2 passed"
    assert re.fullmatch(r"\d+ requests in \d+\.\d s, seed 0, suite [\w.+]+, contract [\w.]+, client [\w.+]+", time)
    assert reports == f"Reports: {first}, {second}"
    assert call("run", *what).out.splitlines()[-1].startswith("No report was written; --report-html FILE")


def test_the_first_seconds_show_what_is_done(server: str, target: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "profile_relations_conformance", "run", "--target", str(target)]
    with subprocess.Popen(
        [*command, "--base-url", server, *SOME],
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm"},
    ) as process:
        os.close(theirs)
        drawn = b""
        while b"loading the checks" not in drawn:
            drawn += os.read(ours, 1024)  # fails where the process ends and has drawn nothing of the kind
        process.terminate()
    os.close(ours)


def test_a_report_on_standard_output_leaves_the_text_to_standard_error(
    call: Callable[..., Said], faulty: str, target: Path
) -> None:
    said = call("run", "--target", target, "--base-url", faulty, *SOME, "--report-json", "-")
    assert said.code == 1
    written = json.loads(said.out)
    assert written["verdict"]["exit_code"] == 1
    assert written["settings"]["report_json"] is None
    assert "not conformant: 1 MUST failed" in said.err
    twice = call("run", "--report-json", "-", "--report-html", "-")
    assert (twice.code, twice.out) == (2, "")
    assert "named twice" in twice.err


class _Stream:
    def __init__(self, *, terminal: bool) -> None:
        self.isatty = lambda: terminal


@pytest.mark.parametrize(
    ("variables", "terminal", "wanted"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_colours_are_those_that_the_environment_asks_for(
    monkeypatch: pytest.MonkeyPatch, *, variables: dict[str, str], terminal: bool, wanted: bool
) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert wants_color(_Stream(terminal=terminal)) is wanted  # type: ignore[arg-type] # all that is asked of it


def test_a_forced_colour_reaches_the_report(
    call: Callable[..., Said], server: str, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[32m" in call("run", "--target", target, "--base-url", server, *SOME).out


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("8a28\n", "has a line break"),
        ("8a28\r\n", "has a line break"),
        ('"8a28"', "stands in quotes"),
        ("'8a28'", "stands in quotes"),
        (" 8a28", "has a space at its beginning or end"),
    ],
)
def test_a_token_that_is_more_than_a_token_is_named_as_that(
    call: Callable[..., Said], target: Path, monkeypatch: pytest.MonkeyPatch, value: str, said: str
) -> None:
    monkeypatch.setenv("RELATIONS_TOKEN", value)
    answer = call("run", "--target", target, "--base-url", "http://127.0.0.1:9/api/v1.1")
    assert answer.code == 2
    assert f"the token in the environment variable RELATIONS_TOKEN {said}" in answer.err
    assert "8a28" not in answer.err
