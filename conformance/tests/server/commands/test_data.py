"""Load, dump and generate move whole worlds: what cannot be loaded changes nothing, and nothing is lost on the way."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given, settings
from profile_relations_server.commands import data
from profile_relations_server.commands.main import main
from profile_relations_server.store.database import Database
from profile_relations_server.store.dump import dump
from profile_relations_server.store.load import load, replacing
from profile_relations_server.world.reader import load_world, read_world

from tests.helpers.asked_service import JOHN, complaint
from tests.helpers.server_processes import COMMAND, running, stop
from tests.helpers.stores import url_of, worlds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from profile_relations_server.world.model import World

KEPT = ("file", "postgresql")
REQUEST = {"token": load_world().tokens[0], "rel_id": 2, "profile_id": JOHN}


@pytest.fixture(scope="module", params=KEPT)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    return url_of(request.param, tmp_path_factory.mktemp("moving"), request)


def text_of(url: str) -> str:
    return "".join(dump(Database(url)))


@settings(deadline=None, max_examples=15)  # each is a transaction that is written to a disk
@given(world=worlds())
def test_a_dump_of_what_was_loaded_is_the_same_world(url: str, world: World) -> None:
    load(world, Database(url))
    assert read_world(json.loads(text_of(url))) == world


def test_the_commands_move_a_world_to_the_byte(
    url: str, world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.yaml"
    assert main(["load", "--database", url]) == 0
    assert main(["dump", "--database", url, "--output", str(first)]) == 0
    assert load_world(first) == world
    assert stat.S_IMODE(first.stat().st_mode) == 0o600, "it holds tokens"
    assert main(["load", "--database", url, "--world", str(first)]) == 0
    second.write_bytes(first.read_bytes())
    assert load_world(second) == world, "JSON is YAML too"
    capsys.readouterr()
    assert main(["dump", "--database", url]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == (first.read_text("utf-8"), "")


def test_a_dump_takes_the_place_of_a_file_when_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url, file = f"sqlite:///{tmp_path / 'world.db'}", tmp_path / "world.json"
    assert main(["load", "--database", url]) == 0
    file.write_text("the old one")
    file.chmod(0o644)

    def breaks_off(_: Database) -> Iterator[str]:
        yield "half of"
        yield "a world"
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(data, "dump", breaks_off)
        with pytest.raises(ZeroDivisionError):
            main(["dump", "--database", url, "--output", str(file)])
    assert file.read_text() == "the old one"
    assert {path.name for path in tmp_path.iterdir()} == {"world.db", "world.json"}
    assert main(["dump", "--database", url, "--output", str(file)]) == 0
    assert load_world(file) == load_world()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600, "whoever could read the old one can't read the tokens"


def test_a_dump_follows_no_link_and_replaces_no_device(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path / 'world.db'}"
    assert main(["load", "--database", url]) == 0
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "link").symlink_to(tmp_path / "precious")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe"):
        assert main(["dump", "--database", url, "--output", str(tmp_path / name)]) == 2
        assert f"{tmp_path / name} is not a regular file; name another file" in complaint(capsys)
    assert (tmp_path / "precious").read_text() == "precious"


def test_a_dump_is_utf_8_whatever_the_locale_is(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'world.db'}"
    assert main(["load", "--database", url]) == 0
    environment = os.environ | {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    done = subprocess.run([*COMMAND, "dump", "--database", url], capture_output=True, check=True, env=environment)
    (tmp_path / "world.json").write_bytes(done.stdout)
    assert load_world(tmp_path / "world.json") == load_world()


def broken(change: Callable[[dict[str, Any]], object]) -> str:
    """Gives the text of a small world with a mistake in it."""
    world: dict[str, Any] = {
        "tokens": ["t"],
        "profiles": [{"profile_id": JOHN, "database": 5}],
        "relations": [{"rel_id": 2, "profile_id_a": JOHN, "profile_id_b": JOHN, "db_b": 9}],
    }
    change(world)
    return json.dumps(world)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda world: world["relations"][0].update(profile_id_a="0" * 24), "relations[0].profile_id_a: 000"),
        (lambda world: world["profiles"].append(world["profiles"][0]), "profiles[1].profile_id: 669"),
        (lambda world: world["profiles"][0].update(database=2**63), "profiles[0].database: must have no more than 64"),
        (
            lambda world: world["profiles"][0].update(fields={"TAGS": [str(number) for number in range(65)]}),
            "profiles[0].fields.TAGS: has 65 tags; a tag field holds at most 64",
        ),
    ],
)
def test_a_broken_world_changes_nothing(
    url: str,
    change: Callable[[dict[str, Any]], object],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["load", "--database", url])
    before = text_of(url)
    (tmp_path / "broken.json").write_text(broken(change))
    assert main(["load", "--database", url, "--world", str(tmp_path / "broken.json")]) == 2
    error = capsys.readouterr().err
    assert f"broken.json: {message}" in error
    assert error.count("\n") == 1
    assert text_of(url) == before


def test_a_load_that_fails_half_way_changes_nothing(url: str, world: World) -> None:
    load(world, Database(url))
    before = text_of(url)

    def load_half() -> None:
        with replacing(Database(url)) as loader:
            loader.add_tokens(["other"])
            loader.add(world.profiles[:1], ())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        load_half()
    assert text_of(url) == before


def killed_while_it_writes(arguments: list[str], url: str) -> bool:
    """Starts a command on a database, and kills it as soon as it has written a part of what it writes.

    Returns:
        Whether it was killed before its end.
    """
    with subprocess.Popen([*COMMAND, *arguments, "--database", url]) as process:
        while process.poll() is None and not written(url):
            time.sleep(0.005)
        process.kill()
    while url.startswith("postgresql") and written(url):
        time.sleep(0.005)  # until PostgreSQL has noticed
    return process.returncode == -signal.SIGKILL


def written(url: str) -> bool:
    """Says whether another process is in the middle of a transaction that has written to the database."""
    if url.startswith("sqlite"):
        file = Path(url.removeprefix("sqlite:///"))
        return file.with_name(file.name + "-journal").exists() and file.stat().st_size > 2_000_000
    with Database(url).engine.connect() as connection:
        copying = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY%%' AND state <> 'idle'"
        return bool(connection.exec_driver_sql(copying).scalar())


def test_killing_generate_leaves_the_old_world(url: str, world: World) -> None:
    load(world, Database(url))
    # So large that it is not at its end when its beginning is seen.
    assert killed_while_it_writes(["generate", "--profiles", "100000"], url)
    assert read_world(json.loads(text_of(url))) == world


def test_killing_load_leaves_the_old_world_or_the_new_one(url: str, world: World, tmp_path: Path) -> None:
    assert main(["generate", "--database", url, "--profiles", "2000", "--relations-per-profile", "2"]) == 0
    (tmp_path / "large.json").write_text(text_of(url))
    load(world, Database(url))
    killed_while_it_writes(["load", "--world", str(tmp_path / "large.json")], url)
    assert read_world(json.loads(text_of(url))) in (world, load_world(tmp_path / "large.json"))


def test_a_server_keeps_the_world_in_the_database_that_it_is_given(url: str, tmp_path: Path) -> None:
    assert main(["load", "--database", url]) == 0
    with running("--database", url, "--workers", "2") as (process, base):
        for _ in range(4):
            assert httpx.post(f"{base}/relations/get", json=REQUEST).json()["total_count"] == 1
        assert stop(process) == (0, "", "")
    with running("--database", f"sqlite:///{tmp_path / 'new.db'}") as (process, base):
        assert httpx.post(f"{base}/relations/get", json=REQUEST).json()["total_count"] == 1
        assert stop(process) == (0, "", "")
    assert load_world() == read_world(json.loads(text_of(f"sqlite:///{tmp_path / 'new.db'}")))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["dump", "--database", "sqlite:///none.db"], "sqlite:///none.db holds no world; load one with"),
        (["dump", "--database", "sqlite://"], "a database in memory would be gone at once; name a file"),
        (["load", "--database", "sqlite:///a/b.db"], "sqlite:///a/b.db can't be used (unable to open database file)"),
        (["load", "--database", "sqlite:///w.db", "--world", "none"], "none: can't be read"),
        (["load", "--database", "sqlite:///text.db"], "can't be used (file is not a database)"),
        (["--database", "sqlite:///text.db"], "can't be used (file is not a database)"),
        (["--database", "sqlite:///full.db", "--world", "w.json"], "full.db holds a world already; leave --world out"),
        (["--database", "sqlite:///old.db"], "old.db holds a world in another format; load it again"),
        (["dump", "--database", "sqlite:///full.db", "--output", "a/b"], "a/b can't be written (No such file"),
        (["generate", "--database", "sqlite:///w.db", "--profiles", "0"], "--profiles 0 is out of range; give 1 to"),
        (
            ["generate", "--database", "sqlite:///w.db", "--profiles", "1", "--relations-per-profile", "-1"],
            "--relations-per-profile -1 is out of range; give 0 to 1000",
        ),
        (
            ["generate", "--database", "sqlite:///w.db", "--profiles", "1", "--target-file", "a/b"],
            "a/b can't be written; name a file in a folder that exists",
        ),
    ],
)
def test_a_mistake_is_told_in_one_line(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    (tmp_path / "text.db").write_text("This is a text, long enough to be read as a database." * 20)
    load(load_world(), Database("sqlite:///full.db"))
    load(load_world(), Database("sqlite:///old.db"))
    with Database("sqlite:///old.db").engine.begin() as connection:
        connection.exec_driver_sql("UPDATE relations_world SET format = format + 1")
    before = {file.name for file in tmp_path.iterdir()}
    assert main(arguments) == 2
    assert message in complaint(capsys)
    assert {file.name for file in tmp_path.iterdir()} == before, "and no file is left behind"
