"""The Python that the pages show runs as shown."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from profile_relations_server.testing import RunningServer, running_server

from .pages import CALL, SERVER, blocks

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


@pytest.mark.parametrize(("token", "words"), [("", KNOWN), ("wrong", "refused, code 401: ")])
def test_the_first_call_is_made_and_a_refusal_is_told(token: str, words: str, served: RunningServer) -> None:
    environment = {"RELATIONS_URL": served.base_url, "RELATIONS_TOKEN": token or served.token}
    assert words in run("-c", blocks(CALL, "python")[0], environment=environment)


def test_the_fixtures_are_used_as_shown(tmp_path: Path) -> None:
    conftest, tests, _ = blocks(SERVER, "python")
    (tmp_path / "conftest.py").write_text(conftest, "utf-8")
    (tmp_path / "test_shown.py").write_text(tests, "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")
    assert "2 passed" in run("-m", "pytest", "--quiet", str(tmp_path))


def test_the_server_starts_without_pytest_as_shown() -> None:
    assert run("-c", blocks(SERVER, "python")[2]).startswith("http://127.0.0.1:")
