"""Nothing that a server, a file or a variable supplied reaches an output as a character that can't be seen."""

from __future__ import annotations

import json
import sys
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from profile_relations_conformance.target.shown_text import shown_line, visible

from tests.client.hostile import Connection, HostileServer
from tests.helpers.hostile_runs import COMMANDS, VIEWS, invisible
from tests.helpers.hostile_targets import PROFILE, entry, success

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.suite.conftest import Said

pytest_plugins = ["pytester"]
UNSEEN = "".join(it for it in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(it) in {"Cc", "Cf"})
"""All of Unicode's controls and formats."""
COMMAND = "\n::warning::owned\n##[error]owned"
HOSTILE = f"{UNSEEN}{COMMAND}"
NAMED = f"{UNSEEN[1:]}{COMMAND}"
"""The same without NUL, which no command line can hold."""


def judged(*said: Said) -> list[list[str]]:
    """Gives what can't be seen in each output, and the commands in it."""
    texts = [text for item in said for text in (item.out, item.err)]
    return [found for text in texts if (found := invisible(text) + COMMANDS.findall(text))]


@pytest.fixture(scope="module")
def hostile() -> Iterator[str]:
    """A server that says all of them, in refusals and in relations."""
    right = json.dumps(success(entry(profile_id_b=HOSTILE, props={HOSTILE: HOSTILE}), text=HOSTILE)).encode()
    wrong = json.dumps({"error": 400, "error_text": f"no {HOSTILE}", HOSTILE: HOSTILE}).encode()

    def script(connection: Connection) -> None:
        body = connection.read_request()
        connection.reply(right if PROFILE.encode() in body else wrong, "200 OK", "X-Said: \x1b[31m\x9b")

    with HostileServer(script) as server:
        yield server.url


@pytest.fixture
def report(call: Callable[..., Said], hostile: str, target: Path, tmp_path: Path) -> Path:
    """The report on it, in all views."""
    files = [part for view, name in VIEWS.items() for part in (f"--report-{view}", tmp_path / name)]
    said = call("run", "--target", target, "--base-url", hostile, "--effort", "quick", "--select", "entries", *files)
    assert said.code == 1
    assert judged(said) == []
    return tmp_path / VIEWS["json"]


def test_all_are_written_as_escapes() -> None:
    assert len(UNSEEN) > 200
    assert invisible(visible(UNSEEN)) == []
    assert visible("\ufe0f\u3164\u2028") == "\\ufe0f\\u3164\\u2028"
    assert shown_line("::set-output::x ##[group]") == "\\x3a:set-output::x \\x23#[group]"


def test_no_view_of_a_report_holds_one(report: Path) -> None:
    for view, name in VIEWS.items():
        text = report.with_name(name).read_text("utf-8")
        assert (view, invisible(text)) == (view, [])
        assert (view, COMMANDS.findall(text)) == (view, [])


def test_no_command_that_reads_a_report_prints_one(
    call: Callable[..., Said], hostile: str, target: Path, report: Path
) -> None:
    other = report.with_name("other.json")
    other.write_text(json.dumps(_with_hostile_texts(json.loads(report.read_text("utf-8")))), "utf-8")
    again = call("replay", report, "--target", target, "--base-url", hostile)
    assert "still fails" in again.out
    said = (
        call("compare", report, other),
        call("compare", other, report),
        call("known-failing", other),
        call("replay", other),
        call("replay", other, "--target", target),
    )
    assert judged(again, *said) == []


def _with_hostile_texts(document: dict[str, Any]) -> dict[str, Any]:
    requirements = [
        item | {"outcome": "failed", "statement": f"{item['statement']}{HOSTILE}"} for item in document["requirements"]
    ]
    changed = {"target": {"base_url": HOSTILE}, "settings": {"target": HOSTILE}}
    told = {name: document[name] | members for name, members in changed.items()}
    return document | told | {"requirements": requirements, "complete": False, "interrupted": HOSTILE}


def test_no_usage_error_prints_one(call: Callable[..., Said], tmp_path: Path) -> None:
    key, broken, variable = (tmp_path / f"{name}.toml" for name in ("key", "broken", "variable"))
    key.write_text(f'base_url = "http://localhost"\n{_in_toml(NAMED)} = 1\n', "utf-8")
    broken.write_text(f"{NAMED} = ", "utf-8")
    profile = f'[[profiles]]\nprofile_id = "{PROFILE}"\nrel_id = 2\n'
    name = _in_toml("NO\u202e\u200bSUCH")
    variable.write_text(f'base_url = "http://localhost"\ntoken_env = {name}\n{profile}', "utf-8")
    unnamed = tmp_path / NAMED[:100].replace("/", "")
    said = [
        *(call("run", "--target", file) for file in (key, broken, variable, unnamed)),
        call("run", "--select", NAMED),
        call("explain", NAMED),
        call("replay", unnamed),
        call("compare", unnamed, unnamed),
        call("known-failing", unnamed),
        call(NAMED),
        call("fill", f"{{{{{NAMED}}}}}"),
        call("run", "--contract", unnamed),
    ]
    assert [item.code for item in said] == [2] * len(said)
    assert judged(*said) == []


def _in_toml(text: str) -> str:
    """Writes a basic string of TOML, with an escape for each character that it may not hold as it is."""
    return '"' + "".join(f"\\U{ord(it):08x}" if ord(it) < 32 or ord(it) in {34, 92, 127} else it for it in text) + '"'


def test_init_target_prints_none(call: Callable[..., Said], hostile: str, tmp_path: Path) -> None:
    file = tmp_path / "new.toml"
    what = ("--base-url", hostile, "--profile-id", PROFILE, "--rel-id", 2, "--email", "nobody@example.invalid")
    said = call("init-target", *what, "--output", file)
    assert "NOT FOUND" in said.out
    assert judged(said) == []
    assert invisible(file.read_text("utf-8")) == []


def test_pytest_prints_none(pytester: pytest.Pytester, hostile: str, target: Path) -> None:
    what = ("--relations-target", target, "--relations-base-url", hostile, "--relations-effort", "quick")
    options = ("-p", "no:cacheprovider", "-p", "no:schemathesis", "-rA", "-k", "ENTRY or TOTAL")
    result = pytester.runpytest_subprocess("--pyargs", "profile_relations_conformance", *options, *what)
    text = str(result.stdout)
    assert "got:" in text
    assert invisible(text) == []
    assert COMMANDS.search(text) is None
