"""Holds a reply against what was expected of it; every check judges through these few functions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.discrepancy import discrepancy
from profile_relations_conformance.knowledge import canonical
from profile_relations_conformance.oracle import REFUSED, Expectation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from profile_relations_conformance.exchange import Exchange
    from profile_relations_conformance.reading import Reply
    from profile_relations_conformance.target import KnownProfile

Json = Any

LONGEST_QUOTE = 200


@dataclass(frozen=True)
class Failure:
    """A requirement that a reply does not meet.

    Attributes:
        expected: What would have been right.
        actual: What the server did.
        exchange: The request and the reply that show it.
    """

    expected: str
    actual: str
    exchange: Exchange


@dataclass(frozen=True)
class Case:
    """One thing that a check asked, and how it went."""

    exchange: Exchange
    failure: Failure | None = None

    @property
    def mutation(self) -> str:
        """What was changed in a request that is right."""
        return self.exchange.request.mutation


class Answers:
    """The relations that each known profile has, as the server itself lists them.

    Args:
        members: The documented members of an entry; others may differ from call to call (freedom EXTRA-MEMBERS).
    """

    def __init__(self, members: Iterable[str]) -> None:
        self._members = tuple(members)
        self._baselines: dict[KnownProfile, Counter[str]] = {}
        self._doubted: set[KnownProfile] = set()

    def relations(self, reply: Reply) -> Counter[str]:
        """Gives the relations of a reply as a multiset, since their order is free."""
        return Counter(canonical(self._documented(entry)) for entry in reply.entries or ())

    def _documented(self, entry: Json) -> Json:
        if not isinstance(entry, dict):
            return entry
        return {name: entry[name] for name in self._members if name in entry}

    def set_baseline(self, profile: KnownProfile, reply: Reply) -> None:
        """Takes a reply as the profile's relations of its own `rel_id`."""
        self._baselines[profile] = self.relations(reply)

    def baseline(self, profile: KnownProfile) -> Counter[str] | None:
        """Gives the profile's relations, or None where no request showed them."""
        return self._baselines.get(profile)

    def doubt(self, profile: KnownProfile) -> None:
        """Takes it down that the profile's own identifier finds no relation of it."""
        self._doubted.add(profile)

    def doubt_of(self, profiles: Iterable[KnownProfile]) -> str:
        """Says that the target file may be wrong, where one of the profiles is not found by its own identifier."""
        found = next((profile.key for profile in profiles if profile in self._doubted), None)
        if found is None:
            return ""
        return f" (its profile_id finds none: are profile_id and rel_id of {found} right in the target file?)"

    def difference(self, reply: Reply, profiles: Iterable[KnownProfile]) -> str:
        """Says what a reply's relations of one of the profiles, and of nobody else, differ in from those known."""
        for profile in profiles:
            baseline = self._baselines.get(profile)
            if baseline and reply.owners == {profile.profile_id.lower()}:
                return discrepancy(self.relations(reply), baseline)
        return ""

    def shows(self, reply: Reply, profile: KnownProfile) -> bool:
        """Says whether a success lists this profile's relations, all of them and nothing else."""
        baseline = self._baselines.get(profile)
        if baseline is None:
            return reply.owners <= {profile.profile_id.lower()}
        return self.relations(reply) == baseline

    def shows_owner(self, reply: Reply, profile: KnownProfile) -> bool:
        """Says whether a success lists relations of this profile alone, of whatever type, or none."""
        return reply.owners <= {profile.profile_id.lower()}


def judge(exchange: Exchange, expectation: Expectation, answers: Answers, *, own_type: bool = True) -> Failure | None:
    """Holds a reply against an expectation.

    Args:
        exchange: The request and its reply.
        expectation: What may come back.
        answers: What the known profiles' relations are.
        own_type: Whether the request asks for the profiles' own `rel_id`, whose relations are known.

    Returns:
        The failure, or None where the reply is one of those expected.
    """
    reply = exchange.reply
    if reply is not None and _is_expected(reply, expectation, answers, own_type=own_type):
        return None
    expected, actual = f"{expectation}{answers.doubt_of(expectation.profiles)}", describe(exchange)
    differs = answers.difference(reply, expectation.profiles) if reply is not None and own_type else ""
    if differs:
        expected, actual = f"{expected}, as other requests for it list them", f"{actual}; {differs}"
    return Failure(expected, actual, exchange)


def _is_expected(reply: Reply, expectation: Expectation, answers: Answers, *, own_type: bool) -> bool:
    if reply.is_refusal:
        return expectation.refused and not reply.entries
    if not reply.is_success:
        return False
    if not reply.entries and expectation.nothing:
        return True
    shows = answers.shows if own_type else answers.shows_owner
    if any(shows(reply, profile) for profile in expectation.profiles):
        return True
    return expectation.anybody and len(reply.owners) <= 1


def judge_refused(exchange: Exchange) -> Failure | None:
    """Holds a reply against the expectation of a refusal that shows no relation."""
    return judge(exchange, REFUSED, Answers(()))


def judge_shows_nothing(exchange: Exchange) -> Failure | None:
    """Fails where the reply shows any relation; whether it is a success, a refusal or neither does not count."""
    if exchange.reply is not None and not exchange.reply.entries:
        return None
    return Failure("no relation shown", describe(exchange), exchange)


def judge_envelope(exchange: Exchange) -> Failure | None:
    """Fails where the reply is no envelope, comes with a server error, or shows a relation."""
    reply = exchange.reply
    if reply is not None and reply.has_envelope and reply.status < 500 and not reply.entries:  # noqa: PLR2004 - 5XX
        return None
    return Failure("the envelope, with no relation and no server error", describe(exchange), exchange)


def describe(exchange: Exchange) -> str:
    """Says in one line what the server did."""
    reply = exchange.reply
    if reply is None:
        return exchange.trouble
    status = f"HTTP {reply.status}"
    if reply.is_success:
        return f"a success, {_relations(reply)} ({status})"
    if reply.has_envelope:
        shown = f", {_relations(reply)}" if reply.entries else ""
        return f"a refusal, error {reply.error}: {_quote(reply.member('error_text'))}{shown} ({status})"
    return f"{status} without the envelope: {_quote(reply.text)}"


def _relations(reply: Reply) -> str:
    entries = reply.entries
    if entries is None:
        return "with no readable relations"
    if not entries:
        return "no relation"
    owners = ", ".join(sorted(str(owner) for owner in reply.owners))
    return f"{len(entries)} relation{'s' if len(entries) > 1 else ''} of {owners or 'nobody named'}"


def _quote(text: str) -> str:
    short = text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
    return '"' + " ".join(short.split()) + '"'
