"""Each check is needed: there is a fault that it alone catches, or the ledger says what covers it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from profile_relations_conformance.checks.effort import EFFORTS
from profile_relations_server.faults import list_faults

from tests.helpers.inprocess import event_loop, failed, judge, ledger

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

    from profile_relations_conformance.checks.effort import Effort
    from profile_relations_conformance.contract.ledger import Requirement
    from profile_relations_conformance.judging.verdict import Run

pytestmark = pytest.mark.self_check
# Drawing bodies takes longer than everything here, and loading Schemathesis, which only adds some, longer still.
EFFORTS_TO_TRY = [EFFORTS["quick"], replace(EFFORTS["standard"], stock=False, drawn=3)]
ENOUGH = 2
FEW = 3
"""A check can lead others to a fault that they would miss without its requests; it hardly leads more."""
MADE_FOR: dict[str, list[str]] = defaultdict(list)
for item in sorted(list_faults(), key=lambda fault: len(fault.breaks)):
    MADE_FOR[item.breaks[0]].append(item.name)


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    with event_loop() as running:
        yield running


def is_missed_without(loop: asyncio.AbstractEventLoop, name: str, fault: str, effort: Effort) -> bool:
    """Says whether a requirement catches a fault that all others miss."""
    found = failed(judge(loop, effort, fault=fault, stop_when=lambda run: len(failed(run) - {name}) >= FEW))
    if name not in found or len(found - {name}) >= FEW:
        return False
    return found == {name} or not failed(judge(loop, effort, fault=fault, without=name))


@pytest.mark.parametrize("requirement", ledger().requirements.values(), ids=lambda item: item.id)
def test_without_its_check_a_fault_is_missed_or_what_covers_it_catches_it(
    loop: asyncio.AbstractEventLoop, requirement: Requirement
) -> None:
    name = requirement.id
    if not requirement.covered_by:
        tries = ((fault, effort) for effort in EFFORTS_TO_TRY for fault in MADE_FOR[name])
        assert any(is_missed_without(loop, name, fault, effort) for fault, effort in tries)
        return
    breaking = [item.name for item in list_faults() if name in item.breaks]
    cover = set(requirement.covered_by)

    def is_covered(run: Run) -> bool:
        return name in failed(run) and bool(failed(run) & cover)

    runs = (
        failed(judge(loop, effort, fault=fault, stop_when=is_covered))
        for effort in EFFORTS_TO_TRY
        for fault in breaking
    )
    caught = list(islice((found for found in runs if name in found), ENOUGH))
    assert caught
    assert all(found & cover for found in caught)


def test_nothing_fails_on_the_correct_server(loop: asyncio.AbstractEventLoop) -> None:
    for effort in EFFORTS_TO_TRY:
        run = judge(loop, effort)
        assert {item.outcome.label for item in run.results.values()} == {"passed"}
