"""Fixtures of the server's tests: the bundled world and contract, and a server that is asked without a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from profile_relations_server.contract import Contract, load_contract
from profile_relations_server.world.reader import load_world

from tests.helpers.asked_service import Asked, make_service
from tests.helpers.postgres import postgres_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profile_relations_server.world.model import World

    from tests.helpers.postgres import PostgresServer


@pytest.fixture(scope="session")
def world() -> World:
    return load_world()


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load_contract()


@pytest.fixture
def server(world: World, contract: Contract) -> Asked:
    return make_service(world, contract)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server
