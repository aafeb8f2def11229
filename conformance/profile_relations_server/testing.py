"""A server for your own tests, in a thread of their process: a fixture for pytest, and a context manager without it.

In `conftest.py`:

    pytest_plugins = ["profile_relations_server.testing"]

and in a test, once for the session, or as often as a test likes:

    def test_relations_are_shown(relations_server):
        with RelationsClient(relations_server.base_url, token=relations_server.token) as api: ...

    def test_a_busy_server_is_waited_for(start_relations_server):
        server = start_relations_server(trouble=Trouble(fail={429: 0.5}))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from profile_relations_server.contract import load_contract
from profile_relations_server.faults import service_of
from profile_relations_server.http.app import App, Surroundings
from profile_relations_server.http.serve import serving_in_thread
from profile_relations_server.http.trouble import Trouble
from profile_relations_server.service.variants import Variants
from profile_relations_server.store.database import Database
from profile_relations_server.store.load import load
from profile_relations_server.store.sql import SqlStore
from profile_relations_server.world.model import World
from profile_relations_server.world.reader import load_world, read_world

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["RunningServer", "ServerOptions", "Trouble", "running_server"]


@dataclass(frozen=True, kw_only=True)
class ServerOptions:
    """What a server is to be.

    Attributes:
        world: A world, the path of a world file, or what such a file holds; the bundled world where it is None.
        variants: Choices where the documentation leaves one, by the names that `--list-variants` tells.
        fault: A mistake to make, by its name; None for none.
        trouble: What happens to replies on their way; None for nothing.
    """

    world: World | Path | str | Mapping[str, Any] | None = None
    variants: Mapping[str, str] = field(default_factory=dict)
    fault: str | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True)
class RunningServer:
    """A server that listens.

    Attributes:
        base_url: What a client takes as its base URL.
        token: A token that gives access.
        world: What it serves.
    """

    base_url: str
    token: str = field(repr=False)
    world: World


@contextmanager
def running_server(options: ServerOptions | None = None) -> Iterator[RunningServer]:
    """Serves on a free port of the loopback interface until the block ends.

    Args:
        options: What to serve; the bundled world without any mistake where it is None.

    Yields:
        The server.

    Raises:
        StartError: If an option can't be followed.
    """
    options = options or ServerOptions()
    world = _world(options.world)
    variants = Variants.parse([f"{name}={value}" for name, value in options.variants.items()])
    with closing(Database()) as database:
        load(world, database)
        service = service_of(options.fault)(load_contract(), SqlStore(database, variants.form), world.tokens, variants)
        with serving_in_thread(App(service, Surroundings(trouble=options.trouble))) as url:
            yield RunningServer(url + service.contract.base_path, world.tokens[0], world)


def _world(given: World | Path | str | Mapping[str, Any] | None) -> World:
    if isinstance(given, World):
        return given
    return read_world(given) if isinstance(given, Mapping) else load_world(Path(given) if given is not None else None)


@pytest.fixture(scope="session")
def relations_server_options() -> ServerOptions:
    """What `relations_server` is to be; to be overridden in `conftest.py`."""
    return ServerOptions()


@pytest.fixture(scope="session")
def relations_server(relations_server_options: ServerOptions) -> Iterator[RunningServer]:
    """A server for all tests of the session."""
    with running_server(relations_server_options) as server:
        yield server


@pytest.fixture
def start_relations_server() -> Iterator[Callable[..., RunningServer]]:
    """Starts servers for one test; takes what `ServerOptions` takes."""
    with ExitStack() as stack:

        def start(**options: Any) -> RunningServer:  # noqa: ANN401 - those of ServerOptions
            return stack.enter_context(running_server(ServerOptions(**options)))

        yield start
