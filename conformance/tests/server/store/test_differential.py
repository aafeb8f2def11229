"""All stores answer alike: whatever a body asks of whatever world, the replies are the model's to the byte."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from profile_relations_server.contract import load_contract
from profile_relations_server.service.pipeline import Service
from profile_relations_server.service.variants import Variants

from tests.helpers.asked_service import Asked
from tests.helpers.stores import (
    ADDRESSES,
    DATABASES,
    IDS,
    MODEL,
    NAMES,
    NUMBERS,
    RESOURCES,
    TAGS,
    TEXTS,
    TYPES,
    store_of,
    url_of,
    worlds,
)

if TYPE_CHECKING:
    from pathlib import Path

    from profile_relations_server.world.model import FieldValue, Profile, World

CONTRACT = load_contract()
KINDS = (MODEL, *DATABASES)

_ODD = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
_COMBINATIONS = st.lists(st.sampled_from(TAGS), max_size=4).map(", ".join)
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "rel_id": st.sampled_from(TYPES) | st.sampled_from([2.0, 10**30]),
    "profile_id": st.sampled_from(IDS) | st.sampled_from(["", "\0", "\ud800", "F" * 24]),
    "email": st.sampled_from(ADDRESSES),
    "phone": st.sampled_from(ADDRESSES),
    "resource_id": st.sampled_from(RESOURCES),
    "field_name": st.sampled_from(NAMES),
    "field_value": st.sampled_from(TEXTS) | st.sampled_from(NUMBERS) | _COMBINATIONS,
}
_ROWS = st.integers(0, len(CONTRACT.rows) - 1)
_CHOICES = ("letter-case", "spaces", "shared-address", "some-tags", "digits", "resource-and-profile-data")


def known_of(world: World, profile: Profile) -> st.SearchStrategy[dict[str, Any]]:
    """Draws fields that go together, as one who knows a profile would send them."""
    fields = [{"field_name": name, "field_value": _sought(value)} for name, value in profile.fields.items()]
    subscribed = [{"resource_id": item.resource_id, "email": item.address} for item in profile.subscriptions]
    types = [item.rel_id for item in world.relations if item.profile_id_a == profile.profile_id]
    return st.builds(
        lambda *parts: {name: value for part in parts for name, value in part.items()},
        st.sampled_from([{"profile_id": profile.profile_id, "email": profile.email or ""}]),
        st.sampled_from([{"rel_id": item} for item in types] or [{}]),
        st.sampled_from([{"phone": item} for item in profile.phones] or [{}]),
        st.sampled_from(fields or [{}]),
        st.sampled_from([{}, *subscribed]),
    )


def _sought(value: FieldValue) -> str | int:
    return ", ".join(value) if isinstance(value, tuple) else value


@st.composite
def bodies(draw: st.DrawFn, world: World) -> dict[str, Any]:
    """Draws a body without its token: a row with its fields, others beside them, now and then a wrong value."""
    row = CONTRACT.rows[draw(_ROWS)]
    more = draw(st.lists(st.sampled_from(sorted(_VALUES)), max_size=2))
    names = [name for name in dict.fromkeys([*row.required, *more]) if name in _VALUES]
    body = {name: draw(_VALUES[name]) for name in names}
    profiles: list[Profile | None] = [None, *world.profiles]
    profile = draw(st.sampled_from(profiles))
    if profile is not None:
        known = draw(known_of(world, profile))
        body |= {name: value for name, value in known.items() if name in body}
    if row.mode is not None:
        body["matching"] = row.mode
    if draw(st.integers(0, 9)) == 0:
        body[draw(st.sampled_from([*names, "matching"]))] = draw(_ODD)
    return body


@st.composite
def questions(draw: st.DrawFn) -> tuple[World, list[dict[str, Any]]]:
    """Draws a world, and what it is asked."""
    world = draw(worlds())
    return world, draw(st.lists(bodies(world), min_size=8, max_size=16))


@pytest.fixture(scope="module")
def urls(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    folder: Path = tmp_path_factory.mktemp("differential")
    return {kind: None if kind == MODEL else url_of(kind, folder, request) for kind in KINDS}


def replies(world: World, url: str | None, variants: Variants, asked: list[dict[str, Any]]) -> list[bytes]:
    """Gives what a store's server answers."""
    with store_of(world, url, variants.form) as store:
        server = Asked(Service(CONTRACT, store, store.tokens(), variants), world.tokens[0])
        return [server.raw(json.dumps({"token": world.tokens[0]} | body).encode()).content for body in asked]


@pytest.mark.slow
@settings(deadline=None, max_examples=30)  # four worlds are loaded for each, one of them over a socket
@given(questions(), st.lists(st.sampled_from(_CHOICES), unique=True))
def test_every_store_gives_the_same_answer(
    urls: dict[str, str | None], question: tuple[World, list[dict[str, Any]]], choices: list[str]
) -> None:
    world, asked = question
    variants = Variants.parse(choices)
    expected = replies(world, None, variants, asked)
    for kind in DATABASES:
        assert replies(world, urls[kind], variants, asked) == expected, kind


@pytest.mark.slow
def test_the_bodies_that_are_drawn_reach_profiles_in_every_mode() -> None:
    reached: set[str | None] = set()

    @settings(deadline=None, max_examples=50, database=None, derandomize=True)
    @given(questions())
    def draw(question: tuple[World, list[dict[str, Any]]]) -> None:
        for body, reply in zip(question[1], replies(question[0], None, Variants(), question[1]), strict=True):
            if json.loads(reply).get("data"):
                reached.add(body.get("matching"))

    draw()
    assert reached >= {row.mode for row in CONTRACT.rows}
