"""The tables of a world, in SQLAlchemy Core.

A profile stands in one row, as it stands in a world file; what a request can search it by stands in the index of terms.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text

# The number of what stands in the tables and how; another one is refused, since it would be misread.
FORMAT = 2
# Rows are numbered in the order of the world. SQLite's own row number has this type alone.
_Position = BigInteger().with_variant(Integer, "sqlite")
_metadata = MetaData()

WORLD = Table("relations_world", _metadata, Column("format", Integer, nullable=False))
TOKEN = Table(
    "relations_token",
    _metadata,
    Column("position", _Position, primary_key=True, autoincrement=False),
    Column("token", Text, nullable=False),
)
PROFILE = Table(
    "relations_profile",
    _metadata,
    Column("position", _Position, primary_key=True, autoincrement=False),
    Column("profile_id", Text, nullable=False),
    Column("document", Text, nullable=False),
)
TERM = Table(
    "relations_term",
    _metadata,
    Column("term", BigInteger, nullable=False),
    Column("profile", BigInteger, nullable=False),
)
RELATION = Table(
    "relations_relation",
    _metadata,
    Column("position", _Position, primary_key=True, autoincrement=False),
    Column("profile", BigInteger, nullable=False),
    Column("rel_id", BigInteger, nullable=False),
    Column("profile_id_b", Text, nullable=False),
    Column("db_b", BigInteger, nullable=False),
    Column("props", Text, nullable=False),
)
TABLES = (WORLD, TOKEN, PROFILE, TERM, RELATION)
# They are made when the tables are full, which takes a fraction of the time.
INDEXES = (
    Index("relations_profile_by_id", PROFILE.c.profile_id, unique=True),
    Index("relations_term_by_term", TERM.c.term, TERM.c.profile),
    Index("relations_relation_by_profile", RELATION.c.profile, RELATION.c.rel_id),
)
