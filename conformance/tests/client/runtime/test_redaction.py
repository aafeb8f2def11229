"""A credential is taken out of text in whatever disguise, and nothing else is."""

from __future__ import annotations

import base64
import html
import json
import urllib.parse
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profile_relations_client.redaction import Redactor, Secret

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = "8a28168486844c8bae2673a51d4433ff"
WORDS = "Canary-5f3c9a/Ключ+42==sing"
PAGE = "The relation 669e6968ebf4ac52b623a997 of rel_id 2 was asked for with an unknown token, HTTP status 401."


def in_base64(prefix: str) -> Callable[[str], str]:
    return lambda token: base64.b64encode(f"{prefix}{token}:".encode()).decode()


DISGUISES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "upper case": str.upper,
    "lower case": str.lower,
    "swapped case": str.swapcase,
    "percent": lambda token: urllib.parse.quote(token, safe=""),
    "percent, all of it": lambda token: "".join(f"%{byte:02X}" for byte in token.encode()),
    "percent, all of it, lower case": lambda token: "".join(f"%{byte:02x}" for byte in token.encode()),
    "a form": lambda token: urllib.parse.urlencode({"token": token}),
    "JSON": json.dumps,
    "JSON, all of it": lambda token: "".join(f"\\u{ord(character):04x}" for character in token),
    "JSON, slashes": lambda token: json.dumps(token).replace("/", "\\/"),
    "repr": repr,
    "octets": lambda token: "".join(f"\\x{byte:02x}" for byte in token.encode()),
    "HTML": html.escape,
    "HTML, decimal": lambda token: "".join(f"&#{ord(character)};" for character in token),
    "HTML, hexadecimal": lambda token: "".join(f"&#x{ord(character):X};" for character in token),
    "base64": in_base64(""),
    "base64, one further": in_base64("x"),
    "base64, two further": in_base64("xy"),
    "base64 for URLs": lambda token: base64.urlsafe_b64encode(token.encode()).decode(),
    "hex": lambda token: token.encode().hex(),
    "HEX": lambda token: token.encode().hex().upper(),
    "hex with colons": lambda token: token.encode().hex(":"),
    "spaced": " ".join,
    "in groups": lambda token: "-".join(token[start : start + 4] for start in range(0, len(token), 4)),
    "over lines": lambda token: "\n".join(token[start : start + 5] for start in range(0, len(token), 5)),
    "without its head": lambda token: token[4:],
    "without its tail": lambda token: f"{token[:14]}…",
    "its middle": lambda token: token[6:20],
}


def seen(token: str, text: str) -> list[str]:
    """The runs of a token that stand in a text as they are."""
    return [token[start : start + 8] for start in range(len(token) - 7) if token[start : start + 8] in text]


@pytest.mark.parametrize("token", [TOKEN, WORDS])
@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_credential_is_hidden_in_disguise(disguise: str, token: str) -> None:
    if disguise == "swapped case":
        token = token.replace("Ключ", "")  # other letters than those of ASCII are all in one case
    redactor = Redactor([Secret(token)])
    disguised = DISGUISES[disguise](token)
    for text in (f"{PAGE} {disguised} {PAGE}", f"<{disguised}>"):
        hidden = redactor.text(text)
        assert "***" in hidden
        assert disguised not in hidden
        assert seen(disguised, hidden) == []
        assert redactor.body(text.encode()).decode() == hidden
    assert redactor.text(f"{PAGE} {disguised} {PAGE}").startswith(PAGE)


@given(st.data())
def test_every_run_of_eight_characters_is_hidden(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(TOKEN) - 8))
    run = TOKEN[start : start + data.draw(st.integers(8, len(TOKEN)))]
    before, after = data.draw(st.text()), data.draw(st.text())
    hidden = Redactor([Secret(TOKEN)]).text(f"{before}{run}{after}")
    assert run not in hidden


@pytest.mark.parametrize("sign", ["%", "\\x", "\\u", "&#x"])
def test_a_run_after_the_sign_of_an_escape_is_hidden(sign: str) -> None:
    assert Redactor([Secret(TOKEN)]).text(f"{sign}{TOKEN[:8]}") == f"{sign}***"


@given(st.text())
def test_what_is_no_credential_stays(text: str) -> None:
    assert Redactor([Secret(TOKEN), Secret("")]).text(text) == text
    assert Redactor([]).body(text.encode("utf-8", "surrogatepass")) == text.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("text", [PAGE, "[]" * 1000, "%%%", "&#99999999;&#x110000;", "\\uZZZZ", "a-token of yours", ""])
def test_a_page_without_it_stays_as_it_is(text: str) -> None:
    assert Redactor([Secret(TOKEN), Secret("a-token")]).text(text).replace("***", "a-token") == text


def test_several_credentials_are_hidden_side_by_side() -> None:
    redactor = Redactor([Secret(TOKEN), Secret("other-secret-word")])
    assert redactor.text(f"{TOKEN}other-secret-word, {TOKEN}") == "******, ***"
