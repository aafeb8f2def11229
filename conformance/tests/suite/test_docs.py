"""The pages for people name only what there is, and all that there is where they say so."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from profile_relations_conformance.commands.main import parser
from profile_relations_conformance.contract.ledger import load_ledger
from profile_relations_conformance.judging.results import Outcome
from profile_relations_conformance.judging.verdict import ExitCode
from profile_relations_conformance.pytest_plugin import OPTIONS
from profile_relations_conformance.target.file import check_raw
from profile_relations_server.commands import main as server_cli

if TYPE_CHECKING:
    import argparse

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / name for name in ("README.md", "CHANGELOG.md", "conformance/README.md", "openapi/README.md")]
IMPLEMENTERS = (ROOT / "conformance/README.md").read_text("utf-8")


def commands() -> dict[str, argparse.ArgumentParser]:
    (action,) = [action for action in parser()._actions if action.choices]  # noqa: SLF001 - argparse tells no other way
    return dict(action.choices or {})


def options(described: argparse.ArgumentParser) -> set[str]:
    return {option for action in described._actions for option in action.option_strings}  # noqa: SLF001 - see above


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_links_to_files_and_names_commands_that_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    for link in re.findall(r"\]\((?!https?:)([^)#]+)\)|src(?:set)?=\"([^\"]+)\"", text):
        assert (page.parent / "".join(link)).exists(), link
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for name in re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE):
        assert f"\n{name}:" in makefile or f" {name}:" in makefile, name
    for name in re.findall(r"(?<!/)relations-conformance (?!-)([a-z-]+)", text):
        assert name in commands(), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_only_options_that_exist(page: Path) -> None:
    known = {"--pyargs", "--base-url", "--token-env"} | set(OPTIONS)
    for described in commands().values():
        known |= options(described)
    known |= set(re.findall(r"--[a-z][a-z-]+", Path(server_cli.__file__).read_text("utf-8")))
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", page.read_text("utf-8"))) <= known


def test_every_command_and_every_report_is_told_of() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for name in set(commands()) - {"fill"}:  # which only a report's own lines call
        assert re.search(rf"\b{name}\b", readme + IMPLEMENTERS), name
    for option in options(commands()["run"]) - {"-h", "--help", "--contract", "--seed"}:
        assert option in readme + IMPLEMENTERS, option
    for code in ExitCode:
        assert f"| {int(code)} |" in readme
    for outcome in Outcome:
        assert f"| {outcome.label} |" in IMPLEMENTERS
    for option in OPTIONS:
        assert option in IMPLEMENTERS, option


def test_the_target_file_that_is_shown_has_every_key() -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", IMPLEMENTERS, re.DOTALL)
    raw = tomllib.loads(shown)
    check_raw(raw, "the page")
    schema = json.loads(
        (ROOT / "conformance/profile_relations_conformance/target/target.schema.json").read_text("utf-8")
    )
    _, _, table = IMPLEMENTERS.partition("| key | tells |")
    for key in {key for part in (schema, *schema["$defs"].values()) for key in part["properties"]}:
        assert f"`{key}`" in table, key
        assert re.search(rf"\b{key}\b", shown), key


def test_every_freedom_that_the_suite_grants_is_told_of() -> None:
    _, _, table = IMPLEMENTERS.partition("| freedom | either is right |\n| --- | --- |\n")
    assert table == "".join(f"| `{item.id}` | {item.statement} |\n" for item in load_ledger().freedoms.values())


def test_the_changelog_has_the_version_of_the_package() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    heads = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert heads[0] == "Unreleased"
    assert heads[1] == version
