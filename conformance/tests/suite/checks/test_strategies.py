"""What is drawn lies on the side of the contract that it is drawn for, and the same seed draws the same bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from profile_relations_conformance.checks import checks
from profile_relations_conformance.checks.strategies import (
    ALLOWED,
    INCOMPLETE,
    MISTYPED,
    OTHER,
    SOURCES,
    beside,
    fields_of_contract,
    json_values,
    kind_of,
    right_bodies,
    with_less,
    with_other_types,
)
from profile_relations_conformance.contract.violations import blame
from profile_relations_conformance.transport.exchange import encode

from tests.helpers.made_up import ANNA, CONTRACT, KNOWN, LEDGER, PlayedServer, ask_of, asking, refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

Json = Any

ASK = ask_of(PlayedServer(lambda _: refusal()))
MUSTS = frozenset(item.id for item in LEDGER.requirements.values() if item.is_must)
RIGHT = [ASK.body(item.profile, item.fields) for item in KNOWN.selectors]


def names_that_differ(body: dict[str, Json], right: dict[str, Json]) -> set[str]:
    return {name for name, _ in as_items(body) ^ as_items(right)}


def as_items(body: dict[str, Json]) -> set[tuple[str, bytes]]:
    return {(name, encode(value)) for name, value in body.items()}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (asking(email=ANNA.email), ALLOWED),
        (asking(email=ANNA.email, comment=[None]), ALLOWED),
        (asking(), INCOMPLETE),
        (asking(matching="phone", email=ANNA.email), INCOMPLETE),
        (asking(matching="fax", email=ANNA.email), INCOMPLETE),
        ({"token": "", "rel_id": 2, "email": ANNA.email}, INCOMPLETE),
        (asking(rel_id="2", email=ANNA.email), MISTYPED),
        (asking(matching="EMAIL", email=ANNA.email), MISTYPED),
        (asking(email=None), MISTYPED),
        ([asking(email=ANNA.email)], OTHER),
        (None, OTHER),
    ],
    ids=str,
)
def test_a_body_is_allowed_incomplete_mistyped_or_no_object(body: Json, kind: str) -> None:
    assert kind_of(ASK, body, MUSTS) == kind


@given(right_bodies(ASK))
def test_a_right_body_must_find_its_profile(body: dict[str, Json]) -> None:
    assert body in RIGHT
    assert kind_of(ASK, body, MUSTS) == ALLOWED


@given(fields_of_contract(ASK))
def test_fields_beside_a_request_are_those_of_the_contract_with_values_of_known_profiles(body: dict[str, Json]) -> None:
    assert body.keys() <= CONTRACT.fields.keys() - {CONTRACT.mode_field}
    assert all(any(item.fields.get(name) == value for item in KNOWN.selectors) for name, value in body.items())


@given(beside(ASK))
def test_what_stands_beside_a_right_request_leaves_it_whole(body: dict[str, Json]) -> None:
    assert any(right.items() <= body.items() for right in RIGHT)


@given(with_less(ASK))
def test_what_lacks_fields_has_only_values_of_known_profiles_beside_its_mode(body: dict[str, Json]) -> None:
    known = {item for right in RIGHT for item in as_items(right)}
    assert {item for item in as_items(body) if item[0] != CONTRACT.mode_field} <= known


@pytest.mark.slow
@given(with_other_types(ASK))
def test_what_has_other_types_differs_from_a_right_request_in_two_fields_of_the_contract_at_most(
    body: dict[str, Json],
) -> None:
    nearest = min((names_that_differ(body, right) for right in RIGHT), key=len)
    assert len(nearest) <= 2
    assert nearest <= CONTRACT.fields.keys()


@pytest.mark.slow
@pytest.mark.parametrize("kind", [ALLOWED, INCOMPLETE, MISTYPED])
def test_the_source_of_a_kind_draws_that_kind_often_enough(kind: str) -> None:
    counted: list[bool] = []

    @settings(derandomize=True, database=None, max_examples=50)
    @given(SOURCES[kind](ASK))
    def draw(body: Json) -> None:
        counted.append(kind_of(ASK, body, MUSTS) == kind)

    draw()
    assert sum(counted) >= len(counted) / 5


def test_what_lacks_fields_lacks_each_kind_of_field_at_some_time() -> None:
    blamed: set[str] = set()

    @settings(derandomize=True, database=None)
    @given(with_less(ASK).filter(lambda body: not CONTRACT.allows(body)))
    def draw(body: Json) -> None:
        blamed.add(blame(CONTRACT, body))

    draw()
    assert blamed >= {"TOKEN-MISSING", "REL-ID-MISSING", "MATCHING-UNKNOWN", "SELECTOR-NO-FALLBACK"}


@given(json_values())
def test_any_json_value_can_be_sent(value: Json) -> None:
    assert encode(value).isascii()


def drawn(requirement: str, seed: int) -> list[Json]:
    """The bodies that a check asks of a server that answers each of them rightly."""
    server = PlayedServer(lambda _: refusal())
    list(checks()[requirement](ask_of(server, seed=seed)))
    return [request.body for request in server.requests]


def kinds(bodies: Iterable[Json]) -> set[str]:
    return {kind_of(ASK, body, MUSTS) for body in bodies}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("requirement", "kind"), [("CONTRACT-INCOMPLETE", INCOMPLETE), ("CONTRACT-MISTYPED", MISTYPED)]
)
def test_a_check_asks_drawn_bodies_of_its_kind_alone_and_the_same_ones_for_the_same_seed(
    requirement: str, kind: str
) -> None:
    bodies = drawn(requirement, seed=7)
    assert len(bodies) > 1
    assert kinds(bodies) == {kind}
    assert drawn(requirement, seed=7) == bodies
    assert drawn(requirement, seed=8) != bodies
