"""token: required, a string, compared to the character and never repeated."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.checks.registry import Mismatch, check, rule
from profile_relations_conformance.judging.assertions import judge_refused
from profile_relations_conformance.judging.oracle import Expectation
from profile_relations_conformance.judging.results import Case
from profile_relations_conformance.target.known_data import MADE_UP_TOKEN
from profile_relations_conformance.target.placeholders import TOKEN
from profile_relations_conformance.transport.exchange import encode
from profile_relations_conformance.transport.reply import strings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profile_relations_conformance.checks.context import CheckContext
    from profile_relations_conformance.transport.exchange import Exchange, Request
PATTERN = "%"
"""What finds any text in a search by pattern."""
_TOKEN_IN_TEXT = re.compile(r'"token"\s*:\s*("(?:[^"\\]|\\.)*")')
TELLING_LENGTH = 8
"""A shorter token may stand in a text by chance."""


def without_success(exchange: Exchange) -> bool:
    """Any reply that does not say that the call was carried out."""
    return exchange.reply is not None and not exchange.reply.is_success


def _body(ask: CheckContext, token: Any = None) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    selector = ask.known.selectors[0]
    return ask.body(selector.profile, selector.fields, token=token)


@check("TOKEN-MISSING", last=True)
def token_is_required(ask: CheckContext) -> Iterator[Case]:
    """A request without `token` is refused, whichever row it fits otherwise."""
    return ask.of_grid("TOKEN-MISSING")


@check("TOKEN-EMPTY", last=True)
def an_empty_token_is_refused(ask: CheckContext) -> Iterator[Case]:
    """An empty `token` is refused, whichever row the request fits otherwise."""
    return ask.of_grid("TOKEN-EMPTY")


@check("TOKEN-WRONG", last=True)
def an_unknown_token_is_refused(ask: CheckContext) -> Iterator[Case]:
    """A made-up token is refused, also one that has the length and the kinds of characters of the right one."""
    yield ask.refuses(_body(ask, MADE_UP_TOKEN), "a made-up token", wrong_token=True)
    twin = _of_the_same_form(ask.token, ask.seed)
    if twin != ask.token:
        yield ask.refuses(_body(ask, twin), "a made-up token of the same form", wrong_token=True)


def _other_than(character: str) -> str:
    return "0" if character != "0" else "1"


def _of_the_same_form(token: str, seed: int) -> str:
    """Draws a token that has another character of the same kind for each letter and digit."""
    draw = random.Random(seed)  # noqa: S311 - a reproducible choice, no secret
    kinds = ("0123456789", "abcdef", "ghijklmnopqrstuvwxyz", "ABCDEF", "GHIJKLMNOPQRSTUVWXYZ")
    others = {character: kind.replace(character, "") for kind in kinds for character in kind}
    return "".join(draw.choice(others.get(character, character)) for character in token)


@check("TOKEN-ELSEWHERE", last=True)
def a_token_in_the_other_place_opens_nothing(ask: CheckContext) -> Iterator[Case]:
    """A made-up token in the other place opens nothing without the right one, and beside it shows no other profile."""
    right = ask.request(_body(ask, ask.token), "")
    without = ask.request(_without_token(ask), "", wrong_token=True)
    selector = ask.known.selectors[0]
    alone = _with_other_place(ask, without, MADE_UP_TOKEN)
    exchange = ask.send(replace(alone, mutation=f"a made-up token {ask.other_place} and none where it belongs"))
    yield Case(exchange, judge_refused(exchange))
    beside = replace(_with_other_place(ask, right, MADE_UP_TOKEN), wrong_token=True)
    exchange = ask.send(replace(beside, mutation=f"a made-up token {ask.other_place} beside the right one"))
    yield ask.judged(exchange, Expectation(refused=True, profiles=(selector.profile,)))


def _without_token(ask: CheckContext) -> dict[str, Any]:
    return {name: value for name, value in _body(ask).items() if name != TOKEN}


def _with_other_place(ask: CheckContext, request: Request, token: str) -> Request:
    """Puts a token where the target does not take it."""
    if not ask.target.takes_header:
        return replace(request, bearer=token)
    body = json.loads(request.content) | {TOKEN: token}
    return replace(request, content=encode(body))


@check("TOKEN-TYPE", last=True)
def a_token_is_a_string(ask: CheckContext) -> Iterator[Case]:
    """A token of another type is refused, also where it holds the right one."""
    yield from ask.of_grid("TOKEN-TYPE")
    values: list[tuple[Any, str]] = [
        (True, "true"),
        ([ask.token], "an array that holds the token"),
        ({"token": ask.token}, "an object that holds the token"),
        ({"$ne": ""}, "an object of a query language"),
        (0, "0"),
    ]
    for value, words in ask.some(values):
        yield ask.refuses(_body(ask, value), f"`token` is {words}")


@check("TOKEN-EXACT", last=True)
def a_token_matches_to_the_character(ask: CheckContext) -> Iterator[Case]:
    """The token with a character more or less, with space around it or in the other case is refused."""
    token = ask.token
    changed = {
        f" {token} ": "with space around it",
        f"{token}\x00": "with NUL after it",
        token[:-1]: "without its last character",
        token[1:]: "without its first character",
        f"{token}0": "with a character after it",
        token.swapcase(): "in the other case",
        f"{token[:-1]}{_other_than(token[-1])}": "with another last character",
        PATTERN: "replaced by a pattern that fits any",
    }
    for value, words in ask.some(list(changed.items())):
        if value and value != token and ask.carries(value):
            yield ask.refuses(_body(ask, value), f"the token {words}", wrong_token=True)


@rule("TOKEN-NOT-REPEATED", applies=without_success)
def a_refusal_does_not_repeat_the_token(exchange: Exchange) -> Mismatch:
    """A refusal holds the token that was sent neither in its body, as text or within other text, nor in its headers."""
    sent = _sent_token(exchange.request)
    if exchange.reply is None or len(sent) < TELLING_LENGTH:
        return None
    forms = {sent, json.dumps(sent)[1:-1]}
    places = (exchange.reply.text, *strings(exchange.reply.json), *exchange.reply.headers.values())
    if any(form in text for form in forms for text in places):
        return "a refusal without the token", "the token stands in it"
    return None


def _sent_token(request: Request) -> str:
    """Gives the token of a request, also of one that breaks off after it."""
    if isinstance(request.body, dict):
        token = request.body.get("token")
    else:
        found = _TOKEN_IN_TEXT.search(request.content.decode("utf-8", "replace"))
        token = json.loads(found.group(1)) if found else None
    return token if isinstance(token, str) else ""
