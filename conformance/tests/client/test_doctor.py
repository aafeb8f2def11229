"""The package can say, offline, whether a copy of it was edited, where it came from, and whether its needs are met."""

from __future__ import annotations

import shutil
import socket
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import pytest
from profile_relations_client import command_line as command
from profile_relations_client import doctor

from .drawing import CONTRACT, CONTRACT_PATH, ROOT
from .test_generation import sha256

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    source = ROOT / "generated" / "profile_relations_client"
    return shutil.copytree(source, tmp_path / "copy", ignore=shutil.ignore_patterns("__pycache__"))


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the doctor went online")

    monkeypatch.setattr(socket, "socket", refuse)


def test_a_sound_copy_says_where_it_came_from(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["profile_relations_client", "doctor"])
    assert command.main({}, "URL", {}) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert f"openapi/relations.openapi.yaml, version {CONTRACT['info']['version']}" in shown.out
    assert sha256(CONTRACT_PATH) in shown.out
    for name in ("openapi-python-client", "ruff", "httpx", "attrs"):
        assert f"{name} {version(name)}" in " ".join(shown.out.split())


def test_every_edit_is_found(copy: Path) -> None:
    assert doctor.examine(copy)[1] == []
    for path in sorted(path for path in copy.rglob("*") if path.is_file() and path.name != doctor.LOCK):
        before = path.read_bytes()
        path.write_bytes(before + b"\n")
        assert doctor.examine(copy)[1] == [f"edited: {path.relative_to(copy).as_posix()}"]
        path.unlink()
        assert doctor.examine(copy)[1] == [f"missing: {path.relative_to(copy).as_posix()}"]
        path.write_bytes(before)
    (copy / "models" / "mine.py").touch()
    assert doctor.examine(copy)[1] == ["extra: models/mine.py"]


@pytest.mark.parametrize("text", [None, "", "[files", "[contract]\npath = 'x'"])
def test_a_copy_without_its_lock_is_not_called_sound(copy: Path, text: str | None) -> None:
    lock = copy / doctor.LOCK
    lock.unlink()
    if text is not None:
        lock.write_text(text)
    described, (wrong,) = doctor.examine(copy)
    assert described == []
    assert "nothing is known of the origin" in wrong


@pytest.mark.parametrize(
    ("installed", "fits"),
    [("0.27.0", True), ("0.28.1", True), ("0.29.0", False), ("0.26.9", False), ("1.0.dev3", False), (None, False)],
)
def test_what_is_installed_is_held_against_what_is_needed(
    installed: str | None,
    fits: bool,  # noqa: FBT001  (a parameter of the test)
    copy: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def looked_up(name: str) -> str:
        if name != "httpx":
            return version(name)
        if installed is None:
            raise PackageNotFoundError
        return installed

    monkeypatch.setattr(doctor, "version", looked_up)
    wrong = doctor.examine(copy)[1]
    assert (wrong == []) is fits
    assert all(line.startswith("httpx >=0.27,<0.29 is needed, and ") for line in wrong)
