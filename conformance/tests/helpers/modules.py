"""Reads what the project's modules import and how long they are, from their syntax trees alone."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[3]
CONTRACT, CLIENT = "profile_relations_contract", "profile_relations_client"
SUITE, SERVER = "profile_relations_conformance", "profile_relations_server"
PACKAGES = {
    CONTRACT: ROOT / "openapi",
    CLIENT: ROOT / "generated" / CLIENT,
    SUITE: ROOT / "conformance" / SUITE,
    SERVER: ROOT / "conformance" / SERVER,
}

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Import:
    """One imported name.

    Attributes:
        module: The absolute name of the module that the statement names.
        name: What is taken from it, or an empty string.
        relative: Whether the statement is a relative import.
        line: The statement's line.
    """

    module: str
    name: str
    relative: bool
    line: int


@dataclass(frozen=True)
class Module:
    """A module of one of the packages, by its absolute name."""

    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        """The source."""
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text)

    @property
    def package(self) -> str:
        """The package that relative imports start from."""
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]

    @cached_property
    def imports(self) -> list[Import]:
        """Gives every import, wherever it stands."""
        return list(self._read(ast.walk(self.tree)))

    def imports_at_once(self) -> list[Import]:
        """Gives the imports that are carried out when the module is: not in functions, not for a type checker alone."""
        return list(self._read(_carried_out(self.tree.body)))

    def functions(self) -> Iterator[FunctionNode]:
        """Yields every function and method."""
        return (node for node in ast.walk(self.tree) if isinstance(node, FunctionNode))

    def _read(self, nodes: Iterable[ast.AST]) -> Iterator[Import]:
        for node in nodes:
            if isinstance(node, ast.Import):
                yield from (Import(item.name, "", relative=False, line=node.lineno) for item in node.names)
            elif isinstance(node, ast.ImportFrom):
                module = self._absolute(node)
                relative = node.level > 0
                yield from (Import(module, item.name, relative=relative, line=node.lineno) for item in node.names)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        base = self.package.split(".")[: len(self.package.split(".")) - node.level + 1]
        return ".".join([*base, *([node.module] if node.module else [])])


def _carried_out(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    for node in body:
        if isinstance(node, FunctionNode | ast.Lambda):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            yield from _carried_out(node.orelse)
            continue
        yield node
        yield from _carried_out(ast.iter_child_nodes(node))


@cache
def modules_of(package: str) -> list[Module]:
    """Gives the modules of a package, sorted by name."""
    folder = PACKAGES[package]
    found = []
    for path in sorted(folder.rglob("*.py")):
        parts = [package, *path.relative_to(folder).with_suffix("").parts]
        found.append(Module(".".join(parts[:-1] if parts[-1] == "__init__" else parts), path))
    return found


@cache
def own_files() -> list[Module]:
    """Gives every module that is written by hand: all but the client, which the generator makes."""
    folders = [ROOT / "conformance", ROOT / "openapi"]
    return [Module(str(path.relative_to(ROOT)), path) for folder in folders for path in sorted(folder.rglob("*.py"))]


def graph(modules: Iterable[Module]) -> dict[str, set[str]]:
    """Gives, for each module, those of the same collection that must be carried out before it.

    Importing a module carries out the packages around it first, unless the importing module is in them itself.
    """
    known = {module.name: module for module in modules}
    found: dict[str, set[str]] = {}
    for name, module in known.items():
        needed: set[str] = set()
        for item in module.imports_at_once():
            full = f"{item.module}.{item.name}"
            parts = (full if full in known else item.module).split(".")
            around = {".".join(parts[:size]) for size in range(1, len(parts) + 1)}
            needed |= {other for other in around if not f"{name}.".startswith(f"{other}.")}
        found[name] = needed & known.keys()
    return found
