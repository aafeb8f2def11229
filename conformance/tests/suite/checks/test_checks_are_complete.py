"""Every requirement has one check, every check has a requirement and a sentence, and checks do nothing but judge."""

from __future__ import annotations

import ast
import inspect
import re
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

import pytest
from profile_relations_conformance import checks as package
from profile_relations_conformance.checks import checks, rules
from profile_relations_conformance.checks.registry import check, rule

from tests.helpers.made_up import LEDGER

if TYPE_CHECKING:
    from types import ModuleType

REPLACED = {
    "not_a_server_error": ("NO-SERVER-ERROR", "ROBUST-NOT-JSON", "ROBUST-NOT-AN-OBJECT"),
    "status_code_conformance": ("SUCCESS-STATUS", "REFUSAL-STATUS"),
    "content_type_conformance": ("REPLY-CONTENT-TYPE",),
    "response_headers_conformance": ("REPLY-CONTENT-TYPE",),
    "response_schema_conformance": ("REPLY-JSON", "REPLY-ERROR", "REPLY-ERROR-TEXT", "REPLY-DATA", "REPLY-TOTAL-COUNT"),
    "negative_data_rejection": ("CONTRACT-INCOMPLETE", "CONTRACT-MISTYPED"),
    "positive_data_acceptance": ("CONTRACT-ALLOWED",),
    "missing_required_header": ("TOKEN-MISSING",),
    "ignored_auth": ("TOKEN-MISSING", "TOKEN-WRONG"),
    "unsupported_method": ("METHOD-GET", "METHOD-OTHER"),
    "allow_header_conformance": ("METHOD-GET", "METHOD-OTHER"),
    "object_level_authorization": ("OTHER-FIELDS-NEVER-DECIDE", "ENTRY-A-IS-THE-PROFILE-FOUND"),
    "use_after_free": ("STABLE-REPEATED",),
    "ensure_resource_availability": ("STABLE-REPEATED",),
}
"""For each check of Schemathesis the requirements that judge the same thing, by the envelope instead of the status."""
CHECKS, RULES = checks(), rules()
SENTENCES = {name: item.sentence for name, item in RULES.items()} | {
    name: function.__doc__ or "" for name, function in CHECKS.items()
}
MODULES = [import_module(f"{package.__name__}.{item.name}") for item in iter_modules(package.__path__)]
FORBIDDEN_NAMES = {"print", "open", "input", "breakpoint", "exec", "eval"}
FORBIDDEN_MEMBERS = {"stdout", "stderr", "read_text", "read_bytes", "write_text", "write_bytes", "sleep"}
FORBIDDEN_MODULES = {"sys", "os", "io", "logging", "pathlib", "subprocess", "shutil", "tempfile", "time", "builtins"}


def test_requirements_are_those_that_are_checked_and_nothing_else() -> None:
    assert {*CHECKS, *RULES} == set(LEDGER.requirements)


def test_a_requirement_has_one_check() -> None:
    assert not CHECKS.keys() & RULES.keys()
    for bind in (check("REPLY-JSON"), rule("METHOD-GET", applies=lambda _: True)):
        with pytest.raises(ValueError, match="has a check already"):
            bind(lambda _: None)  # type: ignore[arg-type, return-value] # it is refused before it is called


@pytest.mark.parametrize("requirement", sorted(SENTENCES))
def test_a_check_says_in_one_sentence_what_it_expects(requirement: str) -> None:
    assert re.fullmatch(r"[A-Z`]((?!\. )[^\n])+[^.]\.", SENTENCES[requirement]), SENTENCES[requirement]


def test_the_sentence_of_a_check_is_its_own() -> None:
    assert len(set(SENTENCES.values())) == len(SENTENCES)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_checks_print_nothing_read_no_file_and_do_not_sleep(module: ModuleType) -> None:
    tree = ast.parse(inspect.getsource(module))
    assert forbidden(tree) == []


def forbidden(tree: ast.AST) -> list[str]:
    """Gives what a check must not use, with its line."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in FORBIDDEN_NAMES:
            found.append(f"{node.lineno}: {node.id}")
        elif isinstance(node, ast.Attribute) and node.attr in FORBIDDEN_MEMBERS:
            found.append(f"{node.lineno}: {node.attr}")
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [item.name for item in node.names]
            found += [f"{node.lineno}: {name}" for name in names if name.partition(".")[0] in FORBIDDEN_MODULES]
    return found


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("print('x')", ["1: print"]),
        ("import sys\nsys.stdout.write('x')", ["1: sys", "2: stdout"]),
        ("from pathlib import Path\nPath('x').read_text()", ["1: pathlib", "2: read_text"]),
        ("import os.path, json", ["1: os.path"]),
        ("with open('x') as file: pass", ["1: open"]),
        ("text = 'print and open'", []),
    ],
)
def test_what_a_check_must_not_use_is_seen(code: str, seen: list[str]) -> None:
    assert sorted(forbidden(ast.parse(code))) == seen


def test_every_stock_check_of_schemathesis_is_replaced_by_requirements_of_the_ledger() -> None:
    schemathesis = import_module("schemathesis.checks")
    schemathesis.load_all_checks()
    stock = schemathesis.CHECKS.get_all_names()
    assert set(REPLACED) == set(stock)
    for names in REPLACED.values():
        assert names
        assert set(names) <= LEDGER.requirements.keys()
