"""What the suite's own tests share: a target, and ways to judge a server that a test makes up."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

import pytest
from profile_relations_conformance.commands.main import main
from profile_relations_conformance.run.reference_server import PAGE_TOKEN, bundled_target, reference_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Said(NamedTuple):
    """What the command line said, and its exit code."""

    code: int
    out: str
    err: str


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


@pytest.fixture(scope="session")
def faulty() -> Iterator[str]:
    """A reference server that lists a hundred relations at most, which breaks TOTAL-COUNT-EXPECTED alone."""
    with reference_server(["--fault", "limit-of-a-hundred"]) as url:
        yield url


@pytest.fixture(scope="session")
def target() -> Iterator[Path]:
    """The target file that tells of the bundled world."""
    with bundled_target() as path:
        yield path


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Runs the command line in this process."""

    def run(*arguments: object) -> Said:
        try:
            code = main([str(item) for item in arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        return Said(code, *capsys.readouterr())

    return run


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> str:
    """The token of the bundled world, where the target file says that it is."""
    monkeypatch.setenv("RELATIONS_TOKEN", PAGE_TOKEN)
    return PAGE_TOKEN
