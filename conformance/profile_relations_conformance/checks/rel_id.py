"""rel_id: required, an integer, and the type of the relations that are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profile_relations_conformance.checks.registry import check
from profile_relations_conformance.judging.assertions import describe
from profile_relations_conformance.judging.oracle import NOTHING
from profile_relations_conformance.judging.results import Case, Failure
from profile_relations_conformance.target.known_data import NO_RELATION_TYPE, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profile_relations_conformance.checks.context import CheckContext
    from profile_relations_conformance.target.model import KnownProfile
    from profile_relations_conformance.transport.exchange import Exchange


def wrong_rel_ids(rel_id: int) -> tuple[Any, ...]:
    """Gives values that are no integer, those first that a lax server takes for one."""
    texts = (str(rel_id), f" {rel_id} ", f"{rel_id}abc")
    return (*texts, True, False, rel_id + 0.5, None, [rel_id])


@check("REL-ID-SELECTS")
def rel_id_decides_what_is_listed(ask: CheckContext) -> Iterator[Case]:
    """The lists of `rel_id` and of `other_rel_id` differ, unless both are empty."""
    for profile in ask.some([item for item in ask.known.profiles if item.other_rel_id is not None]):
        first, second = ask_types(ask, profile)
        yield Case(second, _alike(ask, first, second))


def ask_types(ask: CheckContext, profile: KnownProfile, *, fresh: bool = False) -> tuple[Exchange, Exchange]:
    """Asks for both types of relation of a profile."""
    selector = ask.known.of(profile)[0]
    first = ask.post(ask.body(profile, selector.fields), f"{profile.key}, its `rel_id`", fresh=fresh)
    other = ask.body(profile, selector.fields, rel_id=profile.other_rel_id)
    return first, ask.post(other, f"{profile.key}, its `other_rel_id`", fresh=fresh)


def _alike(ask: CheckContext, first: Exchange, second: Exchange) -> Failure | None:
    if first.reply is None or second.reply is None or not first.reply.entries or not second.reply.entries:
        return None
    if ask.baselines.relations(first.reply) != ask.baselines.relations(second.reply):
        return None
    return Failure("other relations than those of the profile's `rel_id`", f"the same: {describe(second)}", second)


@check("REL-ID-WITHOUT-RELATIONS")
def a_type_without_relations_shows_nothing(ask: CheckContext) -> Iterator[Case]:
    """A `rel_id` that nobody uses shows no relation."""
    for selector in ask.some([found for row in ask.contract.rows for found in ask.known.of_row(row)[:1]]):
        body = ask.body(selector.profile, selector.fields, rel_id=NO_RELATION_TYPE)
        exchange = ask.post(body, f"{selector.row.title}, by {selector.key}: a `rel_id` that nobody uses")
        yield ask.judged(exchange, NOTHING)
    yield from _nearly_a_type(ask)


def _nearly_a_type(ask: CheckContext) -> Iterator[Case]:
    """Asks for types that are a known one only where a server cuts numbers to its own width, and for 0 and below."""
    used = {item for profile in ask.known.profiles for item in (profile.rel_id, profile.other_rel_id)}
    profile = ask.known.best_known
    selector = ask.known.of(profile, Origin.IDENTIFIER)[0]
    own = profile.rel_id
    near = (0, own + 2**32, -1, own + 2**64, own - 2**32, -own, own - 2**64)
    for number in ask.some([item for item in near if item not in used]):
        exchange = ask.post(ask.body(profile, selector.fields, rel_id=number), f"`rel_id` {number}, which nobody uses")
        yield ask.judged(exchange, NOTHING)


@check("REL-ID-MISSING")
def rel_id_is_required(ask: CheckContext) -> Iterator[Case]:
    """A request without `rel_id` is refused, whichever row it fits otherwise."""
    return ask.of_grid("REL-ID-MISSING")


@check("REL-ID-TYPE")
def rel_id_is_an_integer(ask: CheckContext) -> Iterator[Case]:
    """A `rel_id` of another type is refused."""
    yield from ask.of_grid("REL-ID-TYPE")
    profile = ask.known.profiles[0]
    for value in ask.some(wrong_rel_ids(profile.rel_id)):
        for selector in ask.known.of(profile)[:1]:
            body = ask.body(profile, selector.fields, rel_id=value)
            yield ask.refuses(body, f"{selector.row.title}: `rel_id` {value!r}")
