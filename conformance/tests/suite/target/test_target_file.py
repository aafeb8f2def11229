"""A target file that is wrong is answered with one line: the file, the place, what is wrong and what to do."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest
from profile_relations_conformance.errors import TargetFileError
from profile_relations_conformance.run.reference_server import bundled_target
from profile_relations_conformance.target.file import load_target
from profile_relations_conformance.target.model import Token

if TYPE_CHECKING:
    from pathlib import Path

TOP = 'base_url = "https://example.com/api/v1.1"\ntoken_env = "MY_TOKEN"\n'
PROFILE = '[[profiles]]\nprofile_id = "669e6968ebf4ac52b623a997"\nrel_id = 2\n'


@pytest.fixture(autouse=True)
def my_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", "canary-7f3a")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "target.toml"


def error_of(file: Path, text: str) -> str:
    file.write_text(text, "utf-8")
    with pytest.raises(TargetFileError) as caught:
        load_target(file)
    message = str(caught.value)
    assert "\n" not in message
    assert str(file) in message or "environment variable" in message or "base_url" in message
    return message


def test_the_least_that_a_file_must_tell(file: Path) -> None:
    file.write_text(TOP + PROFILE, "utf-8")
    target = load_target(file)
    assert target.base_url == "https://example.com/api/v1.1"
    assert [(profile.profile_id, profile.rel_id) for profile in target.profiles] == [("669e6968ebf4ac52b623a997", 2)]
    assert target.token.reveal() == "canary-7f3a"


def test_everything_that_a_file_can_tell_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELATIONS_TOKEN", "x")
    with bundled_target() as path:
        profiles = load_target(path).profiles
    assert any(profile.subscriptions for profile in profiles)
    assert any(item.tags for profile in profiles for item in profile.custom_fields)
    assert any(isinstance(item.value, int) for profile in profiles for item in profile.custom_fields)
    assert any(profile.selectors for profile in profiles)
    assert any(profile.expected_total == 0 for profile in profiles)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{TOP}{PROFILE}other_rel_id = 2\n", "profiles[0].other_rel_id is its rel_id. Name another type of relation"),
        ("base_url = ", "is not TOML"),
        (TOP, "profiles is missing"),
        (TOP + "profiles = []", "profiles must not be empty"),
        (TOP + '[[profiles]]\nprofile_id = "a"', "profiles[0].rel_id is missing"),
        (TOP + "[[profiles]]\nrel_id = 2", "profiles[0].profile_id is missing"),
        (TOP + PROFILE.replace("= 2", '= "2"'), "profiles[0].rel_id must be an integer, and is a string"),
        (TOP + PROFILE.replace("= 2", "= true"), "profiles[0].rel_id must be an integer, and is a boolean"),
        (
            TOP + PROFILE + "emial = 'a@example.com'",
            "profiles[0].emial is not a key of a target file. Did you mean email?",
        ),
        (TOP + PROFILE + "expected_total = -1", "profiles[0].expected_total must not be below 0"),
        (TOP + PROFILE + "email = ''", "profiles[0].email must not be empty"),
        (TOP + PROFILE + PROFILE, "profiles[1].profile_id is that of profiles[0]"),
        (TOP + 'token = "canary-7f3a"\n' + PROFILE, "token must not be in a file"),
        (
            TOP + PROFILE + "[[profiles.subscriptions]]\nresource_id = 2",
            "profiles[0].subscriptions[0] must have one of",
        ),
        (TOP + PROFILE + "[[profiles.custom_fields]]\nname = 'A'", "custom_fields[0] must have one of value or tags"),
        (TOP + PROFILE + "[[profiles.custom_fields]]\nname = 'A'\nvalue = 1.5", "must be a string or an integer"),
        (TOP.replace("https://", "ftp://") + PROFILE, "base_url is not an http or https URL"),
        (TOP.replace("https://", "https://me:pass@") + PROFILE, "base_url must have only a scheme, a host and a path"),
        (TOP.replace(".com", ".com:http") + PROFILE, "base_url is not a URL"),
        (PROFILE, "base_url is missing"),
        (TOP.replace("MY_TOKEN", "NO_SUCH_VARIABLE") + PROFILE, "NO_SUCH_VARIABLE for the token is not set"),
    ],
)
def test_what_is_wrong_is_said(file: Path, text: str, said: str) -> None:
    message = error_of(file, text)
    assert said in message
    assert "canary-7f3a" not in message


def test_a_file_that_is_not_there(file: Path) -> None:
    with pytest.raises(TargetFileError, match="can't be read"):
        load_target(file)


def test_a_file_that_is_not_text(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(TargetFileError, match="not UTF-8"):
        load_target(file)


def test_a_token_is_shown_nowhere(file: Path) -> None:
    file.write_text(TOP + PROFILE, "utf-8")
    target = load_target(file)
    assert "canary-7f3a" not in f"{target!r} {target} {target.token!r} {target.token}"
    with pytest.raises(TypeError):
        pickle.dumps(Token("canary-7f3a"))


def test_a_byte_order_mark_is_passed_over(file: Path) -> None:
    file.write_text(TOP + PROFILE, "utf-8-sig")
    assert load_target(file).token_env == "MY_TOKEN"


@pytest.mark.parametrize(
    "line",
    [
        f"expected_total = {'9' * 5000}",
        f"selectors = {'[' * 5000}{']' * 5000}",
        "expected_total = nan",
        "expected_total = -inf",
        "email = 1979-05-27",
        "selectors = [{phone = 07:32:00}]",
    ],
    ids=lambda line: line[:24],
)
def test_an_odd_value_is_answered_with_one_line(file: Path, line: str) -> None:
    assert error_of(file, f"{TOP}{PROFILE}{line}\n")
