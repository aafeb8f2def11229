"""`pytest --pyargs profile_relations_conformance` gives the verdict of `relations-conformance run`."""

from __future__ import annotations

import re
import shutil
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import httpx
import pytest
from profile_relations_conformance import pytest_plugin
from profile_relations_conformance.run.hypothesis_storage import VARIABLE
from profile_relations_conformance.run.settings import CONNECTION_OPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.suite.conftest import Said

pytest_plugins = ["pytester"]
ALONE = ("-p", "no:schemathesis", "-p", "no:anyio")  # their plugins take two seconds to load, and are not needed
QUICK = ("--relations-effort", "quick", *ALONE)
SUITE = ("--pyargs", "profile_relations_conformance", "-rfx", "-p", "no:cacheprovider", *QUICK)


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session in this process sets where Hypothesis keeps its files, which is taken back."""
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.delenv(VARIABLE)


@pytest.fixture
def target(target: Path, pytester: pytest.Pytester) -> Path:
    """A copy of the target file: pytest takes its settings from the project in which a file that it is told of lies."""
    return Path(shutil.copy(target, pytester.path))


@pytest.fixture
def suite(target: Path, pytester: pytest.Pytester) -> Callable[..., pytest.RunResult]:
    """Runs the suite under pytest in this process, from a folder that is nobody's project."""
    return lambda *options: pytester.runpytest_inprocess(*SUITE, "--relations-target", target, *options)


@pytest.fixture
def counted(faulty: str) -> Iterator[tuple[str, list[bytes]]]:
    """The base URL of a server that keeps what it is asked and passes it on, and what it was asked."""
    asked: list[bytes] = []

    class Relay(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.rfile.read(int(self.headers["content-length"])))
            answer = httpx.post(f"{faulty}/relations/get", content=asked[-1], headers=dict(self.headers))
            self.send_response(answer.status_code)
            self.send_header("content-type", answer.headers["content-type"])
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Relay) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/api/v1.1", asked
        server.shutdown()
        thread.join()


def test_workers_of_xdist_ask_nothing_twice(
    suite: Callable[..., pytest.RunResult],
    pytester: pytest.Pytester,
    target: Path,
    counted: tuple[str, list[bytes]],
) -> None:
    url, asked = counted
    what = ("--relations-base-url", url, "-k", "TOKEN or TOTAL")
    alone = suite(*what)
    by_one = sorted(asked)
    asked.clear()
    together = pytester.runpytest_subprocess(*SUITE, "--relations-target", target, *what, "-n", "2")
    assert sorted(asked) == by_one
    for result in (alone, together):
        assert result.ret == 1
        assert "not conformant: 1 MUST failed" in str(result.stdout)
        assert len(re.findall(r"FAILED .*\[TOTAL-COUNT-EXPECTED\]", str(result.stdout))) == 1


def test_a_right_server_gets_the_verdict_of_a_run(
    suite: Callable[..., pytest.RunResult], call: Callable[..., Said], server: str, target: Path
) -> None:
    result = suite("--relations-base-url", server, "-k", "TOTAL-COUNT-E")
    what = ("--target", target, "--base-url", server, "--profile", "quick", "--select", "TOTAL-COUNT-E*")
    verdict = call("run", *what)
    assert result.ret == verdict.code == 0
    sentence = "no failure in what was tested: 2 of"
    assert sentence in str(result.stdout)
    assert sentence in verdict.out.lower()


def test_markers_choose_by_level_and_area_and_the_first_failure_can_end_it(
    suite: Callable[..., pytest.RunResult], faulty: str
) -> None:
    result = suite("--relations-base-url", faulty, "-m", "must and entries", "-x", "-v", "--strict-markers")
    assert result.ret == 1
    assert "test_requirement[TOTAL-COUNT-EXPECTED] FAILED" in str(result.stdout)
    assert "test_requirement[ENTRY-ONCE]" not in str(result.stdout)
    assert "TOKEN" not in str(result.stdout).partition("test session starts")[2].partition("FAILURES")[0]
    assert "expected: 123 relations" in str(result.stdout)


@pytest.mark.parametrize(
    ("entry", "code", "outcomes", "said"),
    [
        ("TOTAL-COUNT-EXPECTED", 0, {"passed": 1, "xfailed": 1}, "known failure: pages"),
        ("TOTAL-COUNT-ENTRIES", 1, {"failed": 2}, "TOTAL-COUNT-ENTRIES is listed as a known failure, and passes"),
        ("TOTAL", 1, {"passed": 1, "failed": 1}, "TOTAL is listed as a known failure, and is no requirement"),
    ],
)
def test_known_failures_are_excused_as_in_a_run(  # noqa: PLR0913 - two ways to run, and what is asked
    *,
    suite: Callable[..., pytest.RunResult],
    call: Callable[..., Said],
    faulty: str,
    target: Path,
    tmp_path: Path,
    entry: str,
    code: int,
    outcomes: dict[str, int],
    said: str,
) -> None:
    known = tmp_path / "known.toml"
    known.write_text(f'[[known_failing]]\nid = "{entry}"\nreason = "pages"\n', "utf-8")
    result = suite("--relations-base-url", faulty, "-k", "TOTAL-COUNT-E", "--relations-known-failing", known)
    assert result.ret == code, str(result.stdout)
    result.assert_outcomes(**outcomes)
    assert said in str(result.stdout)
    what = ("--target", target, "--base-url", faulty, "--profile", "quick", "--select", "TOTAL-COUNT-E*")
    assert call("run", *what, "--known-failing", known).code == code


