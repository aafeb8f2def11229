"""Lets pytest run the suite: `pytest --pyargs profile_relations_conformance --target FILE`.

Each requirement is one test, named by its id and marked with its level and area. A SHOULD that fails is an expected
failure, unless --strict-should is given.
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profile_relations_conformance.runner import Runner


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options that name and describe the target."""
    group = parser.getgroup("profile relations")
    group.addoption("--target", type=Path, metavar="FILE", help="target file; the reference server by default")
    group.addoption("--base-url", metavar="URL", help="replaces base_url of the target file")
    group.addoption("--token-env", metavar="NAME", help="environment variable that holds the token")
    group.addoption("--effort", choices=("quick", "standard", "deep"), default="standard", help="how much is asked")
    group.addoption("--suite-seed", type=int, default=0, help="seed of all that is drawn")
    group.addoption("--strict-should", action="store_true", help="a SHOULD that fails is a failure")


def pytest_configure(config: pytest.Config) -> None:
    """Declares a marker for each level and area of the ledger, where the suite is what is run."""
    if not _runs_the_suite(config):
        return
    from profile_relations_conformance.contract import load_ledger  # noqa: PLC0415 - other sessions need not load it

    requirements = load_ledger().requirements.values()
    for name in sorted({item.level.lower() for item in requirements} | {item.area for item in requirements}):
        config.addinivalue_line("markers", f"{name}: requirements of this level or area")


def _runs_the_suite(config: pytest.Config) -> bool:
    return any(__package__ in str(argument) for argument in config.args)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:  # noqa: ANN401 - xdist's own classes
    """Gives the whole suite to one worker of pytest-xdist, since its tests are parts of one run against one server."""
    if not _runs_the_suite(config):
        return None
    from xdist.scheduler import LoadFileScheduling  # noqa: PLC0415 - the hook is called by xdist alone

    return LoadFileScheduling(config, log)


@pytest.fixture(scope="session")
def runner(request: pytest.FixtureRequest) -> Iterator[Runner]:
    """The run that all tests of the session are parts of."""
    from profile_relations_conformance.contract import load_contract, load_ledger  # noqa: PLC0415 - see above
    from profile_relations_conformance.errors import SuiteError  # noqa: PLC0415
    from profile_relations_conformance.preflight import check_target  # noqa: PLC0415
    from profile_relations_conformance.runner import Runner  # noqa: PLC0415
    from profile_relations_conformance.session import choose_target, make_ask  # noqa: PLC0415

    options = _options(request.config)
    selected = {item.callspec.params["requirement"] for item in _parametrized(request.session.items)}
    ledger = load_ledger()
    with ExitStack() as stack:
        try:
            ask = make_ask(load_contract(), choose_target(options, stack), options, stack)
            check_target(ask)
        except SuiteError as error:
            pytest.exit(str(error), returncode=error.exit_code)
        found = Runner(ask, {name: item for name, item in ledger.requirements.items() if name in selected})
        found.start()
        yield found


def _parametrized(items: list[pytest.Item]) -> Iterator[Any]:
    return (item for item in items if "requirement" in getattr(getattr(item, "callspec", None), "params", ()))


def _options(config: pytest.Config) -> argparse.Namespace:
    return argparse.Namespace(
        target=config.getoption("--target"),
        base_url=config.getoption("--base-url"),
        token_env=config.getoption("--token-env"),
        profile=config.getoption("--effort"),
        seed=config.getoption("--suite-seed"),
        contract=None,
        rate=None,
        max_requests=None,
        time_budget=None,
        timeout=10.0,
        show_data=False,
    )
