"""Selectors: what each mode requires, of which type, and that nothing else decides whose relations are shown."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from profile_relations_conformance.checks.near_misses import changed_a_little, in_another_field
from profile_relations_conformance.checks.registry import check
from profile_relations_conformance.judging.assertions import describe
from profile_relations_conformance.judging.matching_grid import Value
from profile_relations_conformance.judging.oracle import NOTHING
from profile_relations_conformance.judging.results import Case, Failure
from profile_relations_conformance.target.known_data import (
    FIELD_VALUE,
    IDENTIFIER,
    NO_RESOURCE,
    NOBODY,
    TAG_SEPARATOR,
    Origin,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profile_relations_conformance.checks.context import CheckContext
    from profile_relations_conformance.contract.document import Row
    from profile_relations_conformance.judging.matching_grid import Cell
    from profile_relations_conformance.target.known_data import Selector
    from profile_relations_conformance.target.model import KnownProfile
    from profile_relations_conformance.transport.exchange import Exchange


MOST_ALIKE = 3
"""Changed values that are asked of a second place that a row searches; the first is asked all of them."""


def _without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in names}


def _base(ask: CheckContext, row: Row) -> dict[str, Any]:
    selectors = ask.known.of_row(row)
    profile = selectors[0].profile if selectors else ask.known.profiles[0]
    return ask.body(profile, ask.known.known_values(row))


@check("SELECTOR-MISSING")
def required_fields_are_required(ask: CheckContext) -> Iterator[Case]:
    """A request without one of the fields that its row requires is refused, for every row of the contract."""
    yield from ask.of_grid("SELECTOR-MISSING")
    for row in ask.contract.rows:
        body = _without(_base(ask, row), *row.selectors)
        yield ask.refuses(body, f"{row.title}: {' and '.join(f'`{name}`' for name in row.selectors)} removed")


@check("SELECTOR-NO-FALLBACK")
def other_fields_do_not_stand_in(ask: CheckContext) -> Iterator[Case]:
    """A request without what its mode requires is refused, also with all that the other modes need."""
    yield from ask.of_grid("SELECTOR-NO-FALLBACK")
    profile = ask.known.best_known
    everything = ask.known.all_fields(profile)
    for row in ask.contract.rows:
        for name in row.selectors if row.mode else ():
            given = {other: value for other, value in _base(ask, row).items() if other != name}
            others = _without(everything, *row.selectors, ask.contract.mode_field)
            yield ask.refuses(others | given, f"{row.title}: `{name}` removed, fields of other modes given")
            if IDENTIFIER in others and ask.is_thorough:
                body = given | {IDENTIFIER: others[IDENTIFIER]}
                yield ask.refuses(body, f"{row.title}: `{name}` removed, `{IDENTIFIER}` given")


@check("SELECTOR-NULL")
def required_fields_are_not_null(ask: CheckContext) -> Iterator[Case]:
    """A required field that is null is refused, for every row of the contract."""
    return ask.of_grid("SELECTOR-NULL")


@check("SELECTOR-TYPE")
def required_fields_have_their_type(ask: CheckContext) -> Iterator[Case]:
    """A required field of another type is refused, also where it holds the right value."""
    yield from ask.of_grid("SELECTOR-TYPE")
    for row in ask.some(ask.contract.rows):
        base = _base(ask, row)
        for name in row.selectors:
            for value in ask.some(_mistyped(ask, name, base[name])):
                yield ask.refuses(base | {name: value}, f"{row.title}: `{name}` as {_words(value)}")
    tagged = [item for item in ask.known.selectors if item.origin is Origin.TAGS]
    for selector in tagged[:1] if ask.is_thorough else ():
        body = ask.body(selector.profile, selector.fields)
        tags = body[FIELD_VALUE].split(TAG_SEPARATOR)
        yield ask.refuses(body | {FIELD_VALUE: tags}, f"{selector.row.title}: `{FIELD_VALUE}` as an array of tags")


def _mistyped(ask: CheckContext, name: str, right: Any) -> list[Any]:  # noqa: ANN401 - any JSON value
    """Gives values of which none has the field's type, those first that a lax server takes for the right one."""
    digits = str(right).removeprefix("+")
    values = [[right], {"$ne": ""}, int(digits) if digits.isdecimal() else 7.5]
    validator = Draft202012Validator(ask.contract.fields[name])
    return [item for item in values if not validator.is_valid(item)]


