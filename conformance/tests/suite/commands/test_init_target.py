"""init-target writes what the server confirms, and puts the rest in comments."""

from __future__ import annotations

import os
import pty
import shlex
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.suite.conftest import Said

JOHN = ("--profile-id", "669e6968ebf4ac52b623a997", "--rel-id", "2")
MARY = ("--profile-id", "67483a50dd234afed66aaad2", "--rel-id", "2")
ALL_OF_JOHN = (
    *("--email", "john@example.com", "--phone", "+79000000000"),
    *("--subscription", "24=john.news@example.com", "--subscription", "31=+79000000017"),
    *("--field", "CRM_ID=123420", "--number", "LOYALTY=7", "--tags", "TAGS=tag-1, tag-2"),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "my-server.toml"


@pytest.fixture
def init(call: Callable[..., Said], file: Path) -> Callable[..., Said]:
    return lambda *options: call("init-target", "--output", file, *options)


def test_what_the_server_confirms_is_written_and_can_be_judged(
    init: Callable[..., Said], call: Callable[..., Said], server: str, file: Path, token: str
) -> None:
    said = init("--base-url", server, *JOHN, *ALL_OF_JOHN)
    assert said.code == 0, said.out + said.err
    text = file.read_text("utf-8")
    assert tomllib.loads(text) == {
        "base_url": server,
        "token_env": "RELATIONS_TOKEN",
        "profiles": [
            {
                "profile_id": "669e6968ebf4ac52b623a997",
                "rel_id": 2,
                "other_rel_id": 3,
                "expected_total": 1,
                "email": "john@example.com",
                "phone": "+79000000000",
                "subscriptions": [
                    {"resource_id": 24, "email": "john.news@example.com"},
                    {"resource_id": 31, "phone": "+79000000017"},
                ],
                "custom_fields": [
                    {"name": "CRM_ID", "value": "123420"},
                    {"name": "LOYALTY", "value": 7},
                    {"name": "TAGS", "tags": ["tag-1", "tag-2"]},
                ],
            }
        ],
    }
    assert text.count("# ") > 4
    assert token not in text + said.out
    assert call("run", "--target", file, "--profile", "quick", "--select", "MATCH-*").code == 0


def test_what_does_not_find_the_profile_is_told_and_stands_in_comments(
    init: Callable[..., Said], server: str, file: Path
) -> None:
    wrong = ("--phone", "+10000000000", "--subscription", "24=no@example.com", "--tags", "TAGS=tag-1, none")
    said = init("--base-url", server, *JOHN, "--email", "john@example.com", *wrong)
    assert said.code == 1
    for key in ("phone", "subscriptions[0].email", "custom_fields[0].tags"):
        assert f"NOT FOUND  profiles[0].{key}  mode" in said.out
    assert "no such profile" in said.out
    text = file.read_text("utf-8")
    assert tomllib.loads(text)["profiles"] == [
        {
            "profile_id": "669e6968ebf4ac52b623a997",
            "rel_id": 2,
            "other_rel_id": 3,
            "expected_total": 1,
            "email": "john@example.com",
        }
    ]
    assert '# phone = "+10000000000"' in text
    assert '# tags = ["tag-1", "none"]' in text


def test_an_address_of_another_profile_is_told(init: Callable[..., Said], server: str) -> None:
    said = init("--base-url", server, *JOHN, "--email", "mary.hill@example.com")
    assert said.code == 1
    assert "NOT FOUND  profiles[0].email  mode email: a success, 123 relations of 67483a50dd234afed66aaad2" in said.out


def test_a_file_that_is_there_gets_a_further_profile(init: Callable[..., Said], server: str, file: Path) -> None:
    init("--base-url", server, *JOHN, "--email", "john@example.com")
    before = file.read_text("utf-8")
    assert init(*MARY, "--email", "mary.hill@example.com").code == 0
    assert file.read_text("utf-8").startswith(before)
    profiles = tomllib.loads(file.read_text("utf-8"))["profiles"]
    assert [(item["expected_total"], item["other_rel_id"]) for item in profiles] == [(1, 3), (123, 8)]

    twice = init(*MARY)
    assert twice.code == 2
    assert "Describe a profile once" in twice.err
    assert len(tomllib.loads(file.read_text("utf-8"))["profiles"]) == 2
    assert "another base_url" in init(*MARY, "--base-url", "http://localhost/elsewhere").err


@pytest.mark.parametrize("end", ["", "\n", "\n# the end", "\n\n\n"], ids=repr)
def test_what_a_user_wrote_in_the_file_stays(init: Callable[..., Said], server: str, file: Path, end: str) -> None:
    own = (
        f"# Our staging server.\ntoken_env = 'RELATIONS_TOKEN'  # from the vault\nbase_url = '{server}'\n\n"
        "[[profiles]] # John\nrel_id = 2\nprofile_id = '669e6968ebf4ac52b623a997'\n"
        "  [[profiles.subscriptions]]\n  email = 'john.news@example.com' # the newsletter\n  resource_id = 24"
    )
    file.write_text(own + end, "utf-8")
    assert init(*MARY, "--email", "mary.hill@example.com", "--phone", "+10000000000").code == 1
    text = file.read_text("utf-8")
    assert text.startswith(own + end.rstrip("\n"))
    john, mary = tomllib.loads(text)["profiles"]
    assert john["subscriptions"] == [{"resource_id": 24, "email": "john.news@example.com"}]
    assert mary["email"] == "mary.hill@example.com"
    assert "phone" not in mary


def test_profiles_in_one_line_get_a_further_one(init: Callable[..., Said], server: str, file: Path) -> None:
    file.write_text(f"base_url = '{server}'\nprofiles = [{{profile_id = '{JOHN[1]}', rel_id = 2}}]  # ours\n", "utf-8")
    assert init(*MARY, "--subscription", "24=mary.news@example.com").code in {0, 1}
    assert [item["profile_id"] for item in tomllib.loads(file.read_text("utf-8"))["profiles"]] == [JOHN[1], MARY[1]]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "--profile-id is missing"),
        (("--profile-id", "a"), "--rel-id is missing"),
        ((*JOHN, "--field", "CRM_ID"), "--field 'CRM_ID' is not of the form NAME=VALUE"),
        ((*JOHN, "--number", "LOYALTY=seven"), "--number: 'seven' is not a whole number"),
        ((*JOHN, "--subscription", "a=b@example.com"), "--subscription: 'a' is not a whole number"),
        (
            ("--profile-id", "0" * 24, "--rel-id", "2"),
            "profile_id does not find the profile: mode profile_id: a refusal",
        ),
        ((*JOHN, "--token-env", "NO_SUCH"), "NO_SUCH for the token is not set"),
    ],
)
def test_nothing_is_written_where_it_can_not_be_true(
    init: Callable[..., Said], server: str, file: Path, options: tuple[str, ...], said: str
) -> None:
    answer = init("--base-url", server, *options)
    assert answer.code == 2
    assert said in answer.err
    assert len(answer.err.splitlines()) == 1
    assert not file.exists()


