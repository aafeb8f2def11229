"""The house as it is meant to be: which part may import which, how long its pieces are, and nothing of one machine."""

from __future__ import annotations

import re
import sys
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import requires
from typing import TYPE_CHECKING

import pytest

from tests.helpers.modules import CLIENT, CONTRACT, PACKAGES, ROOT, SERVER, SUITE, Module, graph, modules_of, own_files

if TYPE_CHECKING:
    from pathlib import Path

MOST_LINES, MOST_FUNCTION_LINES = 400, 60
ARROWS = {CONTRACT: {CONTRACT}, CLIENT: {CLIENT}, SUITE: {SUITE, CONTRACT}, SERVER: {SERVER, CONTRACT}}
"""Which packages of ours each package may import."""


def strays(modules: list[Module], forbidden: tuple[str, ...]) -> list[str]:
    """Gives each import of a forbidden module or of what is in it."""
    return [
        f"{module.name}:{item.line} imports {item.module} {item.name}".rstrip()
        for module in modules
        for item in module.imports
        if any(f"{item.module}.{item.name}.".startswith(f"{name}.") for name in forbidden)
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_no_other_but_those_it_may(package: str) -> None:
    modules = modules_of(package)
    assert modules
    assert strays(modules, tuple(PACKAGES.keys() - ARROWS[package])) == []


def test_no_package_imports_the_tests_or_the_benchmarks() -> None:
    for package in PACKAGES:
        assert strays(modules_of(package), ("conformance", "tests", "benchmarks")) == []


def test_the_client_is_bound_to_its_place_by_no_absolute_import_of_itself() -> None:
    absolute = [
        f"{module.name}:{item.line} {item.module}"
        for module in modules_of(CLIENT)
        for item in module.imports
        if not item.relative and item.module.partition(".")[0] in PACKAGES
    ]
    assert absolute == []


def test_the_client_needs_httpx_and_attrs_alone_and_what_httpx_needs_itself() -> None:
    needed = {
        item.module.partition(".")[0] for module in modules_of(CLIENT) for item in module.imports if not item.relative
    }
    of_httpx = {re.split(r"[^\w-]", line)[0] for line in requires("httpx") or () if "extra ==" not in line}
    assert {"attrs", "httpx"} <= needed
    assert needed - sys.stdlib_module_names <= {"attrs", "httpx"} | of_httpx


def test_the_suite_and_the_server_validate_by_different_libraries() -> None:
    assert strays(modules_of(SUITE), ("jsonschema_rs",)) == []
    assert strays(modules_of(SERVER), ("jsonschema",)) == []


ROOMS = {
    SUITE: {
        "errors": set(),
        "contract": {"errors"},
        "transport": {"errors"},
        "target": {"contract", "errors"},
        "judging": {"contract", "errors", "target", "transport"},
        "checks": {"contract", "errors", "judging", "target", "transport"},
        "report": {"contract", "errors", "judging", "target", "transport"},
        "run": {"checks", "contract", "errors", "judging", "report", "target", "transport"},
        "commands": {"contract", "errors", "judging", "report", "run", "target", "transport"},
        "pytest_entry": set(),
        "pytest_plugin": {"contract", "errors", "judging", "pytest_entry", "run", "target"},
        "test_requirements": {"checks", "contract", "judging", "report", "run", "target"},
        "__main__": {"commands"},
    },
    SERVER: {
        "errors": set(),
        "contract": {"errors"},
        "world": {"contract", "errors"},
        "store": {"contract", "errors", "world"},
        "service": {"contract", "errors", "store", "world"},
        "faults": {"contract", "errors", "service", "store", "world"},
        "http": {"contract", "errors", "service"},
        "commands": {"contract", "errors", "faults", "http", "service", "store", "world"},
        "testing": {"contract", "errors", "faults", "http", "service", "store", "world"},
        "__main__": {"commands"},
    },
}
"""What stands at the top of a package, and which of the others each may import, lazily or for types alone too.

A part imports what stands above it in this table, and nothing beside it or below.
"""
MOST_FLOORS = 8


def imported_rooms(package: str) -> dict[str, set[str]]:
    """Gives, for each part of a package, the other parts that it imports; its version is no part."""
    found: dict[str, set[str]] = {}
    for module in modules_of(package):
        room = module.name.removeprefix(package).lstrip(".").partition(".")[0]
        if room:
            within = [item for item in module.imports if f"{item.module}.".startswith(f"{package}.")]
            paths = (f"{item.module}.{item.name}".removeprefix(f"{package}.") for item in within)
            found.setdefault(room, set()).update({path.partition(".")[0] for path in paths} - {room, "__version__"})
    return found


@pytest.mark.parametrize("package", ROOMS)
def test_imports_run_downwards(package: str) -> None:
    found = imported_rooms(package)
    assert found.keys() == ROOMS[package].keys()
    strays = {room: names - ROOMS[package][room] for room, names in found.items() if names - ROOMS[package][room]}
    assert strays == {}


@pytest.mark.parametrize("package", ROOMS)
def test_the_parts_of_a_package_stand_on_few_floors_and_in_no_circle(package: str) -> None:
    floors: dict[str, int] = {}
    for room in TopologicalSorter(imported_rooms(package)).static_order():
        floors[room] = 1 + max((floors[below] for below in imported_rooms(package)[room]), default=0)
    assert max(floors.values()) <= MOST_FLOORS


@pytest.mark.parametrize("package", PACKAGES)
def test_modules_import_each_other_in_no_circle(package: str) -> None:
    try:
        order = list(TopologicalSorter(graph(modules_of(package))).static_order())
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))
    assert len(order) == len(modules_of(package))