@pytest.mark.parametrize(("options", "code", "outcome"), [((), 0, "xfailed"), (("--relations-strict",), 1, "failed")])
def test_a_should_that_fails_is_a_warning_unless_the_run_is_strict(
    suite: Callable[..., pytest.RunResult],
    serve: Callable[..., str],
    options: tuple[str, ...],
    code: int,
    outcome: str,
) -> None:
    url = serve("--fault", "array-is-a-failure")
    result = suite("--relations-base-url", url, "-k", "ROBUST-NOT-AN-OBJECT", *options)
    assert result.ret == code
    result.assert_outcomes(**{outcome: 1})
    assert ("warning, a SHOULD that fails: ROBUST-NOT-AN-OBJECT" in str(result.stdout)) is (code == 0)


def test_what_can_not_be_judged_ends_with_2(suite: Callable[..., pytest.RunResult], server: str) -> None:
    result = suite("--relations-base-url", f"{server}/elsewhere", "-k", "TOKEN-EMPTY")
    assert result.ret == 2
    assert "the server answered 404 to a valid request" in str(result.stdout) + str(result.stderr)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("proxy", "http://127.0.0.1:9", "the proxy http://127.0.0.1:9 can't be reached"),
        ("header", "X-Gateway=NOBODY_SET_THIS", "NOBODY_SET_THIS"),
        ("ca-file", "nowhere.pem", "nowhere.pem"),
    ],
)
def test_it_hears_how_the_server_is_reached(
    suite: Callable[..., pytest.RunResult], option: str, value: str, said: str
) -> None:
    result = suite("--relations-base-url", "http://relations.invalid/api/v1.1", f"--relations-{option}", value)
    assert result.ret == 2
    assert said in str(result.stdout) + str(result.stderr)


def test_a_worker_that_can_not_judge_says_so_too(pytester: pytest.Pytester, tmp_path: Path) -> None:
    options = ("--relations-target", tmp_path / "none.toml", "-k", "TOKEN-EMPTY", "-n", "1")
    result = pytester.runpytest_subprocess(*SUITE, *options)
    assert result.ret == 2
    assert "none.toml: can't be read" in str(result.stdout)


def test_a_session_of_other_tests_is_left_alone(pytester: pytest.Pytester) -> None:
    """What is installed for every session adds nothing to one that does not name the suite."""
    pytester.makeconftest(
        "import pytest\n"
        "def pytest_addoption(parser):\n"
        "    for name in ('target', 'effort', 'known-failing', 'max-requests', 'suite-seed', 'relations-target'):\n"
        "        parser.addoption(f'--{name}')\n"
        "def pytest_configure(config):\n"
        "    assert not config.pluginmanager.has_plugin('profile_relations_conformance.pytest_plugin')\n"
    )
    pytester.makepyfile("def test_it(runner): pass\ndef test_its(request): request.getfixturevalue('relations_runner')")
    assert "@pytest.mark.must" not in str(pytester.runpytest_inprocess("--markers").stdout)
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "--target", "x")
    assert result.ret == 1
    result.assert_outcomes(errors=1, failed=1)
    assert "fixture 'runner' not found" in str(result.stdout)
    assert "fixture 'relations_runner' not found" in str(result.stdout)
    assert "profile relations" not in str(result.stdout)


def test_a_session_that_asks_for_the_suite_has_its_options_alone(pytester: pytest.Pytester) -> None:
    def options(*asked: str) -> set[str]:
        said = str(pytester.runpytest_subprocess("--help", *ALONE, *asked).stdout)
        return set(re.findall(r"^ +(--[\w-]+)", said, re.MULTILINE))

    added = {f"--relations-{name}" for name in pytest_plugin.OPTIONS | CONNECTION_OPTIONS}
    alone = options()
    assert not alone & added
    assert options("--pyargs", "profile_relations_conformance") - alone == added
    assert options("-p", "profile_relations_conformance.pytest_plugin") - alone == added


def test_names_of_before_are_still_read(pytester: pytest.Pytester) -> None:
    old = {name: ("7" if name in {"seed", "rate", "timeout"} else name) for name in pytest_plugin.OLD_NAMES}
    options = [f"{pytest_plugin.OLD_NAMES[name]}={value}" for name, value in old.items() if name != "strict"]
    config = pytester.parseconfig(*SUITE, *options, "--strict-should")
    for name, value in old.items():
        assert str(config.getoption(f"--relations-{name}")).removesuffix(".0") == {"strict": "True"}.get(name, value)


def test_the_suite_alone_leaves_nothing_in_the_working_folder(
    pytester: pytest.Pytester, server: str, target: Path
) -> None:
    what = ("--relations-target", target, "--relations-base-url", server, "-k", "CONTRACT-ALLOWED")
    assert pytester.runpytest_subprocess(*SUITE, *what).ret == 0
    assert not (pytester.path / ".hypothesis").exists()
