"""Data that moves with time is told from a server that differs from call to call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from profile_relations_conformance.checks.second_look import SecondLook
from profile_relations_conformance.transport.pace import Pace

from tests.helpers.made_up import ANNA, RELATIONS, PlayedServer, ask_of, asking, exchange, success

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.suite.conftest import Said

FEWER = success(RELATIONS[ANNA][0])
MOVING = ("--variant", "moving=relations", "--variant", "throttling=503")


class Clock(Pace):
    """A pace whose time passes only where somebody waits."""

    now = 0.0

    def hold(self, seconds: float) -> None:
        """Lets the time pass at once."""
        self.now += seconds


@pytest.mark.parametrize(
    ("shows_fewer", "explained"),
    [
        (lambda clock, _: clock.now >= 1, True),
        (lambda clock, _: 0.3 < clock.now < 0.5, True),
        (lambda _, call: call % 3 == 0, False),
        (lambda clock, call: clock.now >= 1 and call % 2 == 0, False),
        (lambda _, __: False, False),
    ],
    ids=["moves", "moves and moves back", "every third call", "every second call, later", "never again"],
)
def test_an_earlier_reply_is_explained_by_data_that_moves_with_time(
    shows_fewer: Callable[[Clock, int], bool],
    explained: bool,  # noqa: FBT001 - a parameter
) -> None:
    clock = Clock()
    server = PlayedServer(lambda _: FEWER if shows_fewer(clock, len(server.requests)) else success(*RELATIONS[ANNA]))
    server.pace = clock
    ask = ask_of(server)
    ask.baselines.set(ANNA, success(*RELATIONS[ANNA]))
    ask.send(ask.request(asking(profile_id="another"), "what was sent since"))
    assert SecondLook(ask).explains(exchange(FEWER, asking(matching="phone", phone=ANNA.phone)), ANNA) is explained
    assert (ANNA in ask.baselines.moved) is explained


@pytest.fixture
def run(serve: Callable[..., str], call: Callable[..., Said], target: object) -> Callable[..., Said]:
    return lambda *arguments: call(
        *("run", "--effort", "quick", "--target", target),
        *("--base-url", serve(*arguments)),
    )


def test_a_server_that_makes_the_run_wait_while_its_data_moves_conforms(run: Callable[..., Said], token: str) -> None:
    said = run(*MOVING)
    assert said.code == 0, said.out
    assert token not in said.out


def test_a_server_that_leaves_a_row_out_every_third_time_does_not(run: Callable[..., Said]) -> None:
    said = run("--fault", "every-third-call-misses-a-row")
    assert said.code == 1
    assert "changed during the run" not in said.out
