"""Many connections at once, each with its own questions: every answer is the right one, and none is missing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from benchmarks.questions import questions
from benchmarks.servers import dumped, generate, reference, started
from benchmarks.soak import soak
from profile_relations_server.contract import load_contract
from profile_relations_server.world.generator import Plan

if TYPE_CHECKING:
    from pathlib import Path

PLAN = Plan(profiles=60, relations=5, seed=7)
ASKED = list(questions(PLAN))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    return generate(PLAN, tmp_path_factory.mktemp("soak"))


@pytest.fixture(scope="module")
def world(database: str) -> Path:
    return dumped(database)


def test_the_questions_are_about_every_mode_and_of_all_kinds() -> None:
    assert {row.searches_by for row in load_contract().rows} <= {question.body.get("matching") for question in ASKED}
    found = [question for question in ASKED if not question.answer["error"]]
    assert {question.body["rel_id"] for question in found} == {2, 3, 8, 21, 99}
    assert {"no profile", "no token", "no selector", "phone of a resource"} <= {question.kind for question in ASKED}


@pytest.mark.parametrize("kept", ["in memory", "in a file, with two workers"])
def test_64_connections_get_all_their_answers_and_no_other(database: str, world: Path, kept: str) -> None:
    options = ["--world", str(world)] if kept == "in memory" else ["--database", database, "--workers", "2"]
    with started(reference(*options)) as (_, url):
        tally = asyncio.run(soak(url, ASKED, connections=64, seconds=1.2))
    assert (tally.wrong[:3], tally.lost) == ([], [])
    assert set(tally.right) == {question.kind for question in ASKED}


def test_a_server_that_mixes_up_its_answers_is_found_out(world: Path) -> None:
    with started(reference("--world", str(world), "--fault", "type-is-shared")) as (_, url):
        tally = asyncio.run(soak(url, ASKED, connections=8, seconds=0.5))
    assert tally.wrong
