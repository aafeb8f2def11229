"""What is installed: from which versions, by which content, and that a built package has all that it needs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from profile_relations_server.errors import OptionError
from profile_relations_server.store.database import Database

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
WHEEL = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
PIN = re.compile(r"[a-z0-9][a-z0-9._-]*==[\w.!+-]+( ; [^:/@]+)?")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}")


def pins(name: str) -> list[str]:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    assert lines
    return [line.removesuffix(" \\") for line in lines if not line.startswith(" ")]


@pytest.mark.parametrize("name", ["constraints.txt", "hashes/installer.txt", "hashes/packages.txt"])
def test_what_is_pinned_names_versions_and_neither_an_index_nor_a_host(name: str) -> None:
    assert [line for line in pins(name) if not PIN.fullmatch(line)] == []
    text = (ROOT / name).read_text("utf-8")
    indented = [line.removesuffix(" \\") for line in text.splitlines() if line.startswith(" ")]
    assert [line for line in indented if not HASH.fullmatch(line)] == []
    assert name == "constraints.txt" or len(indented) >= len(pins(name))


def test_the_hashes_are_of_the_versions_that_are_pinned() -> None:
    """`make constraints` writes them together."""
    assert sorted(pins("hashes/installer.txt") + pins("hashes/packages.txt")) == sorted(pins("constraints.txt"))


def requirements() -> list[Requirement]:
    project = PROJECT["project"]
    lists = [PROJECT["build-system"]["requires"], project["dependencies"], *project["optional-dependencies"].values()]
    return [Requirement(text) for found in (*lists, PROJECT["dependency-groups"]["dev"]) for text in found]


def test_every_requirement_has_a_lower_bound_and_a_pinned_version_that_fits() -> None:
    pinned = {line.partition("==")[0]: line.partition("==")[2].partition(" ")[0] for line in pins("constraints.txt")}
    for item in requirements():
        assert {bound.operator for bound in item.specifier} & {">=", "=="}, item
        assert item.specifier.contains(pinned[item.name]), item


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as it is built for users, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    assert built.name.endswith("-py3-none-any.whl")
    with ZipFile(built) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_a_wheel_has_every_file_of_its_packages(wheel: Path) -> None:
    git = ["git", "ls-files"]
    listed = subprocess.run(git, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    for folder in WHEEL["packages"]:
        files = {path.removeprefix("conformance/") for path in listed if path.startswith(f"{folder}/")}
        inside = {str(path.relative_to(wheel)) for path in (wheel / Path(folder).name).rglob("*") if path.is_file()}
        assert files
        assert files - inside == set()
    assert {str(path.relative_to(wheel)) for path in (wheel / "profile_relations_contract").iterdir()} == set(
        WHEEL["force-include"].values()
    )


def test_an_installed_wheel_judges_by_its_own_copy_of_the_contract(wheel: Path, tmp_path: Path) -> None:
    def said(*arguments: str) -> str:
        environment = os.environ | {"PYTHONPATH": str(wheel)}
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=tmp_path, env=environment, check=True, text=True, capture_output=True).stdout

    assert said("-c", "import profile_relations_contract as it; print(it.__file__)").startswith(str(wheel))
    assert " 1 passed" in said("-m", "profile_relations_conformance", "run", "--select", "TOKEN-EMPTY")


def test_a_server_without_the_extra_of_postgresql_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(OptionError, match=r"pip install 'psycopg\[binary\]'"):
        Database("postgresql+psycopg://someone@/world")
