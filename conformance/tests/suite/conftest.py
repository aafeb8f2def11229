"""What the suite's own tests share: a target, and ways to judge a server that a test makes up."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from profile_relations_conformance.reference import PAGE_TOKEN, reference_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Starts reference servers with the arguments given and gives their base URLs; all stop when the test ends."""
    with ExitStack() as stack:
        yield lambda *arguments: stack.enter_context(reference_server(arguments))


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A reference server with its defaults, for the whole session."""
    with reference_server() as url:
        yield url


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> str:
    """The token of the bundled world, where the target file says that it is."""
    monkeypatch.setenv("RELATIONS_TOKEN", PAGE_TOKEN)
    return PAGE_TOKEN