def test_a_module_can_be_read_in_one_sitting() -> None:
    lengths = {module.name: len(module.text.splitlines()) for module in own_files()}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_a_function_can_be_read_at_a_glance() -> None:
    lengths = {
        f"{module.name}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for module in own_files()
        for node in module.functions()
    }
    assert len(lengths) > len(own_files())
    assert {name: lines for name, lines in lengths.items() if lines > MOST_FUNCTION_LINES} == {}


TEXTS = (".py", ".toml", ".yaml", ".yml", ".md", ".txt", ".json", ".jinja", ".css", ".js", ".cfg")
FOLDERS = ("conformance", "openapi", "generated", ".github", ".ci")


def texts() -> list[Path]:
    """The project's own text files; folders that begin with a dot, or that tools or others made, have none."""
    found = [path for path in ROOT.iterdir() if path.is_file() and (path.suffix in TEXTS or path.name == "Makefile")]
    for folder in FOLDERS:
        found += [
            path
            for path in (ROOT / folder).rglob("*")
            if path.is_file()
            and (path.suffix in TEXTS or not path.suffix)
            and not any(
                part in {"__pycache__", "build", "swagger_ui"} or part.endswith(".egg-info") for part in path.parts
            )
        ]
    return sorted(found)


MACHINE = re.compile(r"(?<![\w.$])/(?:home|Users|root)/\w|[A-Z]:\\\\?Users\b|file://" + "/")


def test_no_file_names_a_place_on_one_machine() -> None:
    here = str(ROOT)
    found = texts()
    assert ROOT / "README.md" in found
    named = [
        path.relative_to(ROOT)
        for path in found
        for text in [path.read_text("utf-8")]
        if here in text or MACHINE.search(text)
    ]
    assert named == []


SAMPLE = """
from typing import TYPE_CHECKING
import os.path
from . import a
from .b import c
from ..d import e

if TYPE_CHECKING:
    import f
else:
    import g

class Holder:
    import h

    def method(self):
        import i

try:
    import j
except ImportError:
    import k
"""


@pytest.fixture
def sample(tmp_path: Path) -> Module:
    path = tmp_path / "sample.py"
    path.write_text(SAMPLE, "utf-8")
    return Module("package.inner.sample", path)


def test_imports_are_read_wherever_they_stand(sample: Module) -> None:
    found = {f"{item.module} {item.name}".rstrip() for item in sample.imports}
    assert found >= {"os.path", "package.inner a", "package.inner.b c", "package.d e", *"fghijk"}


def test_imports_of_functions_and_type_checkers_are_not_carried_out_at_once(sample: Module) -> None:
    found = {item.module for item in sample.imports_at_once() if len(item.module) == 1}
    assert found == {*"ghjk"}


def test_a_circle_of_imports_is_seen(tmp_path: Path) -> None:
    modules = []
    for name, text in {"p.a": "from p.b import x", "p.b": "from . import c", "p.c": "import p.a"}.items():
        path = tmp_path / f"{name}.py"
        path.write_text(text, "utf-8")
        modules.append(Module(name, path))
    with pytest.raises(CycleError):
        TopologicalSorter(graph(modules)).prepare()
