"""Holds a reply against what was expected of it; every check judges through these few functions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.judging.baselines import Baselines
from profile_relations_conformance.judging.oracle import REFUSED, Expectation
from profile_relations_conformance.judging.relations_diff import discrepancy
from profile_relations_conformance.judging.results import Failure
from profile_relations_conformance.target.shown_text import cut, visible

if TYPE_CHECKING:
    from profile_relations_conformance.transport.exchange import Exchange
    from profile_relations_conformance.transport.reply import Reply

Json = Any

LONGEST_QUOTE = 200
LONGEST_NAME = 60
MOST_NAMED = 5


def judge(
    exchange: Exchange, expectation: Expectation, baselines: Baselines, *, own_type: bool = True
) -> Failure | None:
    """Holds a reply against an expectation.

    Args:
        exchange: The request and its reply.
        expectation: What may come back.
        baselines: What the known profiles' relations are.
        own_type: Whether the request asks for the profiles' own `rel_id`, whose relations are known.

    Returns:
        The failure, or None where the reply is one of those expected.
    """
    reply = exchange.reply
    if reply is not None and _is_expected(reply, expectation, baselines, own_type=own_type):
        return None
    expected, actual = f"{expectation}{baselines.doubt_of(expectation.profiles)}", describe(exchange)
    differs = baselines.difference(reply, expectation.profiles) if reply is not None and own_type else ""
    if differs:
        expected, actual = f"{expected}, as other requests for it list them", f"{actual}; {differs}"
    return Failure(expected, actual, exchange)


def _is_expected(reply: Reply, expectation: Expectation, baselines: Baselines, *, own_type: bool) -> bool:
    if reply.is_refusal:
        return expectation.refused and not reply.entries
    if not reply.is_success:
        return False
    if not reply.entries and expectation.nothing:
        return True
    shows = baselines.shows if own_type else baselines.shows_owner
    if any(shows(reply, profile) for profile in expectation.profiles):
        return True
    return expectation.anybody and len(reply.owners) <= 1


def judge_refused(exchange: Exchange) -> Failure | None:
    """Holds a reply against the expectation of a refusal that shows no relation."""
    return judge(exchange, REFUSED, Baselines(()))


def judge_same(first: Exchange, again: Exchange, baselines: Baselines) -> Failure | None:
    """Fails where a second reply does not say what a first one did: the same relations, or a refusal as well."""
    if first.reply is None:
        return None
    known, reply = baselines.relations(first.reply), again.reply
    listed = Counter() if reply is None else baselines.relations(reply)
    if reply is not None and reply.is_success == first.reply.is_success and listed == known:
        return None
    differs = f"; {discrepancy(listed, known)}" if listed and known else ""
    return Failure(f"the answer given before: {describe(first)}", f"{describe(again)}{differs}", again)


def judge_shows_nothing(exchange: Exchange) -> Failure | None:
    """Fails where the reply shows any relation; whether it is a success, a refusal or neither does not count."""
    if exchange.reply is not None and not exchange.reply.entries:
        return None
    return Failure("no relation shown", describe(exchange), exchange)


def judge_envelope(exchange: Exchange) -> Failure | None:
    """Fails where the reply is no envelope, comes with a server error, or shows a relation; a proxy's reply is none."""
    reply = exchange.reply
    if exchange.is_of_a_proxy:
        return None
    if reply is not None and reply.has_envelope and reply.status < 500 and not reply.entries:  # noqa: PLR2004 - 5XX
        return None
    return Failure("the envelope, with no relation and no server error", describe(exchange), exchange)


def describe(exchange: Exchange) -> str:
    """Says in one short line what the server did."""
    reply = exchange.reply
    if reply is None:
        return exchange.trouble
    status = f"HTTP {reply.status}"
    if reply.is_success:
        return f"a success, {_relations(reply)} ({status})"
    if reply.has_envelope:
        shown = f", {_relations(reply)}" if reply.entries else ""
        error = cut(str(reply.error), LONGEST_NAME)
        return f"a refusal, error {error}: {_quote(reply.member('error_text'))}{shown} ({status})"
    if reply.location is not None:
        return f"a redirect to {_quote(visible(reply.location))}, which is not followed ({status})"
    if not reply.content:
        return f"{status} with an empty body; expected JSON"
    return f"{status} without the envelope: {_quote(reply.text)}"


def _relations(reply: Reply) -> str:
    count = reply.relation_count
    if count is None:
        return "with no readable relations"
    if not count:
        return "no relation"
    owners = sorted(reply.owners)
    named = [cut(owner, LONGEST_NAME) for owner in owners[:MOST_NAMED]]
    more = [f"{len(owners) - MOST_NAMED} others"] if len(owners) > MOST_NAMED else []
    return f"{count} relation{'s' if count > 1 else ''} of {', '.join(named + more) or 'nobody named'}"


def _quote(text: str) -> str:
    short = text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
    return '"' + " ".join(short.split()) + '"'
