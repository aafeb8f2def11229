"""init-target writes what the server confirms, and puts the rest in comments."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

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


def test_on_a_terminal_it_asks(server: str, file: Path) -> None:
    """Required answers are asked for until they come; the others may be left empty."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "profile_relations_conformance", "init-target", "--output", str(file)]
    answers = [
        "",
        server,
        "669e6968ebf4ac52b623a997",
        "2",
        "",
        "+79000000000",
        "24=john.news@example.com",
        "",
        "",
        "",
        "",
    ]
    with subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
        out, err = process.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 0, err
    assert err.count("Base URL of the server") == 2
    (profile,) = tomllib.loads(file.read_text("utf-8"))["profiles"]
    assert profile["phone"] == "+79000000000"
    assert profile["subscriptions"] == [{"resource_id": 24, "email": "john.news@example.com"}]
    assert "email" not in profile
    assert "profiles[0] written" in out
