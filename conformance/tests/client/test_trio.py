"""A client of coroutines in trio.

In an environment of its own: httpx loads trio wherever it is installed, which would cost all other processes a tenth
of a second each.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from .drawing import ROOT
from .test_sessions import serving, url_of
from .test_vendoring import GENERATED, environment, run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.toolchain
CALLS = """
import os
import trio
from profile_relations_client import AsyncRelationsClient, ClientError

async def calls():
    async with AsyncRelationsClient(os.environ["RELATIONS_URL"], token="t") as api:
        print(len(await api.get_relations(rel_id=2, email="john@example.com")))
        print(len(await api.get_relations(rel_id=2, email="john@example.com")))
        try:
            async for _ in api.get_relations_many([]):
                pass
        except ClientError as error:
            print(error)

for _ in range(2):
    trio.run(calls)
"""


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that has what the client needs, and trio."""
    pins = ("--constraint", ROOT / "constraints.txt")
    return environment(tmp_path_factory.mktemp("trio"), sys.executable, *pins, "attrs", "httpx", "trio")


def test_calls_are_answered_and_many_at_once_are_told_what_to_do(interpreter: Path) -> None:
    with serving() as server:
        done = run([interpreter, "-c", CALLS], RELATIONS_URL=url_of(server), PYTHONPATH=str(GENERATED))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[:2] == lines[3:5] == ["0", "0"]
    assert all("need asyncio" in line for line in (lines[2], lines[5]))
