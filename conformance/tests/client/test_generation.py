"""What is committed is what the contract generates: an edit shows, files name their origin, and the lock is true."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from .drawing import CONTRACT, CONTRACT_PATH, ROOT

pytestmark = pytest.mark.toolchain
GENERATED = ROOT / "generated"
PACKAGE = GENERATED / "profile_relations_client"
LOCK = PACKAGE / "generator.lock"
LEFT_BEHIND = ("__pycache__", "*.egg-info")


def generated_files(tree: Path = GENERATED) -> list[Path]:
    left_behind = {path for pattern in LEFT_BEHIND for path in tree.rglob(pattern)}
    return [path for path in sorted(tree.rglob("*")) if path.is_file() and not left_behind & {*path.parents}]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(GENERATED, tmp_path / "generated", ignore=shutil.ignore_patterns(*LEFT_BEHIND)))


def make(target: str, tree: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["make", target, f"GENERATED={tree}"]
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)


def test_what_is_committed_is_what_the_contract_generates() -> None:
    for seed in ("1", "2"):
        done = make("check-generated", GENERATED, PYTHONHASHSEED=seed)
        assert done.returncode == 0, done.stderr


def test_each_way_of_being_off_fails_and_is_named(copy: Path) -> None:
    edited = copy / "profile_relations_client" / "py.typed"
    edited.write_bytes(edited.read_bytes()[:-1] + b"?")
    (copy / "README.md").unlink()
    (copy / "profile_relations_client" / "models" / "extra.py").write_text("")
    done = make("check-generated", copy)
    assert done.returncode != 0
    assert done.stderr.splitlines()[:3] == [
        "missing: README.md",
        "extra: profile_relations_client/models/extra.py",
        "different: profile_relations_client/py.typed",
    ]


def test_generating_mends_a_tree_and_leaves_right_files_alone(copy: Path) -> None:
    right = copy / "pyproject.toml"
    before = right.stat().st_mtime_ns
    (copy / "README.md").write_text("edited")
    (copy / "profile_relations_client" / "types.py").unlink()
    (copy / "profile_relations_client" / "models" / "stale.py").write_text("")
    done = make("generate", copy)
    assert done.returncode == 0, done.stderr
    names = {path.relative_to(GENERATED): path.read_bytes() for path in generated_files()}
    assert {path.relative_to(copy): path.read_bytes() for path in generated_files(copy)} == names
    assert right.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "path",
    [path for path in generated_files() if path.name not in ("LICENSE", "contract.json")],
    ids=lambda path: path.relative_to(GENERATED).as_posix(),
)
def test_a_file_names_its_origin_in_its_first_line(path: Path) -> None:
    first = path.read_text("utf-8").splitlines()[0]
    assert "openapi-python-client" in first
    assert "openapi/relations.openapi.yaml" in first
    assert first.startswith(("# ", "<!-- "))


def test_the_lock_holds_the_hashes_of_all_that_went_in_and_came_out() -> None:
    lock = tomllib.loads(LOCK.read_text("utf-8"))
    assert lock["contract"] == {
        "path": "openapi/relations.openapi.yaml",
        "version": CONTRACT["info"]["version"],
        "sha256": sha256(CONTRACT_PATH),
    }
    pinned = dict(re.findall(r"^([\w-]+)==(\S+)", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE))
    assert lock["tools"] == {name: pinned[name] for name in ("openapi-python-client", "ruff")}
    sources = [ROOT / "openapi" / "generator.yaml"]
    sources += [
        path for folder in ("runtime", "templates", "tools") for path in (ROOT / "openapi" / folder).rglob("*.*")
    ]
    expected = {path.relative_to(ROOT).as_posix(): sha256(path) for path in sources if path.suffix != ".pyc"}
    assert lock["inputs"] == expected
    files = [path for path in generated_files(PACKAGE) if path != LOCK]
    assert lock["files"] == {path.relative_to(PACKAGE).as_posix(): sha256(path) for path in files}


def test_the_runtime_and_the_license_are_copied_as_they_stand() -> None:
    runtime = [path for path in (ROOT / "openapi" / "runtime").glob("*.py") if path.name != "__init__.py"]
    assert len(runtime) > 10
    for path in runtime:
        assert (PACKAGE / path.name).read_text("utf-8").partition("\n")[2] == path.read_text("utf-8")
    assert (GENERATED / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_a_missing_formatter_fails(tmp_path: Path, copy: Path) -> None:
    bare = tmp_path / "bin"
    bare.mkdir()
    for tool in ("python", "openapi-python-client"):
        script = bare / tool
        script.write_text(f'#!/bin/sh\nexec "{Path(sys.executable).parent / tool}" "$@"\n')
        script.chmod(0o755)
    command = ["make", "check-generated", f"BIN={bare}", f"GENERATED={copy}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "ruff is not in PATH" in done.stderr


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
