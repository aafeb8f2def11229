"""The commands that move a world in and out of a database: load, dump and generate."""

from __future__ import annotations

import io
import os
import stat
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, TextIO, cast

from profile_relations_server.errors import OptionError
from profile_relations_server.store.database import Database
from profile_relations_server.store.dump import dump
from profile_relations_server.store.load import load, replacing
from profile_relations_server.world.generator import Plan
from profile_relations_server.world.reader import load_world

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator


def run_load(options: argparse.Namespace) -> None:
    """Replaces the world of a database by that of a file.

    Raises:
        StartError: If the file or the database can't be used; the database is as it was then.
    """
    database = _database(options)
    load(load_world(options.world), database)


def run_dump(options: argparse.Namespace) -> None:
    """Writes the world of a database to a file or to standard output.

    Raises:
        StartError: If the database holds no world, or the file can't be written.
    """
    pieces = dump(_database(options))
    first = next(pieces)
    with _written(options.output) as file:
        file.write(first)
        file.writelines(pieces)


def run_generate(options: argparse.Namespace) -> None:
    """Replaces the world of a database by one that is made up, and writes a target file for it.

    Raises:
        StartError: If a number is out of bounds, or the database or the target file can't be written.
    """
    plan = Plan(options.profiles, options.relations_per_profile, options.seed)
    database = _database(options)
    # Writing TOML and drawing a bar are of no use to the other commands.
    from profile_relations_server.world.target_file import TargetFile  # noqa: PLC0415 - as said above

    if options.target_file is not None and not os.access(options.target_file.parent, os.W_OK):
        raise OptionError(f"{options.target_file} can't be written; name a file in a folder that exists")
    target = TargetFile(plan)
    with _progress(plan.profiles) as tell, replacing(database) as loader:
        loader.add_tokens(load_world().tokens)
        for profiles, relations in plan.batches():
            loader.add(profiles, relations)
            target.see(profiles, relations)
            tell(len(profiles))
    if options.target_file is not None:
        with _written(options.target_file) as file:
            file.write(target.text())


def _database(options: argparse.Namespace) -> Database:
    database = Database(options.database)
    if database.in_memory:
        raise OptionError("a database in memory would be gone at once; name a file with sqlite:///FILE")
    return database


@contextmanager
def _written(path: Path | None) -> Iterator[TextIO]:
    """Gives a file to write, which takes its place when all is written; standard output where no file is named."""
    if path is None:
        # A world file is UTF-8 on every machine.
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        yield sys.stdout
        return
    try:
        if os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode):
            raise OptionError(f"{path} is not a regular file; name another file")
        # A world has tokens, which are its owner's alone; the mode of such a file is 0600.
        with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            try:
                yield cast("TextIO", file)
            except BaseException:
                Path(file.name).unlink()
                raise
        Path(file.name).replace(path)
    except OSError as error:
        raise OptionError(f"{path} can't be written ({error.strerror}); name another file") from None


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """Draws a bar while the block runs, where a terminal shows it; to be called with each number of profiles made."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich import progress  # noqa: PLC0415 - as said above
    from rich.console import Console  # noqa: PLC0415 - as said above

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("profiles", total=total)

        def tell(more: int) -> None:
            bar.advance(task, more)
            if bar.tasks[0].finished:
                bar.update(task, description="indexes")

        yield tell