def test_a_token_that_would_be_written_is_found(
    init: Callable[..., Said], serve: Callable[..., str], file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = tmp_path / "world.yaml"
    world.write_text("{tokens: [canary-77], profiles: [{profile_id: 669e6968ebf4ac52b623a997, database: 5}]}", "utf-8")
    monkeypatch.setenv("RELATIONS_TOKEN", "canary-77")
    answer = init("--base-url", serve("--world", world), *JOHN, "--field", "SECRET=canary-77")
    assert answer.code == 3
    assert "canary-77" not in answer.out + answer.err
    assert not file.exists()


class Dialogue(NamedTuple):
    """What init-target said on a terminal, and its exit code."""

    code: int
    out: str
    err: str


def on_a_terminal(file: Path, answers: list[str], *options: str, ends: bool = False) -> Dialogue:
    """Runs init-target on a terminal on which the answers are typed, and where asked for the end of input."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "profile_relations_conformance", "init-target", "--output", str(file), *options]
    with subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        os.write(ours, "".join(f"{answer}\n" for answer in answers).encode() + b"\x04" * ends)
        try:
            out, err = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:  # it waits for an answer that is not there
            process.kill()
            out, err = process.communicate()
    os.close(ours)
    os.close(theirs)
    return Dialogue(process.returncode, out, err)


NOTHING_MORE = ["", "", "", ""]
"""No subscription, no custom field of any kind."""


def test_on_a_terminal_it_asks(server: str, file: Path) -> None:
    """Required answers are asked for until they come; the others may be left empty."""
    john = ["669e6968ebf4ac52b623a997", "2", "", "+79000000000", "24=john.news@example.com", ""]
    said = on_a_terminal(file, ["", server, *john, "", "", "", "n"])
    assert said.code == 0, said.err
    assert said.err.count("Base URL of the server") == 2
    (profile,) = tomllib.loads(file.read_text("utf-8"))["profiles"]
    assert profile["phone"] == "+79000000000"
    assert profile["subscriptions"] == [{"resource_id": 24, "email": "john.news@example.com"}]
    assert "email" not in profile
    assert "profiles[0] written" in said.out
    last = said.err.splitlines()[-1].rpartition("Judge the server: ")[2]
    assert last == shlex.join([sys.executable, "-m", "profile_relations_conformance", "run", "--target", str(file)])


def test_each_answer_is_checked_when_it_is_given(server: str, file: Path) -> None:
    urls = ["example.com", "http://127.0.0.1:9/api/v1.1", f"{server}/elsewhere", server]
    profiles = ["0" * 24, "two", "2", "669e6968ebf4ac52b623a997", "2"]
    fields = [
        "mary.hill@example.com",
        "john@example.com",
        "+10000000000",
        "",
        "",
        "CRM_ID",
        "CRM_ID=123420",
        "",
        "",
        "",
    ]
    said = on_a_terminal(file, [*urls, *profiles, *fields, "n"])
    assert said.code == 1, said.err
    told = iter(said.err.splitlines())
    for words in (
        "base_url is not an http or https URL",
        "can't be reached",
        "Is the base URL right?",
        "'two' is no whole number",
        "profile_id does not find the profile",
        "not found: mode email",
        "found",
        "not found: mode phone",
        "not of the form NAME=VALUE",
        "found",
    ):
        assert any(words in line for line in told), f"{words} in {said.err}"
    (profile,) = tomllib.loads(file.read_text("utf-8"))["profiles"]
    assert profile["email"] == "john@example.com"
    assert profile["custom_fields"] == [{"name": "CRM_ID", "value": "123420"}]
    assert '# phone = "+10000000000"' in file.read_text("utf-8")


def test_a_server_that_is_not_there_is_kept_where_it_is_given_twice(file: Path) -> None:
    gone = "http://127.0.0.1:9/api/v1.1"
    said = on_a_terminal(file, [gone, gone], ends=True)
    assert said.code == 2
    assert "Give another one, or the same again to keep it" in said.err
    assert f"--base-url {gone}" in said.err


def test_another_profile_is_asked_for_with_all_its_questions(server: str, file: Path) -> None:
    john = ["669e6968ebf4ac52b623a997", "2", "", "", "", "", "", "TAGS=tag-1, tag-2", ""]
    mary = ["67483a50dd234afed66aaad2", "2", "mary.hill@example.com", "", *NOTHING_MORE]
    said = on_a_terminal(file, [server, *john, "y", *mary, "n"])
    assert said.code == 0, said.err
    assert said.err.count("Tag field, as NAME=TAG, TAG") == 3
    assert said.err.count("Base URL of the server") == 1
    first, second = tomllib.loads(file.read_text("utf-8"))["profiles"]
    assert first["custom_fields"] == [{"name": "TAGS", "tags": ["tag-1", "tag-2"]}]
    assert second["email"] == "mary.hill@example.com"


def test_what_was_answered_is_kept_where_something_fails(server: str, file: Path) -> None:
    said = on_a_terminal(file, [server, "669e6968ebf4ac52b623a997"], "--tags", "TAGS=tag-1, tag-2", ends=True)
    assert said.code == 2
    assert not file.exists()
    line = next(line for line in said.err.splitlines() if line.startswith("Go on with what you answered: "))
    again = [*shlex.split(line.partition(": ")[2]), "--rel-id", "2"]
    ended = subprocess.run(again, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    (profile,) = tomllib.loads(file.read_text("utf-8"))["profiles"]
    assert profile["custom_fields"] == [{"name": "TAGS", "tags": ["tag-1", "tag-2"]}]


def test_a_token_that_is_not_taken_is_told_before_any_profile(
    server: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELATIONS_TOKEN", "canary-5d1e90aa")
    said = on_a_terminal(file, [server])
    assert said.code == 2
    assert "the server does not take the token" in said.err
    assert "Identifier of a profile" not in said.err
    assert "canary-5d1e90aa" not in said.err


@pytest.mark.parametrize("error_code", ["guide", "own"])
def test_a_server_that_takes_the_token_in_the_header_is_found_out(
    serve: Callable[..., str], init: Callable[..., Said], call: Callable[..., Said], file: Path, error_code: str
) -> None:
    url = serve("--variant", "token-in=header", "--variant", f"error-code={error_code}")
    said = init("--base-url", url, *JOHN, *ALL_OF_JOHN)
    assert said.code == 0, said.out + said.err
    assert tomllib.loads(file.read_text("utf-8"))["token_in"] == "header"
    assert call("run", "--target", file, "--effort", "quick", "--select", "MATCH-*").code == 0


def test_on_a_terminal_the_place_of_the_token_is_found_out_too(serve: Callable[..., str], file: Path) -> None:
    url = serve("--variant", "token-in=header")
    said = on_a_terminal(file, [url, JOHN[1], JOHN[3], *[""] * 8])
    assert said.code == 0, said.err
    assert tomllib.loads(file.read_text("utf-8"))["token_in"] == "header"


def test_a_token_that_neither_place_takes_is_told_of_the_body(
    init: Callable[..., Said], server: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELATIONS_TOKEN", "canary-5d1e90aa")
    said = init("--base-url", server, *JOHN)
    assert said.code == 2
    assert "the token" in said.err
    assert not file.exists()
