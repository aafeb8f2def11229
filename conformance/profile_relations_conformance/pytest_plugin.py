"""Lets pytest run the suite: `pytest --pyargs profile_relations_conformance --relations-target FILE`.

Each requirement is one test, named by its id and marked with its level and area. A SHOULD that fails is an expected
failure, unless --relations-strict is given, and so is a known failure. The verdict is that of `relations-conformance
run`.
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

from profile_relations_conformance.contract.ledger import load_ledger
from profile_relations_conformance.errors import SuiteError
from profile_relations_conformance.judging.known_failing import excuse, read_known_failing, today
from profile_relations_conformance.judging.verdict import draw
from profile_relations_conformance.pytest_entry import names_the_suite
from profile_relations_conformance.run.hypothesis_storage import keep_files_in
from profile_relations_conformance.run.preflight import check_target
from profile_relations_conformance.run.runner import Runner
from profile_relations_conformance.run.settings import (
    CONNECTION_OPTIONS,
    RunSettings,
    connection_of,
    count,
    rate,
    seconds,
)
from profile_relations_conformance.run.setup import run_parts
from profile_relations_conformance.target.shown_text import shown_line, shown_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profile_relations_conformance.judging.results import KnownFailure

OPTIONS: dict[str, dict[str, Any]] = {
    "target": {"type": Path, "metavar": "FILE", "help": "target file; the reference server by default"},
    "base-url": {"metavar": "URL", "help": "replaces base_url of the target file"},
    "token-env": {"metavar": "NAME", "help": "environment variable that holds the token"},
    "effort": {"choices": ("quick", "standard", "deep"), "default": "standard", "help": "how much is asked"},
    "seed": {"type": int, "default": 0, "metavar": "N", "help": "seed of all that is drawn"},
    "strict": {"action": "store_true", "help": "a SHOULD that fails is a failure"},
    "known-failing": {"type": Path, "metavar": "FILE", "help": "list of failures that do not fail the run"},
    "rate": {"type": rate, "metavar": "N/s", "help": "requests per second at most"},
    "max-requests": {"type": count, "metavar": "N", "help": "requests at most"},
    "timeout": {"type": seconds, "default": 10.0, "metavar": "S", "help": "seconds for one request"},
}
"""The options, whose names begin with `--relations-`."""
OLD_NAMES = {
    "base-url": "--target-base-url",
    "token-env": "--target-token-env",
    "seed": "--suite-seed",
    "strict": "--strict-should",
    "known-failing": "--known-failing",
    "rate": "--request-rate",
    "timeout": "--request-timeout",
}
"""Names of version 0.1 that no other plugin has; they are not shown."""
_VERDICT: pytest.StashKey[tuple[int, str]] = pytest.StashKey()
_FROM_WORKER = "profile_relations_verdict"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options that name and describe the target."""
    group = parser.getgroup("profile relations")
    for name, described in OPTIONS.items():
        group.addoption(f"--relations-{name}", **described)
        if name in OLD_NAMES:
            hidden = {"dest": _destination(name), "default": argparse.SUPPRESS, "help": argparse.SUPPRESS}
            group.addoption(OLD_NAMES[name], **described | hidden)
    for name, described in CONNECTION_OPTIONS.items():
        group.addoption(f"--relations-{name}", **described | {"dest": _destination(described.get("dest", name))})


def _destination(name: str) -> str:
    return f"relations_{name.replace('-', '_')}"


def pytest_configure(config: pytest.Config) -> None:
    """Declares a marker for each level and area of the ledger."""
    if all(map(names_the_suite, config.args)):
        folder = TemporaryDirectory()  # pytest's plugin of Hypothesis warns of a folder that can't be made
        config.add_cleanup(folder.cleanup)
        keep_files_in(folder.name)
    requirements = load_ledger().requirements.values()
    for name in sorted({item.level.lower() for item in requirements} | {item.area for item in requirements}):
        config.addinivalue_line("markers", f"{name}: requirements of this level or area")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:  # noqa: ANN401 - xdist's own classes
    """Gives the whole suite to one worker of pytest-xdist, since its tests are parts of one run against one server.

    Nothing is asked twice then, and the limits of a run hold.
    """
    from xdist.scheduler import LoadFileScheduling  # noqa: PLC0415 - the hook is called by xdist alone

    return LoadFileScheduling(config, log)


@pytest.fixture(scope="session")
def relations_runner(request: pytest.FixtureRequest) -> Iterator[Runner]:
    """The run that all tests of the session are parts of."""
    with ExitStack() as stack:
        try:
            found = _start(request, stack)
        except SuiteError as error:
            said, code = shown_lines(str(error)), error.exit_code
        else:
            said, code = "", 0
        if code and not hasattr(request.config, "workeroutput"):
            pytest.exit(said, returncode=code)
        if code:  # a worker that exits is taken for one that crashed
            _tell(request.config, code, said)
            pytest.fail(said, pytrace=False)
        yield found
        _conclude(request.config, found)


def _start(request: pytest.FixtureRequest, stack: ExitStack) -> Runner:
    selected = {item.callspec.params["requirement"] for item in _parametrized(request.session.items)}
    listed = _listed(request.config)
    parts = stack.enter_context(run_parts(_settings(request.config)))
    check_target(parts)
    found = Runner(parts, {name: item for name, item in load_ledger().requirements.items() if name in selected})
    excuse(found.run.results, listed, today())
    found.start()
    return found


def _listed(config: pytest.Config) -> tuple[KnownFailure, ...]:
    path = config.getoption("--relations-known-failing")
    return () if path is None else read_known_failing(path)


def _parametrized(items: list[pytest.Item]) -> Iterator[Any]:
    return (item for item in items if "requirement" in getattr(getattr(item, "callspec", None), "params", ()))


def _settings(config: pytest.Config) -> RunSettings:
    named = {name.replace("-", "_"): config.getoption(f"--relations-{name}") for name in OPTIONS}
    return RunSettings(**named, connection=connection_of(config.option, _destination("")))


def _conclude(config: pytest.Config, found: Runner) -> None:
    """Draws the verdict as `relations-conformance run` does."""
    strict = found.parts.settings.strict
    verdict = draw(found.finish(), load_ledger(), strict=strict, listed=_listed(config))
    _tell(config, int(verdict.exit_code), "\n".join(map(shown_line, [*verdict.stale, verdict.sentence])))


def _tell(config: pytest.Config, code: int, said: str) -> None:
    config.stash[_VERDICT] = code, said
    if hasattr(config, "workeroutput"):
        config.workeroutput[_FROM_WORKER] = [code, said]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - xdist's own class
    """Takes the verdict from the worker of pytest-xdist that had the suite."""
    told = getattr(node, "workeroutput", {}).get(_FROM_WORKER)
    if told:
        node.config.stash[_VERDICT] = told[0], told[1]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Ends with the exit code of the verdict, unless pytest has a code of its own to end with."""
    code, _ = session.config.stash.get(_VERDICT, (0, ""))
    if code and exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        session.exitstatus = code


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Writes the verdict."""
    if _VERDICT in config.stash:
        _, said = config.stash[_VERDICT]
        terminalreporter.section("profile relations")
        terminalreporter.write_line(said)
