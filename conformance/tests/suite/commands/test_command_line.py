"""What the command line answers: a verdict, or one line that says why there is none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from profile_relations_conformance.contract.ledger import load_ledger
from profile_relations_conformance.run.reference_server import bundled_target

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.suite.conftest import Said

    Call = Callable[..., Said]


def complaint(said: Said) -> str:
    assert said.code == 2, said
    assert said.out == ""
    (line,) = said.err.splitlines()
    return line


@pytest.mark.parametrize("status", ["200", "4xx"])
@pytest.mark.parametrize("unknown", ["error", "empty"])
def test_a_correct_server_conforms_whatever_it_chose(
    call: Call, serve: Callable[..., str], tmp_path: Path, status: str, unknown: str
) -> None:
    url = serve("--refuse-with", status, "--unknown-profile", unknown)
    report = tmp_path / "report.json"
    with bundled_target() as target:
        which = ("--target", target, "--base-url", url)
        result = call("run", *which, "--strict", "--effort", "quick", "--report-json", report)
    assert result.code == 0, result.out
    assert "conformant: all" in result.out
    written = json.loads(report.read_text("utf-8"))
    assert {item["outcome"] for item in written["requirements"]} == {"passed"}
    assert len(written["requirements"]) == len(load_ledger().requirements)


def test_a_faulty_server_fails_with_a_reason_and_a_replay(
    call: Call, serve: Callable[..., str], target: Path, token: str
) -> None:
    result = call("run", "--target", target, "--base-url", serve("--fault", "limit-of-a-hundred"), "--profile", "quick")
    assert result.code == 1, result.out
    assert "TOTAL-COUNT-EXPECTED" in result.out
    assert "curl" in result.out
    assert token not in result.out


def test_a_target_file_that_is_not_there(call: Call, tmp_path: Path) -> None:
    assert "can't be read" in complaint(call("run", "--target", tmp_path / "none.toml"))


def test_a_target_file_that_is_not_toml(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("profiles = [", "utf-8")
    assert "is not TOML" in complaint(call("run", "--target", file))


def test_a_target_file_that_lacks_a_key(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "short.toml"
    file.write_text('base_url = "http://localhost"\n[[profiles]]\nrel_id = 2\n', "utf-8")
    assert "profiles[0].profile_id is missing" in complaint(call("run", "--target", file))


def test_a_server_that_is_not_there(call: Call, target: Path) -> None:
    assert "can't be reached" in complaint(call("run", "--target", target, "--base-url", "http://127.0.0.1:9/api/v1.1"))


def test_a_wrong_token(call: Call, server: str, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRONG_TOKEN", "canary-5d1e90aa")
    said = complaint(call("run", "--target", target, "--base-url", server, "--token-env", "WRONG_TOKEN"))
    assert "WRONG_TOKEN" in said
    assert "canary-5d1e90aa" not in said


def test_a_wrong_path(call: Call, server: str, target: Path) -> None:
    assert "base_url" in complaint(call("run", "--target", target, "--base-url", f"{server}/elsewhere"))


def test_a_selection_that_matches_nothing(call: Call) -> None:
    assert "matches no requirement" in complaint(call("run", "--select", "NO-SUCH-*"))


def test_an_unknown_option(call: Call) -> None:
    assert "--help" in complaint(call("run", "--no-such-option"))
