"""A token is found in whatever a server may make of it, and nothing else is taken for it."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profile_relations_conformance.run.reference_server import PAGE_TOKEN
from profile_relations_conformance.target.disguise import TELLING, Disguise
from profile_relations_conformance.target.model import Token
from profile_relations_conformance.target.plain_copy import PlainCopy, plain
from profile_relations_conformance.target.redaction import Redactor

from tests.helpers.hostile_targets import SPELLINGS, TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable

REDACTOR = Redactor(Token(TOKEN))
WRITTEN: dict[str, Callable[[str], str]] = {
    "text": str,
    "JSON": json.dumps,
    "JSON within JSON": lambda text: json.dumps({"x": json.dumps(text)}),
    "HTML": html.escape,
    "lines": "\n".join,
}


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_no_spelling_of_the_token_is_shown(spell: Callable[[str], str], write: Callable[[str], str]) -> None:
    said = write(f"no such token: {spell(TOKEN)}, sorry")
    assert REDACTOR.leaks(said)
    shown = REDACTOR.text(said)
    assert "{{token" in shown
    assert not REDACTOR.leaks(shown)
    assert plain("sorry") in plain(shown)


@given(st.integers(0, len(TOKEN)), st.integers(TELLING, len(TOKEN)), st.sampled_from(sorted(SPELLINGS)))
def test_every_run_of_eight_characters_is_hidden(start: int, length: int, name: str) -> None:
    run = TOKEN[start : start + length]
    if len(run) < TELLING or name == "a tail without its head":
        return
    shown = REDACTOR.text(f"<{SPELLINGS[name](run)}>")
    assert "{{token" in shown
    assert not REDACTOR.leaks(shown)


@pytest.mark.parametrize("sign", ["%", "\\x", "\\u", "&#x"])
def test_a_run_after_the_sign_of_an_escape_is_hidden(sign: str) -> None:
    redactor = Redactor(Token(PAGE_TOKEN))
    said = f"<{sign}{PAGE_TOKEN[:TELLING]}>"
    assert redactor.leaks(said)
    assert PAGE_TOKEN[:TELLING] not in redactor.text(said)


@given(st.text(st.sampled_from("abcdefgh+/=%&;\\ u0123"), max_size=200))
def test_what_is_not_the_token_stays(text: str) -> None:
    assert REDACTOR.text(text) == text
    assert list(Disguise(TOKEN).found(text)) == []


@given(
    st.lists(st.sampled_from(["canary", "%2b", "&#43;", "&amp;", "\\u002B", "\\\\", " ", "\u200b", "é", "%C3%A9", "x"]))
)
def test_a_stretch_of_a_copy_has_its_place_in_the_text(parts: list[str]) -> None:
    text = "".join(parts)
    copy = PlainCopy(text)
    assert copy.text == plain(text)
    for start in range(len(copy.text)):
        begin, end = copy.place(start, start + 1)
        assert 0 <= begin < end <= len(text)
        assert copy.text[start] in plain(text[begin:end])


def test_a_word_of_any_report_tells_nothing_of_the_token_that_has_it() -> None:
    redactor = Redactor(Token("relations-9f3a77c1e2"), public="lists relations of a profile")
    assert not redactor.is_ordinary
    assert not redactor.leaks("lists relations of a profile")
    assert redactor.leaks("-9f3a77c1")


@pytest.mark.parametrize("token", ["1", "test", "relations", "lists relations"])
def test_an_ordinary_token_is_hidden_where_it_stands_as_the_token(token: str) -> None:
    redactor = Redactor(Token(token), public="lists relations of a test, 1 by 1")
    assert redactor.is_ordinary
    said = json.dumps({"token": token, "text": f"lists relations, test 1, {token}"})
    assert redactor.leaks(said)
    shown = redactor.text(f"{said} Authorization: Bearer {token}")
    assert shown.startswith('{"token": "{{token}}", "text": "lists relations, test 1')
    assert shown.endswith("Bearer {{token}}")
    assert not redactor.leaks(shown)
