"""Asks again before a reply that differs from what is known is blamed, since live data moves while it is asked for."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from profile_relations_conformance.judging.assertions import judge_same
from profile_relations_conformance.judging.moving_data import Cause, cause_of, outline
from profile_relations_conformance.target.known_data import Origin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profile_relations_conformance.checks.context import CheckContext
    from profile_relations_conformance.judging.moving_data import Relations
    from profile_relations_conformance.target.known_data import Selector
    from profile_relations_conformance.target.model import KnownProfile
    from profile_relations_conformance.transport.exchange import Exchange
    from profile_relations_conformance.transport.reply import Reply

Key = tuple[bytes, str | None]


class SecondLook:
    """Tells replies that are wrong from data that moved.

    Args:
        ask: What asks again, and knows the profiles' relations.
    """

    def __init__(self, ask: CheckContext) -> None:
        self._ask = ask
        self._history: dict[Key, list[Exchange]] = {}

    # --- Against what is known of a profile --------------------------------------------------------------------------

    def explains(self, exchange: Exchange, profile: KnownProfile) -> bool:
        """Says whether data that moved explains why a reply shows other relations of a profile than those known."""
        baselines = self._ask.baselines
        if not baselines.may_have_moved(exchange.reply, profile):
            return False
        if exchange.number != self._ask.sent:  # it was recorded some time ago, and may show what was true then
            reply = self._once_more(exchange)
            if baselines.shows_now(reply, profile):
                return profile in baselines.moved
        else:
            reply = exchange.reply
        if reply is None or not baselines.may_have_moved(reply, profile):
            return False
        now = self._by_identifier(profile)
        if now is None or not baselines.may_have_moved(now, profile):
            return False
        if baselines.settle(profile, reply, now):
            return True
        # Data that is known to move may have moved back before the server was asked again.
        return profile in baselines.moved and baselines.shows_now(self._once_more(exchange), profile)

    def learn(self, profile: KnownProfile, answers: Sequence[tuple[Selector, Reply | None]]) -> None:
        """Takes down what a profile's selectors show; where that changed once in between, the data may have moved."""
        baselines = self._ask.baselines
        baselines.learn(profile, answers)
        seen = [baselines.relations(reply) for _, reply in answers if reply is not None and reply.is_success]
        if not _changed_once(seen):
            return
        now = self._by_identifier(profile)
        if now is not None and now.is_success and baselines.relations(now) == seen[-1]:
            baselines.note_move(profile, seen[0], seen[-1])

    # --- Against what was answered before ----------------------------------------------------------------------------

    def same(self, first: Exchange, again: Exchange) -> bool:
        """Says whether a second reply to a request says what the first did, or what data that moved explains."""
        earlier = self._history.get(_key(first), [first])
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
            self._history.setdefault(_key(first), [first]).append(latest)
            return True
        if not self._ask.baselines.moved:
            return False
        # Data that is known to move may have moved back before the server was asked again.
        again_now = replace(again, reply=self._once_more(again))
        return _lists(again_now) and outline(self._relations(again_now)) == outline(self._relations(latest))

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

    def _by_identifier(self, profile: KnownProfile) -> Reply | None:
        selector = self._ask.known.of(profile, Origin.IDENTIFIER)[0]
        words = f"{profile.key} again, since another reply shows other relations of it"
        return self._ask.post(self._ask.body(profile, selector.fields), words, fresh=True).reply

    def _once_more(self, exchange: Exchange) -> Reply | None:
        words = f"{exchange.request.mutation}, once more"
        return self._ask.send(replace(exchange.request, mutation=words), fresh=True).reply


def _key(exchange: Exchange) -> Key:
    return exchange.request.content, exchange.request.bearer


def _lists(exchange: Exchange) -> bool:
    return exchange.reply is not None and exchange.reply.is_success


def _owners(exchange: Exchange) -> set[str]:
    return exchange.reply.owners if exchange.reply is not None else set()


def _changed_once(seen: Sequence[Relations]) -> bool:
    """Says whether all that came first is the same, and all that came after that is the same too."""
    changes = sum(before != after for before, after in pairwise(seen))
    return changes == 1
