"""Data that moves with time is told from a server that differs from call to call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.suite.conftest import Said

MOVING = ("--variant", "moving=relations", "--variant", "throttling=503")


@pytest.fixture
def run(serve: Callable[..., str], call: Callable[..., Said], target: object) -> Callable[..., Said]:
    return lambda *arguments: call(
        *("run", "--effort", "quick", "--target", target),
        *("--base-url", serve(*arguments)),
    )


def test_a_server_that_makes_the_run_wait_while_its_data_moves_conforms(run: Callable[..., Said], token: str) -> None:
    said = run(*MOVING)
    assert said.code == 0, said.out
    assert "changed during the run" in said.out
    assert token not in said.out


def test_a_server_that_leaves_a_row_out_every_third_time_does_not(run: Callable[..., Said]) -> None:
    said = run("--fault", "every-third-call-misses-a-row")
    assert said.code == 1
    assert "changed during the run" not in said.out
