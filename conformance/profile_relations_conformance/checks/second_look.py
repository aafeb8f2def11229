"""Asks again before a reply that differs from what is known is blamed, since live data moves while it is asked for."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from profile_relations_conformance.judging.assertions import judge_same
from profile_relations_conformance.judging.moving_data import Cause, cause_of, outline
from profile_relations_conformance.target.known_data import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from profile_relations_conformance.contract.document import Json
    from profile_relations_conformance.judging.baselines import Baselines
    from profile_relations_conformance.judging.moving_data import Relations
    from profile_relations_conformance.target.known_data import Known, Selector
    from profile_relations_conformance.target.model import KnownProfile
    from profile_relations_conformance.transport.exchange import Exchange, Request
    from profile_relations_conformance.transport.reply import Reply

Key = tuple[bytes, str | None]

AT_ONCE = 6
"""How often a request is sent without a pause, where its answers may change with time, or else from call to call."""
PAUSES = (0.0, 0.35, 0.55, 0.75)
"""Seconds before each such group of requests: in all enough to see data move that moves once a second."""
ATTEMPTS = 3
"""How often two requests are compared: data may move between them, the more so where the server makes them wait."""


class Asker(Protocol):
    """What asks again: a check's context."""

    known: Known
    baselines: Baselines

    @property
    def sent(self) -> int:
        """Number of requests sent so far."""

    def body(self, profile: KnownProfile, fields: Mapping[str, Json]) -> Json:
        """Writes a request for a profile."""

    def request(self, body: Json, mutation: str) -> Request:
        """Makes a POST of a JSON value."""

    def send(self, request: Request, *, fresh: bool = False) -> Exchange:
        """Sends a request."""

    def hold(self, seconds: float) -> None:
        """Lets the next request go no sooner than in so many seconds."""


