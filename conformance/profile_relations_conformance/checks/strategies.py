"""Hypothesis strategies for bodies around the boundary of the contract, built from what the target is known to have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from profile_relations_conformance.contract.violations import blame
from profile_relations_conformance.target.placeholders import TOKEN

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from profile_relations_conformance.checks.context import CheckContext

Json = Any
Body = dict[str, Json]

CHARACTERS = st.characters(exclude_categories=["Cs"])
"""All that UTF-8 can write, as Hypothesis draws by default; said so, it takes a tenth of the time and memory."""
ALLOWED, INCOMPLETE, MISTYPED, OTHER = "allowed", "incomplete", "mistyped", "other"


def kind_of(ask: CheckContext, body: Json, musts: frozenset[str]) -> str:
    """Says on which side of the contract a body lies.

    Args:
        ask: The run.
        body: Any JSON value.
        musts: The requirements of level MUST; breaking one of these makes a body incomplete, breaking another mistyped.
    """
    if not isinstance(body, dict):
        return OTHER
    if ask.contract.allows(body):
        return ALLOWED
    return INCOMPLETE if blame(ask.contract, body) in musts else MISTYPED


def json_values() -> SearchStrategy[Json]:
    """Any JSON value of modest size."""
    scalars = (
        st.none()
        | st.booleans()
        | st.integers(-(2**40), 2**40)
        | st.floats(-1e9, 1e9)
        | st.text(CHARACTERS, max_size=12)
    )
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(CHARACTERS, max_size=6), inner, max_size=3),
        max_leaves=4,
    )


def right_bodies(ask: CheckContext) -> SearchStrategy[Body]:
    """Requests that find a known profile."""
    bodies = [ask.body(item.profile, item.fields) for item in ask.known.selectors]
    return st.sampled_from(bodies)


def fields_of_contract(ask: CheckContext) -> SearchStrategy[Body]:
    """Fields of any mode, with values of known profiles."""
    values: dict[str, list[Json]] = {}
    for item in ask.known.selectors:
        for name, value in item.fields.items():
            if name != ask.contract.mode_field:
                values.setdefault(name, []).append(value)
    return st.fixed_dictionaries({}, optional={name: st.sampled_from(items) for name, items in values.items()})


def beside(ask: CheckContext) -> SearchStrategy[Body]:
    """Right requests beside fields of other modes and unknown ones, none of which may decide."""
    extra = st.dictionaries(st.text(CHARACTERS, min_size=1, max_size=8), json_values(), max_size=2)
    return st.builds(
        lambda extra, fields, body: extra | fields | body, extra, fields_of_contract(ask), right_bodies(ask)
    )


def with_less(ask: CheckContext) -> SearchStrategy[Body]:
    """Requests that lack some of their fields, or name another mode, or both, beside fields of other modes."""

    def drop(body: Body, names: list[str], fields: Body, mode: dict[str, Json]) -> Body:
        left = {name: value for name, value in (fields | body).items() if name not in names}
        return left | mode

    names = st.lists(st.sampled_from(list(ask.contract.fields)), min_size=1, max_size=3, unique=True)
    modes = (st.sampled_from(ask.contract.modes) | st.text(CHARACTERS, max_size=8)).map(
        lambda mode: {ask.contract.mode_field: mode}
    )
    less = st.builds(drop, right_bodies(ask), names, fields_of_contract(ask), st.just({}) | modes)
    return less | st.builds(drop, right_bodies(ask), st.just([]), fields_of_contract(ask), modes)


def with_other_types(ask: CheckContext) -> SearchStrategy[Body]:
    """Requests with some of their fields, or of the contract's, replaced by any JSON value.

    The token stays, since a server may lock out whoever comes with others; TOKEN-TYPE has values of its own.
    """
    replaceable = [name for name in ask.contract.fields if name != TOKEN]

    def replaced(body: Body) -> SearchStrategy[Body]:
        names = st.sampled_from(sorted(body.keys() - {TOKEN})) | st.sampled_from(replaceable)
        return st.dictionaries(names, json_values(), min_size=1, max_size=2).map(lambda changes: body | changes)

    return right_bodies(ask).flatmap(replaced)


SOURCES = {ALLOWED: beside, INCOMPLETE: with_less, MISTYPED: with_other_types}
