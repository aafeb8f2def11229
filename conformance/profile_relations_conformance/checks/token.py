"""token: required, a string, compared to the character and never repeated."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.checks.registry import check
from profile_relations_conformance.exchange import Request
from profile_relations_conformance.judging import Case, Failure
from profile_relations_conformance.reading import strings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profile_relations_conformance.asking import Ask
    from profile_relations_conformance.exchange import Exchange

MADE_UP_TOKEN = "made-up-token-4f1c9a7be2d05836"  # noqa: S105 - nobody's token
TELLING_LENGTH = 8
"""A shorter token may stand in a text by chance."""


def _body(ask: Ask, token: Any = None) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    selector = ask.known.selectors[0]
    return ask.body(selector.profile, selector.fields, token=token)


@check("TOKEN-MISSING")
def token_is_required(ask: Ask) -> Iterator[Case]:
    """A request without `token` is refused, whichever row it fits otherwise."""
    return ask.of_grid("TOKEN-MISSING")


@check("TOKEN-EMPTY")
def an_empty_token_is_refused(ask: Ask) -> Iterator[Case]:
    """An empty `token` is refused, whichever row the request fits otherwise."""
    return ask.of_grid("TOKEN-EMPTY")


@check("TOKEN-WRONG")
def an_unknown_token_is_refused(ask: Ask) -> Iterator[Case]:
    """A made-up token is refused, also one that has the length and the kinds of characters of the right one."""
    yield ask.refuses(_body(ask, MADE_UP_TOKEN), "a made-up token", wrong_token=True)
    twin = _of_the_same_form(ask.token, ask.seed)
    if twin != ask.token:
        yield ask.refuses(_body(ask, twin), "a made-up token of the same form", wrong_token=True)


def _of_the_same_form(token: str, seed: int) -> str:
    """Draws a token that has another character of the same kind for each letter and digit."""
    draw = random.Random(seed)  # noqa: S311 - a reproducible choice, no secret
    kinds = ("0123456789", "abcdef", "ghijklmnopqrstuvwxyz", "ABCDEF", "GHIJKLMNOPQRSTUVWXYZ")
    others = {character: kind.replace(character, "") for kind in kinds for character in kind}
    return "".join(draw.choice(others.get(character, character)) for character in token)


@check("TOKEN-TYPE")
def a_token_is_a_string(ask: Ask) -> Iterator[Case]:
    """A token of another type is refused, also where it holds the right one."""
    yield from ask.of_grid("TOKEN-TYPE")
    values: list[tuple[Any, str]] = [
        (True, "true"),
        ([ask.token], "an array that holds the token"),
        ({"token": ask.token}, "an object that holds the token"),
        (0, "0"),
    ]
    for value, words in ask.some(values):
        yield ask.refuses(_body(ask, value), f"`token` is {words}")


@check("TOKEN-EXACT")
def a_token_matches_to_the_character(ask: Ask) -> Iterator[Case]:
    """The token with a character more or less, with space around it or in the other case is refused."""
    token = ask.token
    changed = {
        f" {token}": "with a space before it",
        f"{token} ": "with a space after it",
        token[:-1]: "without its last character",
        token[1:]: "without its first character",
        f"{token}0": "with a character after it",
        token.swapcase(): "in the other case",
    }
    for value, words in ask.some(list(changed.items())):
        if value and value != token:
            yield ask.refuses(_body(ask, value), f"the token {words}", wrong_token=True)


@check("TOKEN-NOT-REPEATED")
def a_refusal_does_not_repeat_the_token(ask: Ask) -> Iterator[Case]:
    """Neither the right token nor a made-up one stands in a refusal."""
    for exchange in _refusals(ask):
        body = exchange.request.body
        sent = body.get("token") if isinstance(body, dict) else None
        reply = exchange.reply
        if reply is None or not isinstance(sent, str) or len(sent) < TELLING_LENGTH:
            continue
        places = (reply.text, *strings(reply.json), *reply.headers.values())
        shown = any(sent in text for text in places)
        yield Case(
            exchange, Failure("a refusal without the token", "the token stands in it", exchange) if shown else None
        )


def _refusals(ask: Ask) -> Iterator[Exchange]:
    selector = ask.known.selectors[0]
    yield ask.send(Request.of(_body(ask, MADE_UP_TOKEN), "a made-up token", wrong_token=True))
    right = ask.body(selector.profile, selector.fields)
    without = {name: value for name, value in right.items() if name != "rel_id"}
    yield ask.post(without, "`rel_id` removed")
    yield ask.post(right | {ask.contract.mode_field: "fax"}, f"`{ask.contract.mode_field}` 'fax'")
    yield ask.post({"token": ask.token}, "`token` alone")
