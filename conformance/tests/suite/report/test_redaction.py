"""Neither the token nor a value of the target file stands in a report, and each request can be made of it again."""

from __future__ import annotations

import html
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profile_relations_conformance.contract.document import load_contract
from profile_relations_conformance.errors import UsageError
from profile_relations_conformance.report.shell_line import ShellLine
from profile_relations_conformance.target.model import CustomField, KnownProfile, Subscription, Target, Token
from profile_relations_conformance.target.placeholders import LARGEST_BODY, fill, resolve
from profile_relations_conformance.target.redaction import Redactor
from profile_relations_conformance.target.secret import Secret
from profile_relations_conformance.transport.exchange import encode

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = Token("canary-5d1e90aa-b7C8d9/e0f1+g2h3==")
TARGET = Target(
    base_url="https://example.com/api/v1.1",
    token_env="RELATIONS_TOKEN",
    token=TOKEN,
    profiles=(
        KnownProfile(
            0,
            "669e6968ebf4ac52b623a997",
            2,
            email="John.O'Hara@example.com",
            phone="+79000000000",
            subscriptions=(Subscription(24, email="john.news@example.com"), Subscription(31, phone="+79000000017")),
            custom_fields=(
                CustomField("CRM_ID", "A-77/b"),
                CustomField("CITY", "Zürich"),
                CustomField("LOYALTY", 7),
                CustomField("NUMBER", 4711234),
                CustomField("TAGS", tags=("early bird", "vip")),
                CustomField("CHANNEL", "email"),
            ),
            selectors=({"matching": "custom", "field_name": "SHOP", "field_value": "shop 17"},),
        ),
    ),
)
CONTRACT = load_contract()
REDACTOR = Redactor.of(CONTRACT, TARGET, show_data=False)
SECRETS = (
    "669e6968ebf4ac52b623a997",
    "John.O'Hara@example.com",
    "+79000000000",
    "john.news@example.com",
    "+79000000017",
    "A-77/b",
    "Zürich",
    4711234,
    "early bird, vip",
    "shop 17",
)


def sent(**fields: object) -> bytes:
    return encode({"token": TOKEN.reveal(), "rel_id": 2, **fields})


def written(content: bytes) -> str:
    """The body as the report has it, after it was made again to the byte."""
    body, exact = REDACTOR.template(content)
    assert exact
    assert resolve({"body": body}, TARGET, TOKEN) == content
    return body


def shows_no_secret(text: str) -> bool:
    shown = text.casefold()
    return not any(str(item).casefold() in shown for item in (TOKEN.reveal(), *SECRETS))


def test_a_value_of_the_target_file_stands_as_its_key() -> None:
    body = written(sent(email="John.O'Hara@example.com", phone="+79000000017"))
    assert json.loads(body) == {
        "token": "{{token}}",
        "rel_id": 2,
        "email": "{{profiles[0].email}}",
        "phone": "{{profiles[0].subscriptions[1].phone}}",
    }


CHANGES: tuple[Callable[[str], str], ...] = (
    str,
    str.upper,
    str.lower,
    str.swapcase,
    lambda value: value[:-1],
    lambda value: value[1:],
    lambda value: f" {value} ",
    lambda value: f"{value}0",
    lambda value: f"{value}, no-such-tag",
    lambda value: value * 2,
)


@pytest.mark.parametrize("secret", [TOKEN.reveal(), *(item for item in SECRETS if isinstance(item, str))])
def test_a_changed_value_is_hidden_and_can_be_made_again(secret: str) -> None:
    for change in CHANGES:
        for name in ("token", "email", "field_value", "unknown"):
            content = encode({"token": TOKEN.reveal(), name: change(secret), "nested": [change(secret)]})
            body = written(content)
            assert secret[1:-1].casefold() not in body.casefold()


@pytest.mark.parametrize("text", [json.dumps("A-77/b").replace("/", "\\/"), quote("Zürich"), "Z&uuml;", "o'hara"])
def test_a_reply_may_write_a_value_as_it_likes(text: str) -> None:
    spelled = {
        "John.O&#39;Hara@example.com",
        "John.O&#x27;Hara@example.com",
        "Z\\u00fcrich",
        "Zürich",
        "A-77\\/b",
        text,
    }
    assert shows_no_secret(REDACTOR.text(" ".join(spelled)))
    assert "{{profiles[0].custom_fields[1].value}}" in REDACTOR.text("Z\\u00fcrich")


def test_an_identifier_is_known_by_its_hash_too() -> None:
    assert REDACTOR.text("`xxh_a` is '5af1023c84f66195'") == "`xxh_a` is '{{profiles[0].profile_id|xxh64}}'"


