"""What each command says, and how it answers a wrong call: with one line and a hint."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from profile_relations_conformance.commands import COMMANDS
from profile_relations_conformance.commands.main import parser
from profile_relations_conformance.contract.ledger import load_ledger
from profile_relations_conformance.report.comparison import compare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from profile_relations_conformance.contract.ledger import Requirement

    from tests.suite.conftest import Said

NAMES = [
    "run",
    "init-target",
    "list",
    "explain",
    "replay",
    "compare",
    "known-failing",
    "fill",
    "self-check",
    "completion",
]
BASH = shutil.which("bash") or ""
SHELLS = ("bash", "zsh", "fish")


def test_every_command_is_listed() -> None:
    assert len(NAMES) == len(COMMANDS)
    (actions,) = [action for action in parser()._actions if action.dest == "==SUPPRESS=="]  # noqa: SLF001 - no other way
    assert list(actions.choices or ()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_help_has_examples_of_the_command(
    call: Callable[..., Said], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = call(name, "--help")
    assert said.code == 0
    _, _, examples = said.out.partition("examples:\n")
    assert f"relations-conformance {name}" in examples
    words = [line for line in said.out.splitlines() if not re.search(r"relations-conformance |curl|^ +--\w", line)]
    assert all(len(line) <= 80 for line in words), "nothing but a command may be longer than a line of a terminal"


def test_help_and_version_load_neither_the_contract_nor_the_checks() -> None:
    code = (
        "import sys; from profile_relations_conformance.commands.main import main\n"
        "try: main(['run', '--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'httpx', 'hypothesis', 'yaml', 'jsonschema', 'argcomplete'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


def test_version(call: Callable[..., Said]) -> None:
    assert re.fullmatch(r"relations-conformance \d+\.\d+\.\d+(\.dev\d+)?\n", call("--version").out)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["no-such-command"],
        ["run", "--rate", "0"],
        ["run", "--max-requests", "1.5"],
        ["run", "--timeout", "soon"],
        ["run", "--profile", "slow"],
        ["run", "--sel", "TOKEN-EMPTY"],
        ["run", "--select", "NO-SUCH-*"],
        ["run", "--base-url", "http://localhost"],
        ["run", "--report-json", "/proc/none/report.json"],
        ["run", "--report-json", "/"],
        ["run", "--report-json", "same", "--report-junit", "same"],
        ["list", "--level", "may"],
        ["list", "--area", "nowhere"],
        ["explain", "NO-SUCH"],
        ["explain", "TOKEN-EMTPY"],
        ["replay", "no-such-file"],
        ["compare", "no-such-file", "no-such-file"],
        ["known-failing", "no-such-file"],
        ["completion", "tcsh"],
    ],
    ids=" ".join,
)
def test_a_usage_error_is_one_line_with_a_hint(call: Callable[..., Said], arguments: list[str]) -> None:
    said = call(*arguments)
    assert said.code == 2
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert re.match(r"relations-conformance( [a-z-]+)?: ", line)
    assert re.search(r"[.?] [A-Z`]", line), "a sentence that says what to do follows what was wrong"


def test_a_budget_that_does_not_even_allow_to_begin(
    call: Callable[..., Said], server: str, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELATIONS_TOKEN", "not-the-token")
    said = call("run", "--target", target, "--base-url", server, "--max-requests", "1")
    assert said.code == 2
    assert said.out == ""
    assert "requests are used up before anything could be judged. Allow more" in said.err


def test_list_tells_each_requirement_in_a_line(call: Callable[..., Said]) -> None:
    lines = call("list").out.splitlines()
    requirements = load_ledger().requirements
    assert [line.split()[0] for line in lines] == list(requirements)
    assert all(item.statement in line for item, line in zip(requirements.values(), lines, strict=True))


@pytest.mark.parametrize(
    ("options", "fits"),
    [
        (["token"], lambda item: item.area == "token"),
        (["--area", "token"], lambda item: item.area == "token"),
        (["--area", "token", "--area", "rel_id"], lambda item: item.area in {"token", "rel_id"}),
        (["--area", "token", "--level", "must"], lambda item: item.area == "token" and item.is_must),
        (["token-e*", "REL-ID-TYPE"], lambda item: item.id.startswith("TOKEN-E") or item.id == "REL-ID-TYPE"),
        (["REL-ID-TYPE", "--level", "MUST"], lambda _: False),
    ],
)
def test_list_filters(call: Callable[..., Said], options: list[str], fits: Callable[[Requirement], bool]) -> None:
    wanted = {item.id for item in load_ledger().requirements.values() if fits(item)}
    assert {item["id"] for item in json.loads(call("list", "--json", *options).out)} == wanted
    assert {line.split()[0] for line in call("list", *options).out.splitlines()} == wanted


def test_list_writes_all_that_the_ledger_says(call: Callable[..., Said]) -> None:
    (item,) = json.loads(call("list", "--json", "TOKEN-EMPTY").out)
    requirement = load_ledger().requirements["TOKEN-EMPTY"]
    assert {name: tuple(value) if isinstance(value, list) else value for name, value in item.items()} == vars(
        requirement
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [("token-empty", '"error": 401', '"error": 0'), ("REPLY-JSON", '{ "data": [', "{'data': [{")],
    ids=["a check", "a rule"],
)
def test_explain_shows_a_good_and_a_bad_reply(
    call: Callable[..., Said], token: str, name: str, right: str, wrong: str
) -> None:
    said = call("explain", name)
    assert said.code == 0
    words = " ".join(said.out.split())
    ledger = load_ledger()
    requirement = ledger.requirements[name.upper()]
    for told in (requirement.statement, requirement.why, requirement.page):
        assert told in words
    assert "Fact " not in words
    good, bad = words.index("Good reply"), words.index("Bad reply")
    assert '"token":' in words[:good]
    assert right in words[good:bad]
    assert right not in words[bad:]
    assert wrong in words[bad:]
    assert "HTTP 200" in words[good:bad]
    assert "Expected:" in words[bad:]
    assert "relations-server --fault" in words[bad:]
    assert token not in said.out


def shown_json(lines: list[str]) -> Iterator[dict[str, Any]]:
    """Reads each JSON object of an output, from its first line to its last."""
    while "    {" in lines:
        start = lines.index("    {")
        end = lines.index("    }", start) + 1
        yield json.loads("\n".join(lines[start:end]))
        lines = lines[end:]


@pytest.mark.parametrize("name", ["TOTAL-COUNT-EXPECTED", "ROBUST-LONG"])
def test_explain_prints_json_that_can_be_copied(call: Callable[..., Said], name: str) -> None:
    """Also of a long list, a long text, and on a narrow terminal."""
    said = call("explain", name)
    request, good, *bad = shown_json(said.out.splitlines())
    assert request["token"] == "{{token}}"
    assert {"error", "error_text"} <= good.keys()
    if name == "TOTAL-COUNT-EXPECTED":
        assert len(good["data"]) == len(bad[0]["data"]) == 2
        assert "(the first 2 of 123 in data)" in said.out
        assert "(the first 2 of 100 in data)" in said.out


def document(outcomes: dict[str, str], **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - parts of a report
    settings = {"profile": "standard", "seed": 0}
    requirements = [{"id": name, "outcome": outcome, "statement": "…"} for name, outcome in outcomes.items()]
    versions = {"contract": {"version": "1.1", "sha256": "0" * 64}}
    whole = {"requirements": requirements, "settings": settings, "versions": versions, "complete": True}
    return whole | {"interrupted": ""} | changes


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ("passed", "failed", "newly_failing"),
        ("not tested", "failed", "newly_failing"),
        ("errored", "failed", "newly_failing"),
        (None, "failed", "newly_failing"),
        ("passed", "known failing", "excused"),
        ("failed", "passed", "fixed"),
        ("known failing", "passed", "fixed"),
        ("passed", None, "vanished"),
        ("failed", None, "vanished"),
        ("passed", "not tested", "newly_untested"),
        ("failed", "errored", "newly_untested"),
        ("failed", "failed", ""),
        ("known failing", "failed", ""),
        ("failed", "known failing", ""),
        ("not tested", "passed", ""),
        ("not tested", None, ""),
        (None, "passed", ""),
    ],
)
def test_compare_says_what_moved(before: str | None, after: str | None, moved: str) -> None:
    old, new = (document({"A": outcome} if outcome else {}) for outcome in (before, after))
    found = compare(old, new)
    for name in ("newly_failing", "excused", "fixed", "vanished", "newly_untested"):
        assert getattr(found, name) == (("A",) if name == moved else ())
    assert found.is_regression is (moved == "newly_failing")


def test_compare_says_what_makes_reports_hard_to_compare() -> None:
    old = document({}, complete=False, interrupted="the run was interrupted")
    new = document({}, settings={"profile": "quick", "seed": 7}, versions={"contract": {"sha256": "1" * 64}})
    broken, contract, profile, seed = compare(old, new).remarks
    assert "the run was interrupted" in broken
    assert "contract" in contract
    assert "standard and quick" in profile
    assert "0 and 7" in seed


def test_compare_ends_with_1_on_a_regression_alone(
    call: Callable[..., Said], target: Path, server: str, faulty: str, tmp_path: Path
) -> None:
    right, wrong = tmp_path / "right.json", tmp_path / "wrong.json"
    for url, path in ((server, right), (faulty, wrong)):
        what = ("--target", target, "--base-url", url, "--profile", "quick", "--select", "TOTAL-COUNT-E*")
        call("run", *what, "--report-json", path)
    regression = call("compare", right, wrong)
    assert regression.code == 1
    assert "Newly failing (1)\n  TOTAL-COUNT-EXPECTED" in regression.out
    fixed = call("compare", wrong, right)
    assert fixed.code == 0
    assert "Fixed (1)\n  TOTAL-COUNT-EXPECTED" in fixed.out
    assert call("compare", wrong, wrong).out == "Nothing changed.\n"


COMPLETE = """
eval "$(relations-conformance completion bash)"
ask() {
  COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9; COMPREPLY=()
  _python_argcomplete relations-conformance
  echo "${COMPREPLY[@]}"
}
ask relations-conformance known
ask relations-conformance explain TOKEN-E
ask relations-conformance list tok
ask relations-conformance run --report-j
"""


def test_bash_completes_commands_ids_areas_and_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=":")
    result = subprocess.run([BASH, "-c", COMPLETE], capture_output=True, text=True, check=True)
    lines = [line.split() for line in result.stdout.splitlines()]
    ids = [name for name in load_ledger().requirements if name.startswith("TOKEN-E")]
    assert [sorted(line) for line in lines] == [
        ["known-failing"],
        sorted(ids),
        ["token"],
        ["--report-json", "--report-junit"],
    ]


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_a_script_of_its_own(call: Callable[..., Said], shell: str) -> None:
    script = call("completion", shell).out
    assert "relations-conformance" in script
    if shutil.which(shell):
        checked = subprocess.run([shell, "-n"], input=script, text=True, capture_output=True, check=False)
        assert checked.returncode == 0, checked.stderr
