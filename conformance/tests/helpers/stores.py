"""The kinds of store that tests compare, and worlds for Hypothesis to draw."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from hypothesis import strategies as st
from profile_relations_server.store.database import IN_MEMORY, Database
from profile_relations_server.store.load import load
from profile_relations_server.store.search_terms import EXACT, Form
from profile_relations_server.store.sql import SqlStore
from profile_relations_server.world.model import Channel, Profile, Relation, Subscription, World

from tests.helpers.store_model import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pytest
    from profile_relations_server.store.interface import Store

    from tests.helpers.postgres import PostgresServer

Answer = TypeVar("Answer")

MODEL = "model"
DATABASES = ("memory", "file", "postgresql")


def url_of(kind: str, folder: Path, request: pytest.FixtureRequest) -> str:
    """Gives the URL of a database of a kind; a PostgreSQL server is started where that is asked for."""
    if kind == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        return server.url
    return IN_MEMORY if kind == "memory" else f"sqlite:///{folder / 'world.db'}"


@contextmanager
def store_of(world: World, url: str | None, form: Form = EXACT) -> Iterator[Store]:
    """Gives a store of a world.

    Args:
        world: The world.
        url: The database to keep it in; None for the model.
        form: The form in which addresses are compared.

    Yields:
        The store.
    """
    if url is None:
        yield MemoryStore(world, form)
        return
    database = Database(url)
    load(world, database)
    yield SqlStore(database, form)
    database.close()


def store_in_memory(world: World, form: Form = EXACT) -> SqlStore:
    """Makes a store of a world in a database of its own, which is in memory and ends with the store."""
    database = Database()
    load(world, database)
    return SqlStore(database, form)


def ask(store: Store, step: Callable[[], Answer]) -> Answer:
    """Asks a store as the service does."""
    return asyncio.run(store.ask(step))


# So few values that requests find profiles, and profiles share them; some differ in letter case and space alone.
ADDRESSES = ("a@example.com", "A@example.com", " a@example.com ", "ß", "SS", "+1202", "\0", "é\U0001f600", "x" * 3000)
NAMES = ("TAGS", "CRM", "crm", "")
TAGS = ("vip", "VIP", "north", "early bird", "7")
TEXTS = (*ADDRESSES[:3], "7", "07", "vip", "vip,north", "\0")
NUMBERS = (0, 7, -7, 2**63 - 1, -(2**63))
RESOURCES = (24, 31, -1)
TYPES = (2, 3, -(2**63))
IDS = tuple(f"{number:024x}" for number in range(4))

_FIELD_VALUES = (
    st.sampled_from(TEXTS)
    | st.sampled_from(NUMBERS)
    | st.lists(st.sampled_from(TAGS), unique=True, max_size=4).map(tuple)
)
_SUBSCRIPTIONS = st.builds(
    Subscription, st.sampled_from(RESOURCES), st.sampled_from(Channel), st.sampled_from(ADDRESSES)
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(min_size=1, max_size=3), inner, max_size=2),
    max_leaves=3,
)
_PROPS = st.dictionaries(st.text(min_size=1, max_size=3), st.fixed_dictionaries({"value": _JSON}), max_size=2)


def _profile(profile_id: str) -> st.SearchStrategy[Profile]:
    return st.builds(
        Profile,
        profile_id=st.just(profile_id),
        database=st.sampled_from(NUMBERS),
        email=st.none() | st.sampled_from(ADDRESSES),
        phones=st.lists(st.sampled_from(ADDRESSES), unique=True, max_size=3).map(tuple),
        fields=st.dictionaries(st.sampled_from([name for name in NAMES if name]), _FIELD_VALUES, max_size=3),
        subscriptions=st.lists(_SUBSCRIPTIONS, max_size=3).map(tuple),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draws a world, seldom an empty one."""
    least = draw(st.sampled_from((2, 2, 2, 0)))
    ids = draw(st.lists(st.sampled_from(IDS), unique=True, min_size=least, max_size=4))
    keys = st.tuples(st.sampled_from(TYPES), st.sampled_from(ids or IDS), st.sampled_from(IDS))
    linked = draw(st.lists(keys, unique=True, min_size=2 * least, max_size=6)) if ids else []
    return World(
        tokens=tuple(draw(st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=3, unique=True))),
        profiles=tuple(draw(_profile(profile_id)) for profile_id in ids),
        relations=tuple(Relation(*key, draw(st.sampled_from(NUMBERS)), draw(_PROPS)) for key in linked),
    )
