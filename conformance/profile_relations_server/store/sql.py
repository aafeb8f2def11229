"""A store whose world is in a database: each question is one indexed query or two, whatever the size of the world."""

from __future__ import annotations

import json
import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from profile_relations_server.store.queries import MOST_MATCHES
from profile_relations_server.store.search_terms import (
    EMAIL,
    EXACT,
    NUMBER,
    PHONE,
    TAG,
    TEXT,
    Form,
    all_tags_term,
    resource_name,
    subscription_kind,
    term,
    terms_sought,
)
from profile_relations_server.world.model import MOST_TAGS, Profile, Relation, fits_integer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from profile_relations_server.store.database import Database
    from profile_relations_server.world.model import Channel

Answer = TypeVar("Answer")
Json = Any

_IDENTIFIER = re.compile(r"[0-9a-f]{24}")
_read_profile = msgspec.json.Decoder(Profile).decode


@lru_cache(maxsize=4096)
def _parsed(props: str) -> Mapping[str, Mapping[str, Json]]:
    # Many relations have the same properties or none, and nobody changes what a store gives.
    parsed: Mapping[str, Mapping[str, Json]] = json.loads(props)
    return parsed


class SqlStore:
    """A world in a database.

    Args:
        database: A database that holds a world.
        form: The form in which two addresses are compared.
    """

    def __init__(self, database: Database, form: Form = EXACT) -> None:
        self._database = database
        self._queries = database.queries
        self._form = form

    async def ask(self, step: Callable[[], Answer]) -> Answer:
        """Carries out a step that looks things up, as `Database.ask` does."""
        return await self._database.ask(step)

    def tokens(self) -> Sequence[str]:
        """Gives the tokens of the world."""
        # Not over the connection of a look-up, since worker processes may be forked after this call.
        with self._database.reading() as connection:
            return [json.loads(token) for token in connection.exec_driver_sql(self._queries.tokens).scalars()]

    def has_profile(self, profile_id: str) -> bool:
        """Says whether there is a profile with this identifier."""
        if not _IDENTIFIER.fullmatch(profile_id):
            return False
        return bool(self._database.rows(self._queries.has_profile, {"profile_id": profile_id}))

    def _found(self, query: Callable[..., str], terms: Sequence[int]) -> list[str]:
        parameters = {f"t{index}": item for index, item in enumerate(terms)}
        rows = self._database.rows(query(len(terms)), parameters)
        if len(rows) == MOST_MATCHES:
            last = self._database.rows(query(len(terms), last=True), parameters)
            rows += [row for row in last if row not in rows]
        return [profile_id for _, profile_id in rows]

    def _by_address(self, kind: str, name: str, address: str) -> list[str]:
        return self._found(self._queries.any_of, terms_sought(kind, name, address, self._form))

    def by_email(self, address: str) -> Sequence[str]:
        """Finds profiles by the e-mail address in their profile data."""
        return self._by_address(EMAIL, "", address)

    def by_phone(self, number: str) -> Sequence[str]:
        """Finds profiles by a phone number in their profile data."""
        return self._by_address(PHONE, "", number)

    def by_subscription(self, channel: Channel, address: str, resource_id: int | None) -> Sequence[str]:
        """Finds profiles by the address of a subscription, to one resource or to any."""
        return self._by_address(subscription_kind(channel), resource_name(resource_id), address)

    def by_text(self, name: str, text: str) -> Sequence[str]:
        """Finds profiles by the text in a custom field."""
        return self._found(self._queries.any_of, [term(TEXT, name, text)])

    def by_number(self, name: str, number: int) -> Sequence[str]:
        """Finds profiles by the number in a custom field."""
        return self._found(self._queries.any_of, [term(NUMBER, name, str(number))])

    def by_tags(self, name: str, tags: frozenset[str], *, exactly: bool) -> Sequence[str]:
        """Finds profiles whose tag field has all of these tags, or exactly these."""
        if not 0 < len(tags) <= MOST_TAGS:
            return []
        if exactly:
            return self._found(self._queries.any_of, [all_tags_term(name, tags)])
        terms = [term(TAG, name, tag) for tag in tags]
        if len(terms) > 1:
            terms = self._rarest_first(terms)
        return self._found(self._queries.all_of, terms) if terms else []

    def _rarest_first(self, terms: Sequence[int]) -> list[int]:
        """Puts the terms in the order of their holders' number, as far as it was counted; none where one has none."""
        parameters = {f"t{index}": item for index, item in enumerate(terms)}
        ((*counts,),) = self._database.rows(self._queries.holders(len(terms)), parameters)
        return [item for _, item in sorted(zip(counts, terms, strict=True))] if all(counts) else []

    def relations(self, rel_id: int, profile_id: str) -> Sequence[Relation]:
        """Gives the relations of one type that are directed to a profile, in the order of the world."""
        if not fits_integer(rel_id) or not _IDENTIFIER.fullmatch(profile_id):
            return []
        rows = self._database.rows(self._queries.relations, {"profile_id": profile_id, "rel_id": rel_id})
        return [Relation(rel_id, profile_id, other, db_b, _parsed(props)) for other, db_b, props in rows]

    @cached_property
    def _profiles(self) -> tuple[Profile, ...]:
        rows = self._database.rows(self._queries.profiles)
        return tuple(_read_profile(document) for (document,) in rows)

    @cached_property
    def _all_relations(self) -> tuple[Relation, ...]:
        rows = self._database.rows(self._queries.all_relations)
        return tuple(Relation(rel_id, a, b, db_b, _parsed(props)) for rel_id, a, b, db_b, props in rows)

    def example(self) -> Relation | None:
        """Gives the first relation of the world; None where there is none."""
        # Not over the connection of a look-up, since worker processes may be forked after this call.
        with self._database.reading() as connection:
            rows = connection.exec_driver_sql(self._queries.example).all()
        return next((Relation(rel_id, a, b, db_b, _parsed(props)) for rel_id, a, b, db_b, props in rows), None)

    def profiles(self) -> Sequence[Profile]:
        """Gives every profile, in the order of the world; all of them are held in memory from the first call on."""
        return self._profiles

    def all_relations(self) -> Sequence[Relation]:
        """Gives every relation, in the order of the world; all of them are held in memory from the first call on."""
        return self._all_relations
