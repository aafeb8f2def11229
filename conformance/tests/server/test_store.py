"""The store in memory gives each profile once, in the order of the world, and all that it was made of."""

from __future__ import annotations

from profile_relations_server.store import MemoryStore
from profile_relations_server.world import Channel, Profile, Subscription, World

FIRST, SECOND, THIRD = "a" * 24, "b" * 24, "c" * 24
WORLD = World(
    tokens=("t",),
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
    relations=(),
)
STORE = MemoryStore(WORLD)


def test_profiles_come_in_the_order_of_the_world() -> None:
    assert STORE.by_phone("1") == [FIRST, THIRD]
    assert STORE.by_tags("TAGS", frozenset("x"), exactly=False) == [SECOND, FIRST, THIRD]
    assert STORE.by_tags("TAGS", frozenset("xy"), exactly=False) == [SECOND, FIRST]
    assert STORE.by_tags("TAGS", frozenset("xy"), exactly=True) == [SECOND]


def test_a_profile_comes_once() -> None:
    assert STORE.by_subscription(Channel.EMAIL, "e@example.com", None) == [THIRD]
    assert STORE.by_subscription(Channel.EMAIL, "e@example.com", 31) == [THIRD]


def test_nothing_is_found_by_what_nobody_has() -> None:
    assert STORE.by_tags("TAGS", frozenset(), exactly=False) == []
    assert STORE.by_tags("TAGS", frozenset("xq"), exactly=False) == []
    assert STORE.by_tags("N", frozenset("1"), exactly=False) == []
    assert STORE.by_subscription(Channel.SMS, "e@example.com", None) == []
    assert STORE.by_subscription(Channel.EMAIL, "e@example.com", 99) == []
    assert not STORE.has_profile("d" * 24)
    assert STORE.relations(2, FIRST) == ()


def test_a_number_is_no_text() -> None:
    assert STORE.by_number("N", 1) == [SECOND]
    assert STORE.by_text("N", "1") == [FIRST]


def test_addresses_are_compared_folded_on_both_sides() -> None:
    folded = MemoryStore(WORLD, str.upper)
    assert folded.by_email("E@example.com") == [FIRST]
    assert folded.by_subscription(Channel.EMAIL, "E@EXAMPLE.com", 24) == [THIRD]


def test_it_gives_all_that_it_was_made_of() -> None:
    assert STORE.profiles() == WORLD.profiles
    assert STORE.all_relations() == WORLD.relations
