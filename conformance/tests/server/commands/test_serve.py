"""The command as a process: what it announces, how it answers over HTTP, how it stops, and what it says of mistakes."""

from __future__ import annotations

import errno
import json
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest
from profile_relations_server.commands.main import main
from profile_relations_server.contract import contract_file
from profile_relations_server.http.serve import bind
from profile_relations_server.service.variants import list_variants
from profile_relations_server.world.reader import load_world

from tests.helpers.asked_service import JOHN, MARY, complaint
from tests.helpers.server_processes import running, stop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = load_world().tokens[0]
REQUEST = {"token": TOKEN, "rel_id": 2, "profile_id": JOHN}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running("--refuse-with", "4xx") as (process, base):
        yield base
        assert stop(process) == (0, "", "")


def test_it_announces_a_free_port_on_which_it_answers(url: str) -> None:
    assert url.startswith("http://127.0.0.1:")
    assert url.endswith("/api/v1.1")
    reply = httpx.post(f"{url}/relations/get", json=REQUEST)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
    assert reply.json()["total_count"] == 1


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_method_is_refused(url: str, method: str) -> None:
    reply = httpx.request(method, f"{url}/relations/get", params={"token": TOKEN, "rel_id": "2", "profile_id": JOHN})
    assert (reply.status_code, reply.headers["allow"]) == (405, "POST")
    if method != "HEAD":
        assert reply.json() == {"error": 405, "error_text": "the method must be POST"}


@pytest.mark.parametrize("path", ["/relations", "/relations/get/", "/relations/list", "/../healthz2"])
def test_another_path_is_refused_with_the_envelope(url: str, path: str) -> None:
    reply = httpx.post(url + path, json=REQUEST)
    assert (reply.status_code, reply.json()["error"]) == (404, 404)
    assert "/api/v1.1/relations/get" in reply.json()["error_text"]


@pytest.mark.parametrize("size", [1024 * 1024, 1024 * 1024 + 1, 9 * 1024 * 1024])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_refused_with_the_envelope(url: str, size: int, *, chunked: bool) -> None:
    body = json.dumps(REQUEST).encode().ljust(size)
    # This client sends everything before it reads, so it sees the reply only if the server lets it finish.
    client = HTTPConnection(urlsplit(url).netloc, timeout=20)
    pieces = (body[start : start + 65536] for start in range(0, size, 65536))
    client.request("POST", "/api/v1.1/relations/get", body=pieces if chunked else body)
    reply = client.getresponse()
    assert reply.status == (413 if size > 1024 * 1024 else 200)
    assert json.loads(reply.read())["error"] == (413 if size > 1024 * 1024 else 0)
    client.close()


def test_a_socket_names_its_protocol_so_that_replies_are_sent_at_once() -> None:
    # Without it the event loop leaves small packets to be held back, 40 ms each.
    with bind("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_concurrent_requests_get_their_own_answers(url: str) -> None:
    with httpx.Client() as client, ThreadPoolExecutor(8) as pool:
        asked = [(JOHN, 2), (MARY, 2), (JOHN, 3), (MARY, 8)] * 25

        def count(question: tuple[str, int]) -> int:
            body = REQUEST | {"profile_id": question[0], "rel_id": question[1]}
            total: int = client.post(f"{url}/relations/get", json=body).json()["total_count"]
            return total

        assert list(pool.map(count, asked)) == [1, 123, 4, 3] * 25


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_on_a_signal_with_an_open_connection(number: signal.Signals) -> None:
    with running() as (process, base), httpx.Client() as client:
        client.post(f"{base}/relations/get", json=REQUEST)
        assert stop(process, number) == (0, "", "")


def test_it_stops_though_a_request_never_ends() -> None:
    with running() as (process, base), socket.create_connection(("127.0.0.1", urlsplit(base).port)) as client:
        client.sendall(b"POST /api/v1.1/relations/get HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
        assert httpx.post(f"{base}/relations/get", json=REQUEST).status_code == 200
        assert stop(process)[0] == 0


def test_workers_share_the_port_and_stop_together() -> None:
    with running("--workers", "2") as (process, base):
        for _ in range(5):
            assert httpx.post(f"{base}/relations/get", json=REQUEST).json()["error"] == 0
        assert stop(process) == (0, "", "")
        with pytest.raises(httpx.ConnectError):
            httpx.get(base)


def test_workers_end_with_the_process_that_started_them() -> None:
    with running("--workers", "2") as (process, base):
        assert httpx.get(base).status_code == 404
        process.kill()
        process.wait()
        address = ("127.0.0.1", urlsplit(base).port)
        for _ in range(100):
            with socket.socket() as client:
                if client.connect_ex(address) == errno.ECONNREFUSED:
                    break
            time.sleep(0.1)
        else:
            pytest.fail("somebody listens still, ten seconds later")


def test_tokens_of_the_environment_take_the_place_of_the_worlds() -> None:
    with running(RELATIONS_TOKENS=" one,two ,") as (_, base):
        asked = [
            httpx.post(f"{base}/relations/get", json=REQUEST | {"token": token}) for token in ("one", "two", TOKEN)
        ]
        assert [reply.json()["error"] for reply in asked] == [0, 0, 401]


def test_it_serves_another_world_by_another_contract(tmp_path: Path) -> None:
    (tmp_path / "world.json").write_text(
        json.dumps({"tokens": ["t"], "profiles": [{"profile_id": JOHN, "database": 1}]})
    )
    (tmp_path / "contract.yaml").write_bytes(contract_with_base(b"/v2"))
    options = ("--world", str(tmp_path / "world.json"), "--contract", str(tmp_path / "contract.yaml"))
    with running(*options) as (_, base):
        assert base.endswith("/v2")
        reply = httpx.post(f"{base}/relations/get", json={"token": "t", "rel_id": 2, "profile_id": JOHN})
        assert reply.json()["total_count"] == 0


def contract_with_base(path: bytes) -> bytes:
    return contract_file().read_bytes().replace(b"/api/v1.1\n", path + b"\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--world", "none.yaml"], "none.yaml: can't be read (No such file or directory); name a file that exists"),
        (["--contract", "none.yaml"], "none.yaml: can't be read (No such file or directory); name a file that exists"),
        (["--port", "99999"], "--port 99999 is not a port; give 0 to 65535"),
        (["--port", "-1"], "--port -1 is not a port"),
        (["--host", "no.such.host.invalid"], "can't listen on no.such.host.invalid"),
        (["--workers", "0"], "--workers 0 is not a number of processes"),
        (["--variant", "nonsense"], "there is no variant 'nonsense'; --list-variants lists them"),
        (["--refuse-with", "500"], "the variant refuse-with has no value '500'; choose 200, 4xx, 422"),
        (["--unknown-profile", "maybe"], "choose error, empty"),
        (["--fault", "nonsense"], "there is no fault 'nonsense'; --list-faults lists them"),
    ],
)
def test_a_mistake_is_told_in_one_line(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert main(arguments) == 2
    assert message in complaint(capsys)


@pytest.mark.parametrize("arguments", [["--colour"], ["--port", "x"], ["--json"], ["extra"], ["--wor", "x"]])
def test_an_argument_that_is_none_is_told_in_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_port_that_is_taken_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 2
    assert f"can't listen on 127.0.0.1 port {port} (Address already in use)" in capsys.readouterr().err


def test_the_variants_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list-variants"]) == 0
    text = capsys.readouterr().out
    assert "refuse-with=200|4xx|422\n    REFUSAL-STATUS-EITHER: HTTP status of a refusal" in text
    assert main(["--list-variants", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [item["name"] for item in listed] == [item.name for item in list_variants()]
