"""The queries of the service, in SQLAlchemy Core, as texts in the language of one database.

A look-up takes some ten microseconds and SQLAlchemy's own execution several times that, so each query is compiled
once and then handed to the driver with its parameters, which are whole numbers and identifiers alone.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, func, literal_column, select

from profile_relations_server.store.tables import PROFILE, RELATION, TERM, TOKEN, WORLD

if TYPE_CHECKING:
    from sqlalchemy import BindParameter, ColumnElement, Dialect, Select

# A request means one profile. Where more match, this many are given in the order of the world, and the last.
MOST_MATCHES = 16
# Holders of a tag are counted no further: which tag is rarest matters only if it is rare.
_MOST_COUNTED = 100


def _limited(query: Select[Any], most: int) -> Select[Any]:
    # As plain numbers, since they are no parameters; SQLAlchemy writes an offset for SQLite in any case.
    return query.limit(literal_column(str(most))).offset(literal_column("0"))


def _matches(*conditions: ColumnElement[bool], last: bool) -> Select[Any]:
    query = select(TERM.c.profile, PROFILE.c.profile_id).join_from(TERM, PROFILE, PROFILE.c.position == TERM.c.profile)
    order, most = (TERM.c.profile.desc(), 1) if last else (TERM.c.profile, MOST_MATCHES)
    return _limited(query.where(*conditions).order_by(order), most)


class Queries:
    """Gives each query as text, whose parameters have names.

    Args:
        dialect: The language of the database.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self.any_of = cache(self._any_of)
        self.all_of = cache(self._all_of)
        self.holders = cache(self._holders)

    def _text(self, query: Select[Any]) -> str:
        return str(query.compile(dialect=self._dialect))

    @cached_property
    def has_profile(self) -> str:
        """Whether there is a profile: a row, or none. Parameter: profile_id."""
        return self._text(select(PROFILE.c.position).where(PROFILE.c.profile_id == bindparam("profile_id")))

    @cached_property
    def relations(self) -> str:
        """The relations of one type that are directed to a profile. Parameters: profile_id, rel_id."""
        query = select(RELATION.c.profile_id_b, RELATION.c.db_b, RELATION.c.props).join_from(
            PROFILE, RELATION, RELATION.c.profile == PROFILE.c.position
        )
        chosen = (PROFILE.c.profile_id == bindparam("profile_id"), RELATION.c.rel_id == bindparam("rel_id"))
        return self._text(query.where(*chosen).order_by(RELATION.c.position))

    def _any_of(self, number: int, *, last: bool = False) -> str:
        """The first profiles, or the last one, that have one of some terms. Parameters: t0, t1 and so on."""
        if number == 1:
            return self._text(_matches(TERM.c.term == bindparam("t0"), last=last))
        terms: list[BindParameter[int]] = [bindparam(f"t{index}") for index in range(number)]
        return self._text(_matches(TERM.c.term.in_(terms), last=last).distinct())

    def _all_of(self, number: int, *, last: bool = False) -> str:
        """The first profiles, or the last one, that have all of some terms, the rarest as t0. Parameters: as any_of."""
        other = TERM.alias("other")
        too = [
            exists().where(other.c.term == bindparam(f"t{index}"), other.c.profile == TERM.c.profile)
            for index in range(1, number)
        ]
        return self._text(_matches(TERM.c.term == bindparam("t0"), *too, last=last))

    def _holders(self, number: int) -> str:
        """How many profiles have each of some terms, as far as that matters. Parameters: as any_of."""
        counts = []
        for index in range(number):
            held: Select[Any] = (
                select(literal_column("1")).select_from(TERM).where(TERM.c.term == bindparam(f"t{index}"))
            )
            some = _limited(held, _MOST_COUNTED).subquery()
            counts.append(select(func.count()).select_from(some).scalar_subquery())
        return self._text(select(*counts))

    @cached_property
    def profiles(self) -> str:
        """Every profile as it stands in a world file."""
        return self._text(select(PROFILE.c.document).order_by(PROFILE.c.position))

    @cached_property
    def all_relations(self) -> str:
        """Every relation."""
        return self._text(self._every_relation)

    @property
    def _every_relation(self) -> Select[Any]:
        query = select(
            RELATION.c.rel_id, PROFILE.c.profile_id, RELATION.c.profile_id_b, RELATION.c.db_b, RELATION.c.props
        ).join_from(RELATION, PROFILE, PROFILE.c.position == RELATION.c.profile)
        return query.order_by(RELATION.c.position)

    @cached_property
    def example(self) -> str:
        """The first relation, in the form of all of them."""
        return self._text(_limited(self._every_relation, 1))

    @cached_property
    def tokens(self) -> str:
        """Every token."""
        return self._text(select(TOKEN.c.token).order_by(TOKEN.c.position))

    @cached_property
    def formats(self) -> str:
        """The format of the tables; no row where no world was loaded."""
        return self._text(select(WORLD.c.format))
