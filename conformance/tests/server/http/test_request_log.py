"""The request log: one line of JSON for each request, and nothing in it that a request held in confidence."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
from profile_relations_server.world.reader import load_world

from tests.helpers.asked_service import JOHN
from tests.helpers.server_processes import running, stop

if TYPE_CHECKING:
    from collections.abc import Sequence

TOKEN = load_world().tokens[0]
CANARY = "canary-7f1e"
SECRETS = [TOKEN, JOHN, CANARY, "john@example.com", "CRM_ID"]


def lines_of(requests: Sequence[tuple[str, str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Sends requests to a server that logs, and gives what it wrote, which must hold no secret."""
    with running("--log-requests") as (process, base), httpx.Client(base_url=base.removesuffix("/api/v1.1")) as client:
        for method, path, more in requests:
            client.request(method, path, **more)
        status, out, err = stop(process)
    assert (status, out) == (0, "")
    assert [secret for secret in SECRETS if secret in err] == []
    return [json.loads(line) for line in err.splitlines()]


def test_each_request_is_told_in_one_line_without_its_secrets() -> None:
    endpoint = "/api/v1.1/relations/get"
    found = {"token": TOKEN, "rel_id": 2, "email": "john@example.com"}
    custom = {"token": TOKEN, "rel_id": 2, "matching": "custom", "field_name": "CRM_ID", "field_value": CANARY}
    lines = lines_of(
        [
            ("POST", endpoint, {"json": found, "headers": {"x-canary": CANARY, "user-agent": CANARY}}),
            ("POST", endpoint, {"json": custom, "params": {"token": TOKEN, "email": CANARY}}),
            ("POST", endpoint, {"json": {"token": CANARY, "rel_id": 2, "matching": CANARY}}),
            ("POST", endpoint, {"json": {"token": TOKEN, "rel_id": 2, "matching": CANARY, CANARY: 1}}),
            ("POST", endpoint, {"content": f"{CANARY} {TOKEN}".encode()}),
            ("GET", endpoint, {"params": {"token": TOKEN, "profile_id": JOHN}}),
            ("GET", f"/{CANARY}/{TOKEN}", {}),
            ("GET", "/healthz", {"params": {"token": TOKEN}}),
            ("POST", "/readyz", {"content": CANARY.encode()}),
        ]
    )
    told = [(line["method"], line["path"], line["status"], line.get("mode"), line.get("code")) for line in lines]
    assert told == [
        ("POST", endpoint, 200, "email", 0),
        ("POST", endpoint, 200, "custom", 404),
        ("POST", endpoint, 200, None, 401),
        ("POST", endpoint, 200, None, 400),
        ("POST", endpoint, 200, None, 400),
        ("GET", endpoint, 405, None, 405),
        ("GET", None, 404, None, None),
        ("GET", "/healthz", 200, None, None),
        ("POST", "/readyz", 405, None, None),
    ]
    assert lines[0]["received"] == len(json.dumps(found, separators=(",", ":")))
    assert {type(line["milliseconds"]) for line in lines} == {float}


def test_it_serves_on_where_nobody_reads_the_log_any_more() -> None:
    with running("--log-requests") as (process, base):
        assert process.stderr
        process.stderr.close()
        body = json.dumps({"token": TOKEN, "rel_id": 2, "profile_id": JOHN})
        # This client opens no second connection by itself, so the server must not close the first one.
        client = HTTPConnection(urlsplit(base).netloc, timeout=10)
        client.connect()
        client.auto_open = 0
        for _ in range(3):
            client.request("POST", "/api/v1.1/relations/get", body)
            assert json.loads(client.getresponse().read())["error"] == 0
        client.close()
        process.stderr = None