class SecondLook:
    """Tells replies that are wrong from data that moved.

    Args:
        ask: What asks again, and knows the profiles' relations.
    """

    def __init__(self, ask: Asker) -> None:
        self._ask = ask
        self._history: dict[Key, list[Exchange]] = {}
        self._watched: set[Key] = set()

    # --- Against what is known of a profile --------------------------------------------------------------------------

    def explains(self, exchange: Exchange, profile: KnownProfile) -> bool:
        """Says whether data that moved explains why a reply shows other relations of a profile than those known."""
        baselines = self._ask.baselines
        if not baselines.may_have_moved(exchange.reply, profile):
            return False
        if exchange.number != self._ask.sent:  # it was recorded some time ago, and may show what was true then
            reply = self._once_more(exchange)
            if baselines.shows_now(reply, profile):
                return self._is_a_move(exchange, profile)
        else:
            reply = exchange.reply
        if reply is None or not baselines.may_have_moved(reply, profile):
            return False
        now = self._by_identifier(profile)
        if now is None or not baselines.may_have_moved(now, profile) or self._flickers(now, profile):
            return False
        if baselines.settle(profile, reply, now):
            return True
        # Data that moves may have moved back before the server was asked again.
        attempts = ATTEMPTS if profile in baselines.moved else 1
        shows_now = any(baselines.shows_now(self._once_more(exchange), profile) for _ in range(attempts))
        return shows_now and self._is_a_move(exchange, profile)

    def _flickers(self, now: Reply, profile: KnownProfile) -> bool:
        """Says whether a profile's identifier, which shows something new, differs from call to call."""
        if profile in self._ask.baselines.moved or self._ask.baselines.shows_now(now, profile):
            return False
        return not self._at_once(self._identifier_request(profile))

    def _is_a_move(self, exchange: Exchange, profile: KnownProfile) -> bool:
        """Says whether a reply is explained by data that moves, where the same request now shows what is known."""
        baselines = self._ask.baselines
        if profile in baselines.moved:
            return True
        move = self._watch(self._identifier_request(profile))
        if move is None:
            return False
        baselines.note_move(profile, *move)
        return baselines.shows_now(exchange.reply, profile)

    def learn(self, profile: KnownProfile, answers: Sequence[tuple[Selector, Reply | None]]) -> None:
        """Takes down what a profile's selectors show; where that changed once in between, the data may have moved."""
        baselines = self._ask.baselines
        baselines.learn(profile, answers)
        seen = [baselines.relations(reply) for _, reply in answers if reply is not None and reply.is_success]
        if _changes(seen) != 1:
            return
        now = self._at_once(self._identifier_request(profile))
        if now and now[0] == seen[-1]:
            baselines.note_move(profile, seen[0], seen[-1])

    # --- Against what was answered before ----------------------------------------------------------------------------

    def same(self, first: Exchange, again: Exchange) -> bool:
        """Says whether a second reply to a request says what the first did, or what data that moved explains."""
        earlier = self._history.get(_key(first.request), [first])
        if any(judge_same(before, again, self._ask.baselines) is None for before in earlier):
            return True
        return self._has_shown(again) or self._moved_between(first, earlier[-1], again)

    def _has_shown(self, again: Exchange) -> bool:
        """Says whether a reply shows what a profile showed before, whose data moved since."""
        body, reply = again.request.body, again.reply
        rel_id = body.get("rel_id") if isinstance(body, dict) else None
        return reply is not None and any(
            profile.rel_id == rel_id and reply.owners == {profile.profile_id.lower()} and self._shows(reply, profile)
            for profile in self._ask.baselines.moved
        )

    def _shows(self, reply: Reply, profile: KnownProfile) -> bool:
        return self._ask.baselines.shows(reply, profile)

    def _moved_between(self, first: Exchange, before: Exchange, again: Exchange) -> bool:
        if not (_lists(before) and _lists(again)) or _owners(again) - _owners(before):
            return False
        latest = replace(first, reply=self._once_more(first))
        if not _lists(latest):
            return False
        if self._cause(before, again, latest) is not Cause.WRONG:
            self._history.setdefault(_key(first.request), [first]).append(latest)
            return True
        # Data that moves may have moved back before the server was asked again.
        if not self._ask.baselines.moved and self._watch(first.request) is None:
            return False
        return any(self._agree_now(first, again) for _ in range(ATTEMPTS))

    def _agree_now(self, first: Exchange, again: Exchange) -> bool:
        latest = [replace(exchange, reply=self._once_more(exchange)) for exchange in (first, again)]
        if not all(map(_lists, latest)):
            return False
        one, other = (outline(self._relations(exchange)) for exchange in latest)
        return one == other

    def _cause(self, before: Exchange, again: Exchange, latest: Exchange) -> Cause:
        seen = [self._relations(exchange) for exchange in (before, again, latest)]
        cause = cause_of(*seen)
        if cause is not Cause.MOVING:
            return cause
        known, shown, now = map(outline, seen)
        return Cause.MOVED if shown == now else cause_of(known, shown, now)

    # --- Requests ----------------------------------------------------------------------------------------------------

    def _relations(self, exchange: Exchange) -> Relations:
        if exchange.reply is None:
            raise ValueError("an exchange without a reply lists nothing")
        return self._ask.baselines.relations(exchange.reply)

    def _identifier_request(self, profile: KnownProfile) -> Request:
        selector = self._ask.known.of(profile, Origin.IDENTIFIER)[0]
        words = f"{profile.key} again, since another reply shows other relations of it"
        return self._ask.request(self._ask.body(profile, selector.fields), words)

    def _by_identifier(self, profile: KnownProfile) -> Reply | None:
        return self._ask.send(self._identifier_request(profile), fresh=True).reply

    def _once_more(self, exchange: Exchange) -> Reply | None:
        words = f"{exchange.request.mutation}, once more"
        return self._ask.send(replace(exchange.request, mutation=words), fresh=True).reply

    def _watch(self, request: Request) -> tuple[Relations, Relations] | None:
        """Gives two answers that a request got at different times; None where its answer does not change with time.

        A server that answers differently from call to call is no server whose data moves. Each request is watched once.
        """
        if _key(request) in self._watched:
            return None
        self._watched.add(_key(request))
        shown: list[Relations] = []
        for pause in PAUSES:
            self._ask.hold(pause)
            seen = self._at_once(request)
            if not seen:
                return None
            shown += seen
        other = next((relations for relations in shown if outline(relations) != outline(shown[0])), None)
        return None if other is None else (shown[0], other)

    def _at_once(self, request: Request) -> list[Relations]:
        """Gives what a request shows when it is sent several times; nothing where that differs from call to call."""
        replies = [self._ask.send(request, fresh=True).reply for _ in range(AT_ONCE)]
        seen = [self._ask.baselines.relations(reply) for reply in replies if reply is not None and reply.is_success]
        steady = len(seen) == AT_ONCE and _changes([outline(relations) for relations in seen]) <= 1
        return seen if steady else []


def _key(request: Request) -> Key:
    return request.content, request.bearer


def _lists(exchange: Exchange) -> bool:
    return exchange.reply is not None and exchange.reply.is_success


def _owners(exchange: Exchange) -> set[str]:
    return exchange.reply.owners if exchange.reply is not None else set()


def _changes(seen: Sequence[Relations]) -> int:
    return sum(before != after for before, after in pairwise(seen))