def test_a_number_is_hidden_and_longer_numbers_are_not_torn() -> None:
    assert written(sent(field_value=4711234)) == (
        '{"token":"{{token}}","rel_id":2,"field_value":{{profiles[0].custom_fields[3].value}}}'
    )
    assert "4711235" not in written(sent(field_value=4711235))
    assert REDACTOR.text("total 94711234, 4711234.5, 4711234") == (
        "total 94711234, 4711234.5, {{profiles[0].custom_fields[3].value}}"
    )


def test_a_short_or_common_value_is_hidden_where_its_field_holds_it() -> None:
    assert '"field_value":{{profiles[0].custom_fields[2].value}}}' in written(sent(field_value=7))
    assert '"field_value":{{profiles[0].custom_fields[2].value|+1}}}' in written(sent(field_value=8))
    assert '"field_value":"{{profiles[0].custom_fields[5].value}}"' in written(sent(field_value="email"))
    assert REDACTOR.text('{"db_b": 7, "matching": "email", "total_count": 71}') == (
        '{"db_b": 7, "matching": "email", "total_count": 71}'
    )


@given(st.data())
def test_a_body_that_breaks_off_shows_no_part_of_a_value(data: st.DataObject) -> None:
    secret = data.draw(st.sampled_from([item for item in SECRETS if isinstance(item, str)]))
    whole = encode({"email": secret, "token": TOKEN.reveal()} if data.draw(st.booleans()) else {"phone": secret})
    content = whole[: data.draw(st.integers(0, len(whole)))]
    body = written(content)
    for value in (secret, TOKEN.reveal()):
        assert value[:8] not in body
        assert not body.endswith(value[:4])


@given(st.integers(8, len(TOKEN.reveal())), st.text(max_size=5))
def test_no_telling_beginning_of_the_token_is_shown(length: int, after: str) -> None:
    assert "canary-5" not in REDACTOR.text(f"near '{TOKEN.reveal()[:length]}{after}'")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"\xef\xbb\xbf" + sent(),
        b"[" * 2000 + b"]" * 2000,
        b'{"a":' * 2000 + b"1" + b"}" * 2000,
        sent(email="x" * 100_000),
        sent(email="${7*7}{{7*7}}"),
        sent(email="{{token}}{{profiles[0].email}}"),
        b'{{"x" * 9}}{{{token}}}{{{{{' + sent(),
        b"{" + TOKEN.reveal().encode() + b"}",
        b"{{token}}" + b"x" * 70 + b"{{",
        "ü{{".encode("latin-1"),
    ],
)
def test_any_body_can_be_made_again(content: bytes) -> None:
    assert len(written(content)) < 1_000


@given(st.binary(max_size=60) | st.text().map(lambda text: encode({"email": text})))
def test_any_drawn_body_can_be_made_again(content: bytes) -> None:
    written(content)


@given(st.lists(st.sampled_from(["{", "}", '"', "token", TOKEN.reveal(), "A-77/b", "\\", "é", "x" * 70]), max_size=12))
def test_any_mixture_of_braces_and_values_can_be_made_again(parts: list[str]) -> None:
    written("".join(parts).encode())


def test_the_beginning_of_a_long_text_has_no_part_of_what_lies_across_its_end() -> None:
    for length in range(10, 40):
        shown = REDACTOR.text(f"{'.' * 20}{TOKEN.reveal()} {SECRETS[0]}", length)
        assert set(shown) <= set("." + "{{token}}") or shown.endswith(("}}", " "))
        assert "canary" not in shown


def test_shown_data_leaves_the_token_hidden() -> None:
    body, exact = Redactor.of(CONTRACT, TARGET, show_data=True).template(sent(email="John.O'Hara@example.com"))
    assert exact
    assert "John.O'Hara@example.com" in body
    assert TOKEN.reveal() not in body


