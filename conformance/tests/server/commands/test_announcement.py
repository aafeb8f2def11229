"""What the server says at its start works when it is pasted, and tells no secret."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
from profile_relations_server.world.reader import load_world

from tests.helpers.asked_service import JOHN
from tests.helpers.server_processes import COMMAND

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = load_world().tokens[0]
EVERYWHERE = "0.0.0.0"  # noqa: S104 - what the warning is for


@contextmanager
def announced(*options: str, **variables: str) -> Iterator[tuple[list[str], subprocess.Popen[str]]]:
    """Starts the command, and gives the lines that it says."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RELATIONS")} | variables
    with subprocess.Popen(
        [*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout
        yield [process.stdout.readline().rstrip("\n") for _ in range(4)], process
        process.terminate()


def pasted(line: str, **variables: str) -> dict[str, object]:
    """Runs the request of an announcement in a shell, and gives the envelope."""
    command = line.removeprefix("Try: ").replace("curl ", "curl --silent --show-error ", 1)
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=True, env=os.environ | variables)
    envelope: dict[str, object] = json.loads(done.stdout)
    return envelope


def test_the_bundled_world_is_served_with_all_that_a_first_request_needs() -> None:
    with announced() as (lines, _):
        url, token, example, docs = lines
        assert url.startswith("Serving on http://127.0.0.1:")
        assert token == f"Token: {TOKEN}"
        assert pasted(example)["total_count"] == 1
        assert httpx.get(docs.removeprefix("Docs: ")).status_code == 200


def test_a_token_that_is_a_secret_is_not_said(tmp_path: Path) -> None:
    world = {"tokens": ["my-secret"], "profiles": [{"profile_id": JOHN, "database": 1}]}
    (tmp_path / "world.json").write_text(json.dumps(world))
    for options, variables in (
        (("--world", str(tmp_path / "world.json")), {}),
        ((), {"RELATIONS_TOKENS": "my-secret"}),
    ):
        with announced(*options, **variables) as (lines, _):
            assert "my-secret" not in "".join(lines)
            assert "RELATIONS_TOKEN" in lines[1]
            code = 404 if options else 0
            assert pasted(lines[2], RELATIONS_TOKEN="my-secret")["error"] == code


@pytest.mark.parametrize(
    ("options", "variables", "warns"),
    [
        (("--host", EVERYWHERE), {}, True),
        (("--host", EVERYWHERE), {"RELATIONS_TOKENS": "other"}, False),
        (("--host", "::1"), {}, False),
        (("--host", "[::1]"), {}, False),
    ],
)
def test_the_published_token_is_warned_of_where_others_can_reach_the_server(
    options: tuple[str, ...], variables: dict[str, str], *, warns: bool
) -> None:
    with announced(*options, **variables) as (lines, process):
        assert lines[3].endswith("/docs")
        process.terminate()
        said = process.communicate()[1]
        assert ("others can reach this address and use the public token" in said) is warns
        assert said.count("\n") == int(warns)
