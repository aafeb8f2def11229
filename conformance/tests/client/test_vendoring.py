"""A copy of the package in another one, and a wheel of it, work in an empty environment of each supported Python."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import profile_relations_client
import pytest

from .conftest import TOKEN
from .drawing import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.toolchain
GENERATED = ROOT / "generated"
PACKAGE = GENERATED / "profile_relations_client"
UV = Path(sys.executable).parent / "uv"
LEFT_BEHIND = shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
CALL = """
import asyncio, json, os, sys
from {package} import AsyncRelationsClient, RelationsClient

url, token = os.environ["RELATIONS_URL"], os.environ["RELATIONS_TOKEN"]
with RelationsClient(url, token=token) as api:
    found = api.get_relations(rel_id=2, email="john@example.com")


async def again():
    async with AsyncRelationsClient(url, token=token) as api:
        return await api.get_relations(rel_id=2, profile_id="669e6968ebf4ac52b623a997")


assert asyncio.run(again()).to_dict() == found.to_dict()
loaded = {{name.partition(".")[0] for name in sys.modules}}
print(json.dumps([found.total_count, found.data[0].profile_id_b, found.data[0].props["exr"].value, sorted(loaded)]))
"""


def run(command: Sequence[str | Path], **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return subprocess.run(
        [*map(str, command)], env=kept | environment, capture_output=True, text=True, check=False, cwd=ROOT.anchor
    )


def pythons() -> dict[str, str]:
    """The interpreters of this machine that the package supports, by version; the one that runs this is one of them."""
    found = {".".join(map(str, sys.version_info[:2])): sys.executable}
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for version in ("3.11", "3.12", "3.13"):
        for candidate in (f"python{version}", *map(str, sorted(versions.glob(f"{version}.*/bin/python")))):
            if (path := shutil.which(candidate)) and run([path, "-c", "import ssl"]).returncode == 0:
                found.setdefault(version, path)
    return found


PYTHONS = pythons()


def environment(folder: Path, python: str, *needs: str | Path) -> Path:
    """The interpreter of a new virtual environment that has nothing but what is named."""
    made = run([UV, "venv", "--quiet", "--python", python, folder])
    assert made.returncode == 0, made.stderr
    interpreter = folder / "bin" / "python"
    installed = run([UV, "pip", "install", "--quiet", "--python", interpreter, *needs])
    assert installed.returncode == 0, installed.stderr
    return interpreter


def check_call(interpreter: Path, package: str, url: str, **more: str) -> None:
    script = CALL.format(package=package)
    done = run([interpreter, "-c", script], RELATIONS_URL=url, RELATIONS_TOKEN=TOKEN, **more)
    assert done.returncode == 0, done.stderr
    total, profile, value, loaded = json.loads(done.stdout)
    assert (total, profile, value) == (1, "6751b8f1c5e3db9bcb75befa", 11323123)
    assert not {"pydantic", "openapi_python_client", "profile_relations_conformance"} & set(loaded)


@pytest.mark.parametrize("version", PYTHONS)
def test_a_copy_in_another_package_works_with_httpx_and_attrs_alone(
    version: str, tmp_path: Path, reference_url: str
) -> None:
    interpreter = environment(tmp_path / "venv", PYTHONS[version], "httpx", "attrs")
    vendored = tmp_path / "project" / "myapp" / "_vendor"
    shutil.copytree(PACKAGE, vendored / PACKAGE.name, ignore=LEFT_BEHIND)
    for package in (vendored, vendored.parent):
        (package / "__init__.py").touch()
    path = {"PYTHONPATH": str(tmp_path / "project")}
    check_call(interpreter, "myapp._vendor.profile_relations_client", reference_url, **path)
    doctor: list[str | Path] = [interpreter, "-m", "myapp._vendor.profile_relations_client", "doctor"]
    sound = run(doctor, **path)
    assert sound.returncode == 0, sound.stderr
    edited = vendored / PACKAGE.name / "retries.py"
    edited.write_text(edited.read_text("utf-8").replace("count: int = 2", "count: int = 9"), "utf-8")
    unsound = run(doctor, **path)
    assert unsound.returncode == 1
    assert unsound.stderr == "WRONG      edited: retries.py\n"


@pytest.mark.parametrize("version", PYTHONS)
def test_a_wheel_works_in_an_empty_environment(version: str, tmp_path: Path, reference_url: str) -> None:
    source = shutil.copytree(GENERATED, tmp_path / "source", ignore=LEFT_BEHIND)
    built = run([UV, "build", "--quiet", "--wheel", "--out-dir", tmp_path, source])
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    interpreter = environment(tmp_path / "venv", PYTHONS[version], wheel)
    check_call(interpreter, "profile_relations_client", reference_url)
    sound = run([interpreter, "-m", "profile_relations_client", "doctor"])
    assert sound.returncode == 0, sound.stderr
    assert "all as generated" in sound.stdout
    typed = run([interpreter, "-c", "import profile_relations_client as p; print(p.__path__[0])"])
    assert (Path(typed.stdout.strip()) / "py.typed").is_file()


def test_an_installation_leaves_nothing_behind(tmp_path: Path) -> None:
    source = shutil.copytree(GENERATED, tmp_path / "source", ignore=LEFT_BEHIND)
    before = {path: path.read_bytes() for path in source.rglob("*") if path.is_file()}
    target = ["--target", str(tmp_path / "target"), str(source)]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", *target]
    done = run(command)
    assert done.returncode == 0, done.stderr
    assert {path: path.read_bytes() for path in source.rglob("*") if path.is_file()} == before
    (metadata,) = (tmp_path / "target").glob("*.dist-info/METADATA")
    assert f"Version: {profile_relations_client.__version__}" in metadata.read_text("utf-8")
    assert [*(tmp_path / "target").glob("*.dist-info/licenses/LICENSE")]
