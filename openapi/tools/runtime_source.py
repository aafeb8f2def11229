"""What the templates say of the runtime, read from its source: the tree of its errors, and constants."""

from __future__ import annotations

import ast
from pathlib import Path

RUNTIME = Path(__file__).parents[1] / "runtime"


def error_tree() -> list[tuple[str, str, str]]:
    """Each error with the lines that a drawing of the tree has before it, its name, and its meaning."""
    tree = ast.parse((RUNTIME / "base_errors.py").read_text("utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    parents = {node.name: ast.unparse(node.bases[0]) for node in classes}
    meanings = {node.name: (ast.get_docstring(node) or "").partition("\n")[0] for node in classes}
    root = classes[0].name
    return [("", root, meanings[root]), *_below(root, "", parents, meanings)]


def _below(parent: str, before: str, parents: dict[str, str], meanings: dict[str, str]) -> list[tuple[str, str, str]]:
    children = [name for name, above in parents.items() if above == parent]
    lines = []
    for name in children:
        is_last = name == children[-1]
        lines.append((f"{before}{'└' if is_last else '├'}── ", name, meanings[name]))
        lines += _below(name, f"{before}{'    ' if is_last else '│   '}", parents, meanings)
    return lines


def constant(module: str, name: str) -> object:
    """The value of a constant of the runtime that is written out."""
    for node in ast.parse((RUNTIME / module).read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == name for one in node.targets):
            return ast.literal_eval(node.value)
    raise LookupError(name)
