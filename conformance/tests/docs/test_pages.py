"""The pages for people name only what there is, and all that there is where they say so."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from profile_relations_conformance.commands.main import parser as suite_parser
from profile_relations_conformance.contract.ledger import load_ledger
from profile_relations_conformance.judging.known_failing import read_known_failing
from profile_relations_conformance.judging.results import Outcome
from profile_relations_conformance.judging.verdict import ExitCode
from profile_relations_conformance.pytest_plugin import OLD_NAMES, OPTIONS
from profile_relations_conformance.run.settings import CONNECTION_OPTIONS
from profile_relations_conformance.target.file import check_raw
from profile_relations_server.commands import main as server_cli
from profile_relations_server.world.model import Profile, Relation, Subscription, World
from profile_relations_server.world.reader import load_world

from .pages import CALL, CONTRACT, JUDGE, PAGES, README, ROOT, SERVER, arguments_of, blocks, name_of

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

JUDGE_TEXT = JUDGE.read_text("utf-8")
PYTEST_OPTIONS = {f"--relations-{name}" for name in OPTIONS | CONNECTION_OPTIONS}
CLIENT_OPTIONS = set(re.findall(r'"(--[a-z-]+)"', (ROOT / "openapi/runtime/command_line.py").read_text("utf-8")))
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=name_of)
OTHERS_OPTIONS = {"--pyargs", "--from"}
"""Options of other programs that the pages name."""
RENAMED = {"--base-url", "--token-env", "--profile"}
"""Options that the changelog names as they were called before."""


def suite_commands() -> dict[str, argparse.ArgumentParser]:
    (action,) = [action for action in suite_parser()._actions if action.choices]  # noqa: SLF001 - argparse tells no other way
    return dict(action.choices or {})


def options(described: argparse.ArgumentParser) -> set[str]:
    return {option for action in described._actions for option in action.option_strings}  # noqa: SLF001 - see above


def server_options() -> set[str]:
    texts = [path.read_text("utf-8") for path in (ROOT / "conformance/profile_relations_server/commands").glob("*.py")]
    return set(re.findall(r'"(--[a-z][a-z-]+)"', "".join(texts)))


@EACH_PAGE
def test_links_lead_to_files(page: Path) -> None:
    text = page.read_text("utf-8")
    for link in re.findall(r"\]\((?!https?:)([^)#]+)\)|src(?:set)?=\"([^\"]+)\"", text):
        assert (page.parent / "".join(link)).exists(), link


@EACH_PAGE
def test_targets_of_make_exist(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(" ".join(re.findall(r"^([a-z][a-z -]*):", makefile, re.MULTILINE)).split())
    for names in re.findall(r"(?:^|`)make ([a-z-]+(?: [a-z-]+)*)", page.read_text("utf-8"), re.MULTILINE):
        assert set(names.split()) <= targets, names


@EACH_PAGE
def test_commands_exist(page: Path) -> None:
    for name in re.findall(r"(?<!/)relations-conformance (?!-)([a-z-]+)", page.read_text("utf-8")):
        assert name in suite_commands(), name


@EACH_PAGE
def test_options_exist(page: Path) -> None:
    known = OTHERS_OPTIONS | PYTEST_OPTIONS | CLIENT_OPTIONS | server_options()
    known |= {option for described in suite_commands().values() for option in options(described)}
    if page.name == "CHANGELOG.md":
        known |= RENAMED | set(OLD_NAMES.values())
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", page.read_text("utf-8"))) <= known


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "CHANGELOG.md"], ids=name_of)
def test_printed_calls_are_understood(page: Path) -> None:
    known = {"relations-conformance": suite_parser(), "relations-server": server_cli._parser()}  # noqa: SLF001 - describes it alone
    for program, parser in known.items():
        for arguments in arguments_of(program, page):
            parser.parse_args(arguments)


@EACH_PAGE
def test_blocks_of_data_are_well_formed(page: Path) -> None:
    for block in blocks(page, "toml"):
        assert tomllib.loads(block)
    for block in blocks(page, "yaml"):
        assert yaml.safe_load(block)
    for block in blocks(page, "json"):
        assert json.loads(block)


def test_the_readme_is_short() -> None:
    assert len(README.read_text("utf-8").splitlines()) <= 95


def test_paths_in_the_pages_for_developers_exist() -> None:
    suite, server = (ROOT / f"conformance/profile_relations_{name}" for name in ("conformance", "server"))
    for page in (ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", CONTRACT):
        for path in re.findall(r"`([\w./-]+/[\w.-]*)`", page.read_text("utf-8")):
            assert any((root / path).exists() for root in (ROOT, ROOT / "openapi", suite, server)), path


def test_the_table_of_packages_has_each_package() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    for name in ("conformance", "server"):
        for package in (ROOT / f"conformance/profile_relations_{name}").iterdir():
            if (package / "__init__.py").exists():
                assert f"| `{package.name}/`" in text, package


def test_the_examples_for_contributors_are_taken_from_the_code() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "conformance").glob("profile_relations_*/*/*.py")]
    found = blocks(ROOT / "CONTRIBUTING.md", "python")
    assert len(found) == 2
    for block in found:
        assert any(block in source for source in sources), block


def test_every_command_and_every_report_is_told_of() -> None:
    text = README.read_text("utf-8") + JUDGE_TEXT
    for name in set(suite_commands()) - {"fill"}:  # which only a report's own lines call
        assert re.search(rf"\b{name}\b", text), name
    for option in options(suite_commands()["run"]) - {"-h", "--help", "--contract", "--seed", "--profile"}:
        assert option in text, option
    for code in ExitCode:
        assert f"| {int(code)} |" in JUDGE_TEXT
    for outcome in Outcome:
        assert f"| {outcome.label} |" in JUDGE_TEXT
    for option in PYTEST_OPTIONS:
        assert option in JUDGE_TEXT, option


def test_every_option_of_the_server_is_told_of() -> None:
    text = SERVER.read_text("utf-8")
    for option in server_options() - {"--contract", "--json"}:
        assert option in text, option


def first_cells(text: str, head: str) -> set[str]:
    """Gives what stands between backticks in the first column of the table with this head."""
    table = text.partition(head)[2].partition("\n\n")[0]
    return {
        word
        for line in table.splitlines()
        for word in re.findall(r"`(\w+)`", line.split("|")[1] if "|" in line else "")
    }


def test_the_target_file_that_is_shown_has_every_key() -> None:
    shown = blocks(JUDGE, "toml")[0]
    check_raw(tomllib.loads(shown), "the page")
    schema = json.loads(
        (ROOT / "conformance/profile_relations_conformance/target/target.schema.json").read_text("utf-8")
    )
    told = first_cells(JUDGE_TEXT, "| key | meaning |") | set(re.findall(r"`(\w+)`", JUDGE_TEXT))
    for key in {key for part in (schema, *schema["$defs"].values()) for key in part["properties"]}:
        assert key in told, key
        assert re.search(rf"\b{key}\b", shown), key


def test_the_world_file_that_is_shown_has_every_key(tmp_path: Path) -> None:
    (shown,) = blocks(SERVER, "yaml")
    file = tmp_path / "world.yaml"
    file.write_text(shown, "utf-8")
    world = load_world(file)
    assert (len(world.profiles), len(world.relations)) == (1, 1)
    keys = {key for part in (World, Profile, Subscription, Relation) for key in part.__struct_fields__}
    assert first_cells(SERVER.read_text("utf-8"), "| key | meaning |") == keys
    for key in keys:
        assert re.search(rf"\b{key}\b", shown), key


def test_the_list_of_known_failures_that_is_shown_can_be_read(tmp_path: Path) -> None:
    (shown,) = [block for block in blocks(JUDGE, "toml") if "known_failing" in block]
    file = tmp_path / "known-failing.toml"
    file.write_text(shown, "utf-8")
    (entry,) = read_known_failing(file)
    assert entry.id in load_ledger().requirements
    assert entry.expires is not None


def test_every_freedom_that_the_suite_grants_is_told_of() -> None:
    _, _, table = JUDGE_TEXT.partition("| freedom | either is right |\n| --- | --- |\n")
    assert table == "".join(f"| `{item.id}` | {item.statement} |\n" for item in load_ledger().freedoms.values())


def extensions(part: Any) -> set[str]:  # noqa: ANN401 - any part of the contract
    if isinstance(part, dict):
        return {key for key in part if key.startswith("x-")}.union(*map(extensions, part.values()))
    return set().union(*map(extensions, part)) if isinstance(part, list) else set()


def test_every_extension_of_the_contract_is_told_of() -> None:
    contract = yaml.safe_load((ROOT / "openapi/relations.openapi.yaml").read_text("utf-8"))
    told = set(re.findall(r"^\| `(x-[a-z-]+)` \|", CONTRACT.read_text("utf-8"), re.MULTILINE))
    assert told == extensions(contract)


def test_every_search_of_the_contract_is_told_of() -> None:
    contract = yaml.safe_load((ROOT / "openapi/relations.openapi.yaml").read_text("utf-8"))
    rows = [schema["properties"] for schema in contract["components"]["schemas"].values() if "properties" in schema]
    modes = {row["matching"]["const"] for row in rows if "const" in row.get("matching", {})}
    assert modes
    table = CALL.read_text("utf-8").partition("| find by |")[2].partition("\n\n")[0]
    for mode in modes:
        assert f'matching="{mode}"' in table or f"`{mode}=…`" in table, mode


def test_the_changelog_has_the_version_of_the_package() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    heads = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert heads[0] == "Unreleased"
    # Between two releases the version is that of the next one.
    assert heads[1] == version or (".dev" in version and version.partition(".dev")[0] not in heads)
