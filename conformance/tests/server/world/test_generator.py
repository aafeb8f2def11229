"""A made-up world is the same for the same seed, comes in batches, and can be judged by its target file."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from profile_relations_conformance.commands.main import main as judge
from profile_relations_server.commands.main import main
from profile_relations_server.store.database import Database
from profile_relations_server.store.dump import dump
from profile_relations_server.world.generator import BATCH, COMPLETE_EVERY, MOST_PROFILES, Plan
from profile_relations_server.world.model import World
from profile_relations_server.world.reader import load_world, read_world
from profile_relations_server.world.target_file import TargetFile

from tests.helpers.server_processes import running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.helpers.postgres import PostgresServer


def made_up(plan: Plan) -> World:
    batches = list(plan.batches())
    return World(
        tokens=load_world().tokens,
        profiles=tuple(item for profiles, _ in batches for item in profiles),
        relations=tuple(item for _, relations in batches for item in relations),
    )


WORLD = made_up(Plan(BATCH + 500, 3, 7))


def test_the_same_seed_makes_the_same_world() -> None:
    small = [Plan(100, 3, seed) for seed in (7, 7, 8)]
    first, again, other = (made_up(plan) for plan in small)
    assert first == again
    assert {item.profile_id for item in first.profiles}.isdisjoint(item.profile_id for item in other.profiles)


def test_the_command_puts_it_into_a_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path / 'world.db'}"
    arguments = ["generate", "--database", url, "--profiles", "60", "--relations-per-profile", "2", "--seed", "3"]
    assert main(arguments) == 0
    assert read_world(json.loads("".join(dump(Database(url))))) == made_up(Plan(60, 2, 3))
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", ""), "it is quiet where no terminal shows a bar"


def test_every_profile_has_its_own_addresses_and_its_number_of_relations() -> None:
    addresses = Counter(
        address
        for item in WORLD.profiles
        for address in [item.email, *item.phones, *(each.address for each in item.subscriptions)]
        if address is not None
    )
    assert set(addresses.values()) == {1}
    for name in ("CRM_ID", "LOYALTY", "TAGS"):
        assert len({item.fields[name] for item in WORLD.profiles}) == len(WORLD.profiles)
    assert set(Counter(item.profile_id_a for item in WORLD.relations).values()) == {3}
    linked = [(item.rel_id, item.profile_id_a, item.profile_id_b) for item in WORLD.relations]
    assert len(set(linked)) == len(linked)


def test_it_is_as_uneven_as_real_data() -> None:
    assert {item.email is None for item in WORLD.profiles} == {True, False}
    assert {len(item.phones) for item in WORLD.profiles} == {0, 1, 2}
    assert {len(item.subscriptions) for item in WORLD.profiles} == {0, 1, 2, 3, 4}
    assert {bool(item.props) for item in WORLD.relations} == {True, False}
    shared = Counter(item.fields["CITY"] for item in WORLD.profiles)
    assert min(shared.values()) > 100


def test_no_more_than_a_batch_is_made_at_a_time() -> None:
    batches = Plan(MOST_PROFILES, 2).batches()
    for _ in range(2):
        profiles, relations = next(batches)
        assert (len(profiles), len(relations)) == (BATCH, 2 * BATCH)


@pytest.mark.parametrize("profiles", [1, 2, COMPLETE_EVERY + 1, BATCH + 1])
def test_the_target_file_tells_of_profiles_from_all_over_the_world(profiles: int) -> None:
    plan = Plan(profiles, 2)
    target = TargetFile(plan)
    for batch in plan.batches():
        target.see(*batch)
    told = [item["profile_id"] for item in tomllib.loads(target.text())["profiles"]]
    positions = [index for index, item in enumerate(made_up(plan).profiles) if item.profile_id in told]
    assert len(told) == len(positions) == min(5, (profiles + COMPLETE_EVERY - 1) // COMPLETE_EVERY)
    assert profiles - positions[-1] <= COMPLETE_EVERY


def test_a_server_of_it_is_conformant(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = str(tmp_path / "target.toml")
    arguments = ["--database", postgres.url, "--profiles", "2000", "--target-file", target]
    assert main(["generate", *arguments]) == 0
    monkeypatch.setenv("RELATIONS_TOKEN", WORLD.tokens[0])
    with running("--database", postgres.url) as (_, base):
        assert judge(["run", "--strict", "--target", target, "--base-url", base]) == 0
    assert "conformant: all" in capsys.readouterr().out