def _words(value: Any) -> str:  # noqa: ANN401 - any JSON value
    if isinstance(value, list):
        return "an array that holds the value"
    return "an object" if isinstance(value, dict) else repr(value)


@check("SELECTOR-EMPTY")
def empty_strings_find_nobody(ask: CheckContext) -> Iterator[Case]:
    """An empty string in a field that the mode searches by shows no relation; it is no tag, and not the number 0."""
    yield from ask.of_grid("SELECTOR-EMPTY")
    custom = [item for item in ask.known.selectors if item.origin in {Origin.TAGS, Origin.NUMBER}]
    for selector in ask.some(custom):
        body = ask.body(selector.profile, selector.fields, **{FIELD_VALUE: ""})
        yield ask.answers_rightly(body, f"{selector.row.title}, by {selector.key} with an empty value")


@check("SELECTOR-OF-ANOTHER-PROFILE")
def the_value_of_another_profile_shows_that_profile(ask: CheckContext) -> Iterator[Case]:
    """The value of another known profile gives that profile's relations, which are not those of the first."""
    yield from ask.of_grid("SELECTOR-OF-ANOTHER-PROFILE")
    for row in ask.contract.rows:
        first_of_each = {item.profile: item for item in reversed(ask.known.of_row(row))}
        exchanges = [ask.finds(item).exchange for item in ask.some(list(first_of_each.values()))]
        for first, second in pairwise(exchanges):
            yield Case(second, _not_the_same(ask, first, second))


def _not_the_same(ask: CheckContext, first: Exchange, second: Exchange) -> Failure | None:
    if first.reply is None or second.reply is None or not first.reply.entries:
        return None
    if ask.baselines.relations(first.reply) != ask.baselines.relations(second.reply):
        return None
    return Failure("other relations than those of another profile", f"the same: {describe(second)}", second)


@check("SELECTOR-UNKNOWN")
def unknown_values_show_nobody(ask: CheckContext) -> Iterator[Case]:
    """A value that nobody has shows no relation; one that is nearly a profile's does not show that profile."""
    yield from _values_of_nobody(ask)
    yield from _values_nearly_right(ask)
    yield from _values_in_another_field(ask)


def _values_of_nobody(ask: CheckContext) -> Iterator[Case]:
    """Puts a made-up value into one field at a time, in every row of the contract."""
    for row in ask.contract.rows:
        for base in _bases(ask, row):
            for name in row.selectors:
                body = base | {name: ask.known.nobody(name)}
                yield ask.judged(ask.post(body, f"{row.title}: a `{name}` that nobody has"), NOTHING)


def _values_nearly_right(ask: CheckContext) -> Iterator[Case]:
    """Asks by a known value that is changed a little, in every row that names a mode."""
    rows = ask.contract.rows if ask.is_thorough else ask.contract.rows[:2]
    for row in rows:
        for number, selector in enumerate(_first_of_each_origin(ask, row) if row.mode else ()):
            near = list(changed_a_little(selector))
            for fields, words in ask.some(near if number == 0 else near[:MOST_ALIKE]):
                yield _does_not_show(ask, selector.profile, fields, words)


def _values_in_another_field(ask: CheckContext) -> Iterator[Case]:
    """Asks by what a known profile has in another field than the one that is searched."""
    profile = ask.known.best_known
    misplaced = list(in_another_field(ask, profile))
    for fields, words in misplaced if ask.is_thorough else misplaced[:1]:
        yield _does_not_show(ask, profile, fields, words)


def _does_not_show(ask: CheckContext, profile: KnownProfile, fields: dict[str, Any], words: str) -> Case:
    exchange = ask.post(ask.body(profile, fields), words)
    shown = exchange.reply is not None and profile.profile_id.lower() in exchange.reply.owners
    failure = Failure(f"not the relations of {profile.key}", describe(exchange), exchange)
    return Case(exchange, failure if shown else None)


