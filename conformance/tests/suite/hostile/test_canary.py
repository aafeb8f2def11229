"""A token that a server says back in every spelling stands in no output of any command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.client.hostile import Connection, HostileServer
from tests.helpers.hostile_runs import VIEWS, token_in
from tests.helpers.hostile_targets import PROFILE, SPELLINGS, TOKEN, entry, success

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.suite.conftest import Said

pytest_plugins = ["pytester"]
SAID = " | ".join(spell(TOKEN) for spell in SPELLINGS.values())
HEADERS = [
    f"X-Said-{number}: {spell(TOKEN)}"
    for number, (name, spell) in enumerate(SPELLINGS.items())
    if name != "broken by zero-width characters"  # which no header holds
]


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("RELATIONS_TOKEN", TOKEN)
    return TOKEN


@pytest.fixture(scope="module")
def telltale() -> Iterator[str]:
    """A server that says the token back in every spelling and every place."""
    right = json.dumps(success(entry(profile_id_b=SAID, xxh_b=SAID, props={SAID: {"value": SAID}}), text=SAID)).encode()
    wrong = json.dumps({"error": 401, "error_text": f"no such token: {SAID}", SAID: SAID}).encode()

    def script(connection: Connection) -> None:
        body = connection.read_request()
        connection.reply(right if PROFILE.encode() in body else wrong, "200 OK", *HEADERS)

    with HostileServer(script) as server:
        yield server.url


def test_every_spelling_is_looked_for() -> None:
    for name, spell in SPELLINGS.items():
        assert token_in(f"it is {spell(TOKEN)}."), name
    assert token_in(f"it is {TOKEN[5:13]}.")
    assert not token_in(f"it is {TOKEN[5:12]}.")


def test_no_command_and_no_view_shows_the_token(
    call: Callable[..., Said], telltale: str, target: Path, tmp_path: Path
) -> None:
    files = [part for view, name in VIEWS.items() for part in (f"--report-{view}", tmp_path / name)]
    where = ("--target", target, "--base-url", telltale)
    what = ("--effort", "quick", "--select", "entries", "envelope", "token", "matching")
    said = [call("run", *where, *what, "--show-data", *files)]
    assert said[0].code == 1
    report, listed, new = tmp_path / VIEWS["json"], tmp_path / "known.toml", tmp_path / "new.toml"
    profile = ("--base-url", telltale, "--profile-id", PROFILE, "--rel-id", 2, "--email", "nobody@example.invalid")
    said += [
        call("replay", report, *where),
        call("compare", report, report),
        call("known-failing", report),
        call("known-failing", report, "--output", listed),
        call("init-target", *profile, "--output", new),
        call("explain", "TOKEN-EMPTY"),
        call("list"),
        call(
            "run", "--target", target, "--base-url", telltale.replace("/v1.1", f"/{TOKEN}"), "--select", "TOKEN-EMPTY"
        ),
    ]
    written = [tmp_path.joinpath(name) for name in VIEWS.values()] + [listed, new]
    assert "base_url carries the token" in said[-1].err
    texts = [text for item in said for text in (item.out, item.err)]
    texts += [path.read_text("utf-8") for path in written]
    assert [found for text in texts if (found := token_in(text))] == []


def test_pytest_shows_none(pytester: pytest.Pytester, telltale: str, target: Path) -> None:
    what = ("--relations-target", target, "--relations-base-url", telltale, "--relations-effort", "quick")
    options = ("-p", "no:cacheprovider", "-p", "no:schemathesis", "-rA", "-k", "ENTRY or TOTAL or TOKEN")
    result = pytester.runpytest_subprocess("--pyargs", "profile_relations_conformance", *options, *what)
    text = str(result.stdout) + str(result.stderr)
    assert "got:" in text
    assert token_in(text) == []
