"""Every store gives each profile once, in the order of the world, and all that it was made of."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from profile_relations_server.store.queries import MOST_MATCHES
from profile_relations_server.store.search_terms import EXACT, Form
from profile_relations_server.world.model import MOST_TAGS, Channel, Profile, Relation, Subscription, World

from tests.helpers.stores import (
    DATABASES,
    MODEL,
    ask,
    store_of,
    url_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from profile_relations_server.store.interface import Store

FIRST, SECOND, THIRD = "a" * 24, "b" * 24, "c" * 24
WORLD = World(
    tokens=("t", "é"),
    profiles=(
        Profile(SECOND, 5, fields={"TAGS": ("x", "y"), "N": 1}),
        Profile(FIRST, 5, email="e@example.com", phones=("1",), fields={"TAGS": ("y", "x", "z"), "N": "1"}),
        Profile(
            THIRD,
            5,
            phones=("1", "2"),
            fields={"TAGS": ("x",)},
            subscriptions=(
                Subscription(24, Channel.EMAIL, "e@example.com"),
                Subscription(31, Channel.EMAIL, "e@example.com"),
                Subscription(31, Channel.SMS, "2"),
            ),
        ),
    ),
    relations=(
        Relation(2, FIRST, THIRD, 9, {}),
        Relation(3, FIRST, THIRD, 9, {"exr": {"value": None}}),
        Relation(2, FIRST, SECOND, 9, {}),
    ),
)

Make = "Callable[[World, Form], Store]"


@pytest.fixture(params=[MODEL, *DATABASES])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Store]]:
    url = None if request.param == MODEL else url_of(request.param, tmp_path, request)
    with ExitStack() as stack:
        yield lambda world, form=EXACT: stack.enter_context(store_of(world, url, form))


@pytest.fixture
def store(make: Callable[..., Store]) -> Store:
    return make(WORLD)


def test_profiles_come_in_the_order_of_the_world(store: Store) -> None:
    assert ask(store, lambda: store.by_phone("1")) == [FIRST, THIRD]
    assert ask(store, lambda: store.by_tags("TAGS", frozenset("x"), exactly=False)) == [SECOND, FIRST, THIRD]
    assert ask(store, lambda: store.by_tags("TAGS", frozenset("xy"), exactly=False)) == [SECOND, FIRST]
    assert ask(store, lambda: store.by_tags("TAGS", frozenset("xy"), exactly=True)) == [SECOND]


def test_a_profile_comes_once(store: Store) -> None:
    assert ask(store, lambda: store.by_subscription(Channel.EMAIL, "e@example.com", None)) == [THIRD]
    assert ask(store, lambda: store.by_subscription(Channel.EMAIL, "e@example.com", 31)) == [THIRD]


def test_relations_come_in_the_order_of_the_world(store: Store) -> None:
    assert list(ask(store, lambda: store.relations(2, FIRST))) == [WORLD.relations[0], WORLD.relations[2]]
    assert list(ask(store, lambda: store.relations(3, FIRST))) == [WORLD.relations[1]]


def test_nothing_is_found_by_what_nobody_has(store: Store) -> None:
    def found() -> list[object]:
        return [
            *store.by_tags("TAGS", frozenset(), exactly=False),
            *store.by_tags("TAGS", frozenset("xq"), exactly=False),
            *store.by_tags("N", frozenset("1"), exactly=False),
            *store.by_tags("TAGS", frozenset(map(str, range(MOST_TAGS + 1))), exactly=False),
            *store.by_subscription(Channel.SMS, "e@example.com", None),
            *store.by_subscription(Channel.EMAIL, "e@example.com", 99),
            *store.by_text("N", "\0\ud800"),
            *store.by_number("N", 10**30),
            *store.relations(2, SECOND),
            *store.relations(10**30, FIRST),
            *store.relations(2, "\0\ud800"),
        ]

    assert ask(store, found) == []
    assert [ask(store, lambda key=key: store.has_profile(key)) for key in ("d" * 24, "", "\0", FIRST)] == [  # type: ignore[misc] # mypy can't infer a lambda with a default
        *(False, False, False),
        True,
    ]


def test_a_number_is_no_text(store: Store) -> None:
    assert ask(store, lambda: store.by_number("N", 1)) == [SECOND]
    assert ask(store, lambda: store.by_text("N", "1")) == [FIRST]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (EXACT, [[], [], ["A"]]),
        (Form(caseless=True), [["b", "A"], [], ["b", "A"]]),
        (Form(trimmed=True), [[], [" c "], ["A", " c "]]),
        (Form(caseless=True, trimmed=True), [["b", "A", " c "]] * 3),
    ],
)
def test_addresses_are_compared_in_the_form_that_is_chosen(
    make: Callable[..., Store], form: Form, expected: list[list[str]]
) -> None:
    names = {FIRST: "b", SECOND: "A", THIRD: " c "}
    profiles = (
        Profile(FIRST, 5, phones=("STRASSE",)),
        Profile(SECOND, 5, phones=("Straße", "strasse")),
        Profile(THIRD, 5, phones=(" Straße ", "straSSe  ")),
    )
    store = make(World(("t",), profiles, ()), form)
    found = [ask(store, lambda text=text: store.by_phone(text)) for text in ("STRASSe", " straSSe", "Straße")]  # type: ignore[misc] # as above
    assert [[names[item] for item in items] for items in found] == expected


def test_of_many_that_share_an_address_the_first_come_and_the_last(make: Callable[..., Store]) -> None:
    ids = [f"{number:024x}" for number in range(MOST_MATCHES + 5)]
    tagged = tuple(Profile(item, 5, phones=("1",), fields={"TAGS": ("x", "y")}) for item in ids)
    store = make(World(("t",), tagged, ()))
    for step in (lambda: store.by_phone("1"), lambda: store.by_tags("TAGS", frozenset("xy"), exactly=False)):
        found = ask(store, step)
        assert found[:MOST_MATCHES] == ids[:MOST_MATCHES]
        assert (found[-1], len(set(found))) == (ids[-1], len(found))


def test_it_gives_all_that_it_was_made_of(store: Store) -> None:
    assert tuple(store.tokens()) == WORLD.tokens
    assert tuple(ask(store, store.profiles)) == WORLD.profiles
    assert tuple(ask(store, store.all_relations)) == WORLD.relations


def test_a_step_that_fails_leaves_the_store_as_it_was(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        ask(store, lambda: store.has_profile(FIRST) and 1 // 0)
    assert ask(store, lambda: store.has_profile(FIRST))
