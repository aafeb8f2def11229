"""The Python that the pages show runs as shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from profile_relations_server.testing import RunningServer, running_server

from .pages import CALL, SERVER, blocks, commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

KNOWN = "6751b8f1c5e3db9bcb75befa"


@pytest.fixture(scope="module")
def served() -> Iterator[RunningServer]:
    with running_server() as server:
        yield server


def run(*arguments: str, environment: Mapping[str, str] | None = None) -> str:
    command = [sys.executable, *arguments]
    told = os.environ | dict(environment or {})
    done = subprocess.run(command, env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("number", "token", "words"),
    [
        (0, "", KNOWN),
        (0, "wrong", "refused, code 401: "),
        (1, "", "refused, perhaps because there is no such profile"),
        (2, "", "{'rel_id': 2, 'email': 'john@example.com'} 1"),
        (2, "wrong", "code 401"),
    ],
)
def test_calls_are_made_and_refusals_are_told(number: int, token: str, words: str, served: RunningServer) -> None:
    environment = {"RELATIONS_URL": served.base_url, "RELATIONS_TOKEN": token or served.token}
    assert words in run("-c", blocks(CALL, "python")[number], environment=environment)


def test_a_call_from_a_shell_prints_json(served: RunningServer) -> None:
    (line,) = [line for line in commands(CALL) if line.startswith("python -m profile_relations_client ")]
    environment = {"RELATIONS_URL": served.base_url, "RELATIONS_TOKEN": served.token}
    assert KNOWN in str(json.loads(run(*line.split()[1:], environment=environment)))


def test_the_fixtures_are_used_as_shown(tmp_path: Path) -> None:
    conftest, tests, _ = blocks(SERVER, "python")
    (tmp_path / "conftest.py").write_text(conftest, "utf-8")
    (tmp_path / "test_shown.py").write_text(tests, "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")
    assert "2 passed" in run("-m", "pytest", "--quiet", "-p", "no:schemathesis", str(tmp_path))


def test_the_server_starts_without_pytest_as_shown() -> None:
    assert run("-c", blocks(SERVER, "python")[2]).startswith("http://127.0.0.1:")
