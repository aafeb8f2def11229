"""Stability: the same question gets the same answer, in any order and among any number of others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from profile_relations_conformance.checks.registry import check
from profile_relations_conformance.checks.rel_id import ask_types
from profile_relations_conformance.judging.oracle import Expectation
from profile_relations_conformance.target.placeholders import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profile_relations_conformance.checks.context import CheckContext
    from profile_relations_conformance.judging.results import Case
    from profile_relations_conformance.transport.exchange import Request

ROUNDS = 2
MOST_PROFILES = 3


@check("STABLE-REPEATED")
def a_repeated_request_gets_the_same_answer(ask: CheckContext) -> Iterator[Case]:
    """Each known profile's request, sent again after others and once more at once, gets what it got the first time."""
    for profile in ask.some(ask.known.profiles):
        selector = ask.known.of(profile)[0]
        body = ask.body(profile, selector.fields)
        mutation = f"{selector.row.title}, by {selector.key}, again"
        first = ask.post(body, mutation)
        for words in (mutation, f"{mutation} and at once"):
            yield ask.same_answer(first, ask.post(body, words, fresh=True))


@check("STABLE-ALTERNATING")
def alternating_types_never_mix(ask: CheckContext) -> Iterator[Case]:
    """Each of two types of relation gives what it gave first, however often the other is asked in between."""
    typed = [item for item in ask.known.profiles if item.other_rel_id is not None]
    for profile in typed[: min(MOST_PROFILES, ask.effort.voters)]:
        first, second = ask_types(ask, profile)
        rounds = [
            ask_types(ask, profile, fresh=True) for _ in range(ROUNDS)
        ]  # one after the other, with no case between
        for again, again_second in rounds:
            yield ask.same_answer(first, again)
            yield ask.same_answer(second, again_second)


@check("STABLE-AFTER-REFUSAL")
def a_request_after_a_refused_one_gets_its_own_answer(ask: CheckContext) -> Iterator[Case]:
    """A right request finds its profile also where the one before it, on the same connection, was refused."""
    for profile in ask.some(ask.known.profiles)[:MOST_PROFILES]:
        selector = ask.known.of(profile)[0]
        right = ask.body(profile, selector.fields)
        without_token = {name: value for name, value in right.items() if name != TOKEN}
        ask.send(ask.request(without_token, f"{selector.row.title}, without a token"), fresh=True)
        exchange = ask.post(right, f"{selector.row.title}, by {selector.key}, after a refused request", fresh=True)
        yield ask.judged(exchange, Expectation(profiles=(profile,)))


@check("STABLE-CONCURRENT")
def concurrent_requests_get_their_own_answers(ask: CheckContext) -> Iterator[Case]:
    """Requests for different profiles and types of relation, sent at the same time, each get their own answer."""
    alone = [ask.finds(selector).exchange for selector in ask.some(ask.known.selectors)]
    for profile in ask.known.profiles:
        if profile.other_rel_id is not None:
            alone += ask_types(ask, profile)
    first_of = {exchange.request.content: exchange for exchange in alone if exchange.reply is not None}
    if not first_of:
        return
    contents = list(first_of)
    order = [contents[(number * 7) % len(contents)] for number in range(ask.effort.burst)]
    for again in ask.together([_concurrent(first_of[content].request) for content in order]):
        yield ask.same_answer(first_of[again.request.content], again)


def _concurrent(request: Request) -> Request:
    return replace(request, mutation=f"{request.mutation}, among concurrent requests")
