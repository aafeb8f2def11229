"""Asks a server what a tester believes to know of a profile, before it is written to a target file."""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from profile_relations_conformance.errors import CannotJudgeError, TokenRefusedError
from profile_relations_conformance.judging.assertions import describe
from profile_relations_conformance.run.complaints import NOT_THERE, no_connection, no_success
from profile_relations_conformance.run.preflight import check_target
from profile_relations_conformance.target.known_data import Origin
from profile_relations_conformance.transport.pace import BudgetSpentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profile_relations_conformance.run.setup import RunParts
    from profile_relations_conformance.target.known_data import Selector
    from profile_relations_conformance.target.model import KnownProfile
    from profile_relations_conformance.transport.exchange import Exchange
    from profile_relations_conformance.transport.reply import Reply

TOKEN_REFUSED = 401
"""Code of a refusal, and HTTP status, that is about the token."""
RELATION_TYPES = range(1, 11)
"""Types of relation that are tried to find one beside the profile's own."""


@dataclass
class Survey:
    """What a server says of a profile.

    Attributes:
        found: For each key of the target file, the kinds of request that find the profile by its value.
        missed: For each key, the kinds of request that do not, with what the server did instead.
        total: How many relations of its type the profile has; None where the reply contradicts itself.
        other_rel_id: Another type of relation, with other links or none; None where none of those tried is.
    """

    found: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    missed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    total: int | None = None
    other_rel_id: int | None = None

    @property
    def lost(self) -> dict[str, str]:
        """The keys by whose value no request finds the profile, with the first reason."""
        return {key: reasons[0] for key, reasons in self.missed.items() if key not in self.found}


def survey(parts: RunParts, profile: KnownProfile, *, other_rel_id: int | None = None) -> Survey:
    """Asks for a profile by all that is believed to find it.

    Args:
        parts: What to ask with; the target tells of the profile.
        profile: The profile.
        other_rel_id: Another type of relation, where it is known already.

    Raises:
        CannotJudgeError: If the server can't be asked, or the identifier does not find the profile.
    """
    with _to_the_end():
        result, baseline = _looked_up(parts, profile)
        result.total = _total(baseline)
        result.other_rel_id = other_rel_id if other_rel_id is not None else _other_type(parts, profile, baseline)
    return result


def look_up(parts: RunParts, profile: KnownProfile) -> Survey:
    """Asks for a profile by all that is believed to find it, and for nothing else.

    Raises:
        CannotJudgeError: As `survey`.
    """
    with _to_the_end():
        return _looked_up(parts, profile)[0]


def check_server(parts: RunParts) -> None:
    """Sends a first request, of no known profile, and makes sure that the endpoint answers.

    Raises:
        CannotJudgeError: If nothing answers, or something else than the endpoint does.
    """
    exchange = _first(parts)
    if exchange.reply is None:
        raise no_connection(parts, exchange)
    if not exchange.reply.has_envelope or exchange.reply.status in NOT_THERE:
        raise no_success(parts, exchange)


def check_token(parts: RunParts) -> None:
    """Makes sure that the first request was not refused for its token.

    Raises:
        TokenRefusedError: If it was.
    """
    reply = _first(parts).reply
    if reply is not None and TOKEN_REFUSED in (reply.error, reply.status):
        said = parts.redactor.text(describe(_first(parts)))
        name = parts.target.token_env
        raise TokenRefusedError(f"the server does not take the token: {said}", f"Set {name} to a valid one")


def _first(parts: RunParts) -> Exchange:
    with _to_the_end():
        return parts.context.post({"token": parts.context.token, "rel_id": 1}, "the first request")


@contextmanager
def _to_the_end() -> Iterator[None]:
    try:
        yield
    except BudgetSpentError as spent:
        raise CannotJudgeError(
            f"the server could not be tested to the end: {spent}", "Limit the load with --rate"
        ) from None


def _looked_up(parts: RunParts, profile: KnownProfile) -> tuple[Survey, Reply]:
    check_target(parts)
    result = Survey()
    baseline = _by_identifier(parts, profile, result)
    for selector in parts.context.known.of(profile):
        if selector.origin is not Origin.IDENTIFIER:
            _note(parts, selector, result)
    return result, baseline


def _by_identifier(parts: RunParts, profile: KnownProfile, result: Survey) -> Reply:
    for selector in parts.context.known.of(profile, Origin.IDENTIFIER):
        reply = _note(parts, selector, result)
        if reply is not None and parts.context.baselines.of(profile) is None:
            parts.context.baselines.set(profile, reply)
            baseline = reply
    if parts.context.baselines.of(profile) is None:
        reason = next(iter(result.missed.values()))[0]
        raise CannotJudgeError(
            f"{profile.key}.profile_id does not find the profile: {reason}", "Check the identifier and rel_id"
        )
    return baseline


def _note(parts: RunParts, selector: Selector, result: Survey) -> Reply | None:
    """Asks by a selector, notes how it went, and gives the reply that shows the profile's relations."""
    case = parts.context.finds(selector)
    if case.failure is None:
        result.found[selector.key].append(selector.row.title)
        return case.exchange.reply
    actual = parts.redactor.text(describe(case.exchange))
    result.missed[selector.key].append(f"{selector.row.title}: {actual}")
    return None


def _total(reply: Reply) -> int | None:
    count = len(reply.entries or ())
    return count if reply.total == count else None


def _other_type(parts: RunParts, profile: KnownProfile, baseline: Reply) -> int | None:
    """Looks for a type with other relations; one without any will do."""
    (selector, *_) = parts.context.known.of(profile, Origin.IDENTIFIER)
    own, empty = parts.context.baselines.relations(baseline), None
    for number in RELATION_TYPES:
        if number == profile.rel_id:
            continue
        reply = parts.context.post(
            parts.context.body(profile, selector.fields, rel_id=number), f"rel_id {number}"
        ).reply
        if reply is None or not reply.is_success or parts.context.baselines.relations(reply) == own:
            continue
        if reply.entries:
            return number
        empty = number if empty is None else empty
    return empty
