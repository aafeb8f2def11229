"""Whatever happens to the process of a run, its exit code is the verdict's or 2, and its reports are written."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pytest
from profile_relations_conformance.report.schema import load
from profile_relations_conformance.run import suite
from profile_relations_conformance.run.hypothesis_storage import VARIABLE
from profile_relations_conformance.run.reference_server import PAGE_TOKEN
from profile_relations_conformance.run.runner import Runner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from profile_relations_conformance.judging.verdict import Run

    from tests.suite.conftest import Said

COMMAND = [sys.executable, "-m", "profile_relations_conformance", "run"]
SOME = ("--effort", "quick", "--select", "TOTAL-COUNT-E*")
FULL = Path("/dev/full")


def shell(redirection: str, *arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the command by a shell, with its streams as the redirection says."""
    line = ["sh", "-c", f'"$@" {redirection}', "sh", *COMMAND, *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, check=False, cwd=cwd)


@pytest.mark.parametrize("judged", ["server", "faulty"])
@pytest.mark.parametrize("redirection", [">&-", "2>&-", "<&- >&- 2>&-", "| true; exit ${PIPESTATUS[0]}"])
def test_the_exit_code_is_the_verdict_whoever_reads_the_output(
    request: pytest.FixtureRequest, target: Path, tmp_path: Path, redirection: str, judged: str
) -> None:
    report = tmp_path / "report.json"
    bash = ["bash", "-c", f'"$@" {redirection}', "bash", *COMMAND, "--target", str(target)]
    what = ["--base-url", request.getfixturevalue(judged), *SOME, "--report-json", str(report)]
    ended = subprocess.run([*bash, *what], capture_output=True, text=True, check=False)
    assert ended.returncode == (judged == "faulty"), ended.stderr
    assert "Traceback" not in ended.stderr
    assert load(report)["verdict"]["exit_code"] == (judged == "faulty")


@pytest.mark.skipif(not FULL.exists(), reason="there is no device that is always full here")
def test_a_full_disk_under_the_output_is_one_line_and_the_reports_are_written(
    server: str, target: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    ended = shell(f">{FULL}", "--target", target, "--base-url", server, *SOME, "--report-json", report)
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert "standard output can't be written (No space left on device)" in line
    assert load(report)["verdict"]["exit_code"] == 0
    assert shell(f">{FULL}", "--help").returncode == 2


def test_a_working_folder_that_was_removed_is_one_line(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    line = [
        "sh",
        "-c",
        'rmdir ../gone; exec "$@"',
        "sh",
        str(Path(sys.executable).with_name("relations-conformance")),
        "run",
    ]
    ended = subprocess.run(line, capture_output=True, text=True, check=False, cwd=gone)
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1
    assert "the working folder no longer exists" in ended.stderr


def at_the_end(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Any]) -> None:
    """Lets something happen after the last request of a run, and before its reports are written."""
    finish = Runner.finish

    def ends(runner: Runner) -> Run:
        happens()
        return finish(runner)

    monkeypatch.setattr(Runner, "finish", ends)


def test_a_folder_that_is_removed_meanwhile_is_made_again(
    call: Callable[..., Said], server: str, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "reports" / "report.json"
    at_the_end(monkeypatch, lambda: shutil.rmtree(report.parent))
    said = call("run", "--target", target, "--base-url", server, *SOME, "--report-json", report)
    assert said.code == 0, said.err
    assert load(report)["verdict"]["exit_code"] == 0


def test_a_report_that_can_not_be_written_keeps_nothing_else_back(
    call: Callable[..., Said], faulty: str, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "report.json", tmp_path / "report.html"
    at_the_end(monkeypatch, first.mkdir)
    what = ("--target", target, "--base-url", faulty, *SOME)
    said = call("run", *what, "--report-json", first, "--report-html", second)
    assert said.code == 2
    assert "report.json: can't be written" in said.err
    assert "TOTAL-COUNT-EXPECTED" in said.out
    assert "not conformant" in second.read_text("utf-8")


def test_an_unforeseen_error_before_the_checks_is_2_and_written_down(
    call: Callable[..., Said], server: str, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: object) -> None:
        raise KeyError(PAGE_TOKEN)

    monkeypatch.setattr(suite, "check_target", fails)
    report = tmp_path / "report.json"
    said = call("run", "--target", target, "--base-url", server, "--report-json", report)
    assert said.code == 2
    (line,) = said.err.splitlines()
    assert "the suite itself erred: KeyError in test_process.py, line" in line
    assert PAGE_TOKEN not in line + report.read_text("utf-8")
    written = load(report)
    assert written["interrupted"].startswith("an error of the suite itself (KeyError")
    assert {item["outcome"] for item in written["requirements"]} == {"not tested"}


class _Slow(BaseHTTPRequestHandler):
    """Lets every caller wait, and tells the test that one does."""

    asked: Event

    def do_POST(self) -> None:
        self.asked.set()
        time.sleep(0.2)
        body = b'{"error":0,"error_text":"","data":[],"total_count":0}'
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture
def slow() -> Iterator[tuple[str, Event]]:
    """A server that takes its time: its base URL, and what is set when it is asked."""
    asked = Event()
    handler = type("Handler", (_Slow,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/api/v1.1", asked
        server.shutdown()
        thread.join()


@pytest.fixture
def heard() -> Iterator[None]:
    """Processes that a test starts hear these signals, also where what runs the tests ignores them, as nohup does."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_breaks_a_run_off_and_its_report_is_written(
    slow: tuple[str, Event], target: Path, tmp_path: Path, number: signal.Signals
) -> None:
    url, asked = slow
    report = tmp_path / "report.json"
    command = [*COMMAND, "--target", str(target), "--base-url", url, "--report-json", str(report)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert asked.wait(60)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode in {2, 130}, err
    assert err == ""
    assert load(report)["complete"] is False
    assert json.loads(report.read_text("utf-8"))["interrupted"] == "the run was interrupted"
    assert process.returncode == 130 or "broken off" in out


def test_a_hangup_that_is_ignored_stays_so() -> None:
    code = (
        "import os, signal\n"
        "from profile_relations_conformance.commands.process import broken_off_by_signals\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "with broken_off_by_signals(): os.kill(os.getpid(), signal.SIGHUP)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_no_reference_server_stays_behind_where_the_suite_is_killed() -> None:
    code = (
        "import time\n"
        "from profile_relations_conformance.run.reference_server import reference_server\n"
        "with reference_server() as url:\n"
        "    print(url, flush=True)\n"
        "    time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"http")
        process.kill()
        process.communicate(timeout=60)  # the server has the same standard error, which closes when both have ended


def test_a_run_leaves_nothing_in_the_working_folder(
    server: str, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    what = ("--target", target, "--base-url", server, "--effort", "quick", "--select", "CONTRACT-ALLOWED")
    assert shell("", *what, cwd=tmp_path).returncode == 0
    assert list(tmp_path.iterdir()) == []