def test_no_repr_shows_a_value() -> None:
    assert shows_no_secret(f"{REDACTOR!r} {REDACTOR._personal!r}")  # noqa: SLF001 - what a debugger would show


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{profiles[9].email}}", "has no value"),
        ('{{"x" * 999999999}}', "too large"),
        ('{{"xxxxxxxxxx" * 999999}}' * 3, "too large"),
        ('{{"\\ud800"}}', "characters that a body cannot have"),
        ('{{"\\x"}}', "has no value"),
    ],
)
def test_a_request_that_can_not_be_made_is_refused_in_one_line(template: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        fill(template, TARGET, TOKEN)
    assert LARGEST_BODY < 10**9


# --- The line for a shell ---------------------------------------------------------------------------------------------

FAKE_CURL = """#!/bin/sh
printf '%s\\n' "$@" > "$OUT.arguments"
cat > "$OUT.body"
"""
TARGET_FILE = """
[[profiles]]
profile_id = "669e6968ebf4ac52b623a997"
rel_id = 2
email = "John.O'Hara@example.com"
phone = "+79000000000"
"""


def run_line(line: str, folder: Path, token: str) -> tuple[bytes, list[str]]:
    """Runs a line in a shell whose `curl` writes down what it was given."""
    curl = folder / "curl"
    curl.write_text(FAKE_CURL, "utf-8")
    curl.chmod(0o755)
    path = f"{folder}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "OUT": str(folder / "out"), "RELATIONS_TOKEN": token}
    subprocess.run(["/bin/sh", "-c", line], check=True, env=environment, timeout=30, stdin=subprocess.DEVNULL)
    arguments = (folder / "out.arguments").read_text("utf-8").splitlines()
    return (folder / "out.body").read_bytes(), arguments


@pytest.mark.parametrize(
    "content",
    [
        sent(email=5, phone="100 % \\ ' \" $HOME `id` {{7*7}} é"),
        b"\xef\xbb\xbf" + sent() + b"\xff\x00\x0a%s",
        sent(email="John.O'Hara@example.com"),
        sent(phone="x" * 100_000),
    ],
    ids=["token", "bytes", "value", "long"],
)
def test_a_line_sends_the_very_bytes_and_names_no_secret(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "my target.toml"
    file.write_text(TARGET_FILE, "utf-8")
    body, exact = REDACTOR.template(content)
    request = {"method": "POST", "content_type": "application/json", "body": body, "exact": exact}
    line = ShellLine("https://example.com/relations/get", TARGET, file)(request)
    assert shows_no_secret(line)
    received, arguments = run_line(line, tmp_path, TOKEN.reveal())
    assert received == content
    assert arguments == [
        "-sS",
        "-H",
        "content-type: application/json",
        "--data-binary",
        "@-",
        "https://example.com/relations/get",
    ]


@pytest.mark.parametrize(
    ("method", "kind", "body", "line"),
    [
        ("GET", None, "", "curl -sS https://example.com/x"),
        (
            "HEAD",
            None,
            "{}",
            "printf '{}' | curl -sS --max-time 10 -X HEAD -H content-type: --data-binary @- https://example.com/x",
        ),
        ("POST", "a/b", "", "curl -sS -X POST -H 'content-type: a/b' --data-binary '' https://example.com/x"),
    ],
)
def test_a_line_sends_what_was_sent(method: str, kind: str | None, body: str, line: str) -> None:
    request = {"method": method, "content_type": kind, "body": body, "exact": True}
    assert ShellLine("https://example.com/x", TARGET, None)(request) == line


def test_a_request_that_can_not_be_made_again_has_no_line() -> None:
    request = {"method": "POST", "content_type": None, "body": "{{nobody}}", "exact": False}
    assert ShellLine("https://example.com/x", TARGET, None)(request) == ""


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["a", "ab", '"', "0123456789" * 100 + "x"])
def test_a_very_long_token_is_hidden_at_once(unit: str) -> None:
    token = Token((unit * 40_000)[:40_000])
    redactor = Redactor(token)
    for text in (token.reveal(), token.reveal()[:30_000], f"x{token.reveal()[:-1]}"):
        content = encode({"token": text, "rel_id": 2})
        for body in (content, content[:-20_000]):
            shown, exact = redactor.template(body)
            assert exact
            assert len(shown) < 300
        assert len(redactor.text(f"{content.decode()} {content.decode()}")) < 300


@pytest.mark.parametrize("times", [1, 2])
def test_a_token_is_hidden_where_json_holds_it_within_json(times: int) -> None:
    token = 'canary"5d1e\\b7C8'
    text = token
    for _ in range(times):
        text = json.dumps(text)
    assert "5d1e" not in Redactor(Token(token)).text(text)


@pytest.mark.parametrize("times", range(6))
@pytest.mark.parametrize("write", [str, html.escape], ids=["text", "HTML"])
@pytest.mark.parametrize("token", ['canary"5d1e\\b7C8', "canary-5d1é", "canary/<5d1e>&'"])
def test_a_token_is_found_however_often_it_is_escaped(token: str, write: Callable[[str], str], times: int) -> None:
    text = token
    for _ in range(times):
        text = json.dumps({"it": text})
    assert Secret(token, "").stands_in(write(text))
    assert not Secret(token, "").stands_in(write(text.replace("5d1", "6d1").replace("nary", "mary")))


def test_a_token_of_backslashes_is_not_seen_everywhere() -> None:
    assert not Secret("\\" * 4, "").stands_in("no backslash")
    assert Secret("\\" * 4, "").stands_in("a\\\\\\\\b")
