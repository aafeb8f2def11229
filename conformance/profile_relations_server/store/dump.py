"""Writes the world of a database as a world file in JSON, with one entry on each line, however large it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from profile_relations_server.errors import OptionError
from profile_relations_server.world.model import Relation
from profile_relations_server.world.writer import encode, plain_relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from profile_relations_server.store.database import Database


def dump(database: Database) -> Iterator[str]:
    """Gives the text of the world file, piece by piece.

    Raises:
        OptionError: If the database holds no world, or can't be read.
    """
    if not database.holds_world():
        raise OptionError(f"{database.place} holds no world; load one with relations-server load")
    queries = database.queries
    with database.reading() as connection:
        yield '{"tokens": ['
        yield from _lines(str(token) for (token,) in connection.exec_driver_sql(queries.tokens))
        yield '],\n"profiles": ['
        yield from _lines(str(document) for (document,) in connection.exec_driver_sql(queries.profiles))
        yield '],\n"relations": ['
        yield from _lines(_relation(row) for row in connection.exec_driver_sql(queries.all_relations))
        yield "]}\n"


def _relation(row: Sequence[Any]) -> str:
    rel_id, profile_id_a, profile_id_b, db_b, props = row
    return encode(plain_relation(Relation(rel_id, profile_id_a, profile_id_b, db_b, json.loads(props))))


def _lines(entries: Iterator[str]) -> Iterator[str]:
    between = "\n"
    for entry in entries:
        yield between + entry
        between = ",\n"
