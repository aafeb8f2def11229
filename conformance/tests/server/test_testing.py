"""The server stands in a user's own tests: as a fixture of pytest, and as a context manager without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from profile_relations_server.errors import StartError
from profile_relations_server.testing import RunningServer, ServerOptions, Trouble, running_server
from profile_relations_server.world.reader import load_world

from tests.helpers.asked_service import JOHN

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["pytester"]

WORLD: dict[str, Any] = {"tokens": ["my-token"], "profiles": [{"profile_id": JOHN, "database": 1}]}


def ask(server: RunningServer, **fields: object) -> httpx.Response:
    body = {"token": server.token, "rel_id": 2, "profile_id": JOHN} | fields
    return httpx.post(f"{server.base_url}/relations/get", json=body)


def test_a_server_answers_while_the_block_runs() -> None:
    with running_server() as server:
        assert ask(server).json()["total_count"] == 1
        assert server.token not in repr(server)
    with pytest.raises(httpx.ConnectError):
        ask(server)


def test_a_world_may_be_a_file_or_what_one_holds_or_a_world(tmp_path: Path) -> None:
    (tmp_path / "world.yaml").write_text(f"tokens: [my-token]\nprofiles: [{{profile_id: {JOHN}, database: 1}}]\n")
    for world in (WORLD, tmp_path / "world.yaml", str(tmp_path / "world.yaml")):
        with running_server(ServerOptions(world=world)) as server:
            assert server.token == "my-token"
            assert ask(server).json() == {
                "data": [],
                "error": 0,
                "error_text": "Successful operation",
                "total_count": 0,
            }
    with running_server(ServerOptions(world=load_world())) as server:
        assert ask(server).json()["total_count"] == 1


def test_variants_faults_and_trouble_are_chosen() -> None:
    options = ServerOptions(variants={"unknown-profile": "empty"}, fault="total-count-as-text")
    with running_server(options) as server:
        assert ask(server, profile_id="0" * 24).json()["total_count"] == "0"
    with running_server(ServerOptions(trouble=Trouble(fail={503: 1.0}))) as server:
        assert ask(server).status_code == 503


def test_a_mistake_is_told() -> None:
    for options in (ServerOptions(fault="none"), ServerOptions(variants={"x": "y"}), ServerOptions(world={})):
        with pytest.raises(StartError), running_server(options):
            pass


CONFTEST = """
import pytest
from profile_relations_server.testing import ServerOptions

pytest_plugins = ["profile_relations_server.testing"]


@pytest.fixture(scope="session")
def relations_server_options():
    return ServerOptions(variants={"unknown-profile": "empty"})
"""
TESTS = """
import json
from urllib.request import Request, urlopen

seen = set()


def ask(server):
    body = json.dumps({"token": server.token, "rel_id": 2, "profile_id": "0" * 24}).encode()
    return json.load(urlopen(Request(f"{server.base_url}/relations/get", body)))


def test_one(relations_server):
    seen.add(relations_server.base_url)
    assert ask(relations_server)["error"] == 0


def test_two(relations_server, start_relations_server):
    seen.add(relations_server.base_url)
    assert len(seen) == 1
    other = start_relations_server(fault="error-as-text")
    assert other.base_url != relations_server.base_url
    assert ask(other)["error"] == "404"
"""


def test_the_fixtures_serve_a_session_or_a_test(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider", "-p", "no:schemathesis")
    result.assert_outcomes(passed=2)
