"""What all tests share: properties are tried without a clock, and each test that is slow by its nature is marked so.

Properties have no clock, since a busy machine says nothing of the code. The processes that tests start find Hypothesis'
tables of Unicode where the tests' own lie: to draw them up takes each a third of a second.
"""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from profile_relations_conformance.run.hypothesis_storage import keep_files_in

keep_files_in(str(Path(__file__).parents[2] / ".hypothesis"))

settings.register_profile("untimed", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """Keeps what was collected out of each round of the garbage collector, which took a tenth of the tests' time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks what is slow by its nature, where a session chooses its tests by marks."""
    if "slow" not in config.option.markexpr:
        return
    from tests.helpers.reach import is_slow  # noqa: PLC0415 - other sessions need not load what it knows

    for item in items:
        if isinstance(item, pytest.Function) and is_slow(item):
            item.add_marker("slow")
