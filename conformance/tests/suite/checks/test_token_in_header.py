"""A server that takes the token in the header is judged as one that takes it in the body."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from profile_relations_conformance.checks.effort import EFFORTS
from profile_relations_conformance.judging.results import Outcome

from tests.helpers.inprocess import event_loop, failed, judge

if TYPE_CHECKING:
    from profile_relations_conformance.judging.verdict import Run


@pytest.fixture(scope="module")
def run() -> Run:
    """A run against a correct server of that kind."""
    with event_loop() as loop:
        return judge(loop, EFFORTS["standard"], token_in="header")


def test_a_correct_server_passes_all_that_applies(run: Run) -> None:
    outcomes = {name: result.outcome for name, result in run.results.items()}
    assert failed(run) == set()
    assert outcomes.pop("TOKEN-TYPE") is Outcome.DOES_NOT_APPLY
    assert set(outcomes.values()) == {Outcome.PASSED}


def test_no_body_holds_the_token_and_no_header_what_it_cannot_carry(run: Run) -> None:
    for exchange in run.exchanges:
        assert b"8a28168486844c8bae2673a51d4433ff" not in exchange.request.content
        assert exchange.request.bearer is None or exchange.request.bearer.isprintable()


@pytest.mark.parametrize("fault", ["token-in-any-case", "any-token-is-accepted"])
def test_a_token_that_is_not_checked_is_seen(fault: str) -> None:
    with event_loop() as loop:
        assert failed(judge(loop, EFFORTS["standard"], token_in="header", fault=fault)) & {"TOKEN-WRONG", "TOKEN-EXACT"}
