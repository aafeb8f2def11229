"""Terms stand for one thing each, and every query of the service looks them up in an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from profile_relations_server.store.database import Database
from profile_relations_server.store.load import load
from profile_relations_server.store.search_terms import EMAIL, TAG, TEXT, all_tags_term, term

from tests.helpers.stores import DATABASES, url_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from profile_relations_server.world.model import World

MOST_SQLITE_TERMS = 64


def test_no_two_things_have_the_same_term() -> None:
    things = [
        *((TEXT, name, value) for name, value in (("ab", "c"), ("a", "bc"), ("", "abc"), ("abc", ""), ("1 a", "b"))),
        (TAG, "ab", "c"),
        (EMAIL, "", "abc"),
        (TEXT, "ab", "\ud800"),
        (TEXT, "ab", "\0"),
    ]
    assert len({term(*thing) for thing in things}) == len(things)
    assert all_tags_term("TAGS", ["x", "y"]) == all_tags_term("TAGS", ["y", "x"]) != all_tags_term("TAGS", ["xy"])
    assert all(-(2**63) <= term(*thing) < 2**63 for thing in things)


def plans(database: Database) -> Iterator[tuple[str, str]]:
    """Gives each query of a request with the plan that the database has for it."""
    queries = database.queries
    asked = [
        queries.has_profile,
        queries.relations,
        *(
            query(number, last=last)
            for query in (queries.any_of, queries.all_of)
            for number in (1, 2)
            for last in (0, 1)
        ),
        queries.all_of(MOST_SQLITE_TERMS),
        queries.holders(MOST_SQLITE_TERMS),
    ]
    parameters = {"profile_id": "a" * 24, "rel_id": 2} | {f"t{number}": number for number in range(MOST_SQLITE_TERMS)}
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            # So small a world is quicker read whole; this asks whether the indexes could answer.
            connection.exec_driver_sql("SET enable_seqscan = off")
        for query in asked:
            yield query, "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + query, parameters))


@pytest.mark.parametrize("kind", DATABASES)
def test_no_query_of_a_request_reads_a_whole_table(
    kind: str, world: World, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    database = Database(url_of(kind, tmp_path, request))
    load(world, database)
    for query, plan in plans(database):
        assert "relations_" in plan, query
        assert "SCAN relations_" not in plan, query
        assert "Seq Scan" not in plan, query
    database.close()
