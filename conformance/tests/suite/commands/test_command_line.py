"""What the command line answers: a verdict, or one line that says why there is none."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from profile_relations_conformance.contract.ledger import load_ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "profile_relations_conformance", "run", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def complaint(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 2, result
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line


@pytest.mark.parametrize("status", ["200", "4xx"])
@pytest.mark.parametrize("unknown", ["error", "empty"])
def test_a_correct_server_conforms_whatever_it_chose(
    serve: Callable[..., str], target: Path, tmp_path: Path, status: str, unknown: str
) -> None:
    url = serve("--refuse-with", status, "--unknown-profile", unknown)
    report = tmp_path / "report.json"
    result = run("--target", target, "--base-url", url, "--strict", "--effort", "quick", "--report-json", report)
    assert result.returncode == 0, result.stdout
    assert "conformant: all" in result.stdout
    written = json.loads(report.read_text("utf-8"))
    assert {item["outcome"] for item in written["requirements"]} == {"passed"}
    assert len(written["requirements"]) == len(load_ledger().requirements)


def test_a_faulty_server_fails_with_a_reason_and_a_replay(serve: Callable[..., str], target: Path, token: str) -> None:
    result = run("--target", target, "--base-url", serve("--fault", "limit-of-a-hundred"), "--profile", "quick")
    assert result.returncode == 1, result.stdout
    assert "TOTAL-COUNT-EXPECTED" in result.stdout
    assert "curl" in result.stdout
    assert token not in result.stdout


def test_a_target_file_that_is_not_there(tmp_path: Path) -> None:
    assert "can't be read" in complaint(run("--target", tmp_path / "none.toml"))


def test_a_target_file_that_is_not_toml(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("profiles = [", "utf-8")
    assert "is not TOML" in complaint(run("--target", file))


def test_a_target_file_that_lacks_a_key(tmp_path: Path) -> None:
    file = tmp_path / "short.toml"
    file.write_text('base_url = "http://localhost"\n[[profiles]]\nrel_id = 2\n', "utf-8")
    assert "profiles[0].profile_id is missing" in complaint(run("--target", file))


def test_a_server_that_is_not_there(target: Path) -> None:
    assert "can't be reached" in complaint(run("--target", target, "--base-url", "http://127.0.0.1:9/api/v1.1"))


def test_a_wrong_token(server: str, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRONG_TOKEN", "canary-5d1e90aa")
    said = complaint(run("--target", target, "--base-url", server, "--token-env", "WRONG_TOKEN"))
    assert "WRONG_TOKEN" in said
    assert "canary-5d1e90aa" not in said


def test_a_wrong_path(server: str, target: Path) -> None:
    assert "base_url" in complaint(run("--target", target, "--base-url", f"{server}/elsewhere"))


def test_a_selection_that_matches_nothing() -> None:
    assert "matches no requirement" in complaint(run("--select", "NO-SUCH-*"))


def test_an_unknown_option() -> None:
    assert "--help" in complaint(run("--no-such-option"))