def _bases(ask: CheckContext, row: Row) -> Iterator[dict[str, Any]]:
    """Gives a right request of a row for each place that its values can come from."""
    bases = [ask.body(item.profile, item.fields) for item in _first_of_each_origin(ask, row)]
    return iter(ask.some(bases)) if bases else iter([_base(ask, row)])


def _first_of_each_origin(ask: CheckContext, row: Row) -> list[Selector]:
    first: dict[Origin, Selector] = {}
    for item in ask.known.of_row(row):
        first.setdefault(item.origin, item)
    return list(first.values())


@check("OTHER-FIELDS-NEVER-DECIDE")
def fields_of_other_modes_never_decide(ask: CheckContext) -> Iterator[Case]:
    """With a field of another mode the same profile's relations come back, or a refusal; never another's."""
    yield from ask.of_grid("OTHER-FIELDS-NEVER-DECIDE")
    yield from _whatever_their_value(ask)
    yield from _where_the_own_finds_nobody(ask)
    for row in ask.contract.rows:
        selectors = [item for item in ask.known.of_row(row) if item.profile.expected_total != 0][:1]
        for selector in selectors:
            yield from _beside_all_of_others(ask, selector)


def _whatever_their_value(ask: CheckContext) -> Iterator[Case]:
    """Compares the profile's own value in a field that the mode does not use with another profile's.

    A server may ignore or refuse the field (freedom UNUSED-FIELDS), but one that takes the profile's own value and
    finds nobody beside another's has searched by it.
    """
    cells = [
        cell for cell in ask.cells if cell.requirement == "OTHER-FIELDS-NEVER-DECIDE" and cell.value is Value.OTHER
    ]
    for cell in cells:
        own = ask.asked_cells.get((cell.row.name, cell.field, str(Value.VALID)))
        other = ask.asked_cells.get(cell.place)
        if own is None or other is None or not (_is_whole(own) and _is_whole(other)):
            continue
        taken = own.exchange.reply is not None and own.exchange.reply.is_success and own.exchange.reply.entries
        if taken and not own.failure and not other.failure and not _is_nobodys(cell):
            words = "the relations that the profile's own value gave, since the mode does not use the field"
            same = ask.same_answer(own.exchange, other.exchange).failure is None
            failure = Failure(words, describe(other.exchange), other.exchange)
            yield Case(other.exchange, None if same else failure)


def _is_whole(case: Case) -> bool:
    """Says whether a case's relations were kept; of very large replies they are not."""
    return case.exchange.reply is None or case.exchange.reply.is_whole


def _where_the_own_finds_nobody(ask: CheckContext) -> Iterator[Case]:
    """Asks for nobody in each mode, beside all that the other modes need to find a known profile."""
    profile = ask.known.best_known
    everything = ask.known.all_fields(profile)
    for row in ask.contract.rows if ask.is_thorough else ():
        if row.mode is not None and row.selectors:
            nobody = {name: ask.known.nobody(name) for name in row.selectors}
            body = ask.body(profile, everything, **ask.known.fragment(row, nobody))
            yield ask.judged(ask.post(body, f"{row.title}: nobody's value beside all fields of {profile.key}"), NOTHING)


def _is_nobodys(cell: Cell) -> bool:
    """Says whether the cell's value is made up; a server may know that nobody can have it."""
    return cell.body is None or cell.body[cell.field] in (NOBODY.get(cell.field), NO_RESOURCE)


def _beside_all_of_others(ask: CheckContext, selector: Selector) -> Iterator[Case]:
    for other in ask.known.profiles:
        if other is selector.profile or other.rel_id != selector.profile.rel_id:
            continue
        theirs = ask.known.all_fields(other)
        if selector.row.mode is None:  # which of several fields without a mode decides is a requirement of its own
            default = {name for row in ask.contract.rows if row.mode is None for name in row.selectors}
            theirs = _without(theirs, ask.contract.mode_field, *default)
        body = ask.body(selector.profile, theirs) | selector.fields
        if ask.contract.row_of(body) is selector.row:
            yield ask.answers_rightly(body, f"{selector.row.title}, by {selector.key} beside all fields of {other.key}")
            return
