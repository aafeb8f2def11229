"""Every command that is printed begins as the user began the one that printed it, so that it runs as printed."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from profile_relations_conformance.commands.called_as import command_of

PROGRAM = "relations-conformance"
MODULE = "profile_relations_conformance"
UVX = ["/opt/uv/bin/uv", "tool", "uvx", "--from", "a folder", PROGRAM, "run"]
INSTALLED = Path(sys.executable).with_name(PROGRAM)


@pytest.mark.parametrize(
    ("original", "script", "parent", "typed"),
    [
        (["python3", "-m", MODULE, "run"], "/x/__main__.py", [], f"python3 -m {MODULE}"),
        (["my python", "-X", "dev", "-m", MODULE], "/x/__main__.py", [], f"'my python' -X dev -m {MODULE}"),
        (["python", f".venv/bin/{PROGRAM}", "run"], f".venv/bin/{PROGRAM}", ["bash"], f".venv/bin/{PROGRAM}"),
        (["python", f"/a b/{PROGRAM}"], f"/a b/{PROGRAM}", [], f"'/a b/{PROGRAM}'"),
        (["python", str(INSTALLED)], str(INSTALLED), ["make"], PROGRAM),
        (["python", f"/cache/bin/{PROGRAM}"], f"/cache/bin/{PROGRAM}", UVX, f"uvx --from 'a folder' {PROGRAM}"),
        (["python", f"/x/bin/{PROGRAM}"], f"/x/bin/{PROGRAM}", ["uv", "run", PROGRAM], f"uv run {PROGRAM}"),
        (["python", "-m", "pytest"], "/x/pytest/__main__.py", ["uv", "run", PROGRAM], PROGRAM),
    ],
)
def test_what_the_user_typed_is_known(
    monkeypatch: pytest.MonkeyPatch, original: list[str], script: str, parent: list[str], typed: str
) -> None:
    monkeypatch.setenv("PATH", str(INSTALLED.parent))
    assert command_of(original, script, parent) == typed


@pytest.mark.parametrize("command", [[sys.executable, "-m", MODULE], [os.path.relpath(INSTALLED)], [PROGRAM]], ids=str)
def test_replay_and_explain_lines_run_as_printed(
    faulty: str, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setenv("PATH", str(INSTALLED.parent), prepend=":")
    json_file, html_file = tmp_path / "report.json", tmp_path / "report.html"
    what = ("--target", str(target), "--base-url", faulty, "--effort", "quick", "--select", "TOTAL-COUNT-EXP*")
    files = ("--report-json", str(json_file), "--report-html", str(html_file))
    run = subprocess.run([*command, "run", *what, *files], capture_output=True, text=True, check=False)
    (line,) = re.findall(r"^  replay +(.+)$", run.stdout, re.MULTILINE)
    assert line.startswith(f"{shlex.join(command)} replay ")
    again = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=False)
    assert (again.returncode, again.stderr) == (1, "")
    assert "TOTAL-COUNT-EXPECTED still fails" in again.stdout
    assert json.loads(json_file.read_text("utf-8"))["settings"]["command"] == shlex.join(command)
    assert f"<code>{shlex.join(command)} replay " in html_file.read_text("utf-8")


def test_hints_and_help_name_the_command_as_it_was_called() -> None:
    command = [sys.executable, "-m", MODULE]

    def said(*arguments: str) -> str:
        ended = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
        return ended.stdout + ended.stderr

    assert f"`{shlex.join(command)} list` shows all ids" in said("run", "--select", "NONE-*")
    assert f"Try `{shlex.join(command)} run --help`" in said("run", "--rate", "none")
    assert f"  {shlex.join(command)} run --target my-server.toml" in said("run", "--help")
    assert f"{sys.executable} -m profile_relations_server --fault NAME" in said("explain", "TOKEN-EMPTY")
