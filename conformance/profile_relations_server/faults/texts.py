"""Faults in what odd text does: it makes a part behind the server fail, or is run as code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from profile_relations_server.faults.helpers import Page, WithPages, texts_of
from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from profile_relations_server.contract import Row
    from profile_relations_server.service.messages import Body, Call, Json, Reply


class _TextFails(WithPages):
    """Fails at a text that a part behind the server does not take."""

    pattern: re.Pattern[str]

    def validate(self, body: Body) -> Row:
        row = super().validate(body)
        if any(self.pattern.search(text) for name in row.selectors for text in texts_of(body[name])):
            raise Page(500)
        return row


@breaks("ROBUST-TEXT", "NO-SERVER-ERROR")
class NulIsAFailure(_TextFails):
    """A NUL in a text makes the server fail, since the database refuses it."""

    pattern = re.compile("\0")


@breaks("ROBUST-TEXT", "NO-SERVER-ERROR")
class AstralIsAFailure(_TextFails):
    """A character beyond the basic plane makes the server fail, since the column holds three bytes a character."""

    pattern = re.compile("[\U00010000-\U0010ffff]")


@breaks("ROBUST-TEXT", "NO-SERVER-ERROR")
class SurrogateIsAFailure(_TextFails):
    """Half of a surrogate pair makes the server fail, since it can't be encoded."""

    pattern = re.compile("[\ud800-\udfff]")


@breaks("ROBUST-TEXT")
class QuoteIsAFailure(_TextFails):
    """A double quote in a text makes the server fail, since it ends a string of the query."""

    pattern = re.compile('"')


@breaks("ROBUST-TEXT", "NO-SERVER-ERROR")
class TemplateIsAFailure(_TextFails):
    """Braces in a text make the server fail, since the text is a template to the log."""

    pattern = re.compile(r"\{\W")


@breaks("ROBUST-TEXT", "SELECTOR-UNKNOWN")
class QuoteEndsTheQuery(Service):
    """A text is written into the query as it is, so that a condition in it finds everybody."""

    def candidates(self, mode: str, body: Body) -> list[str]:
        row = next(item for item in self.contract.rows if item.mode == mode)
        if any(re.search(r"' *OR *'", text) for name in row.selectors for text in texts_of(body[name])):
            return [item.profile_id for item in self.store.profiles()]
        return super().candidates(mode, body)


class _OneFieldFails(WithPages):
    """Fails at a value in one field, all others of which are checked."""

    field: str

    def is_bad(self, value: Json) -> bool:
        """Says whether the part behind the server fails at a value."""
        raise NotImplementedError

    async def carry_out(self, call: Call) -> Reply:
        body = self.read(call)
        self.authenticate(body)
        if self.field in body and self.is_bad(body[self.field]):
            raise Page(500)
        return await super().carry_out(call)


@breaks("ROBUST-TEXT", "NO-SERVER-ERROR")
class SurrogateInAFieldNameIsAFailure(_OneFieldFails):
    """Half of a surrogate pair in `field_name` makes the server fail; in the other fields it is checked."""

    field = "field_name"

    def is_bad(self, value: Json) -> bool:
        return isinstance(value, str) and re.search("[\ud800-\udfff]", value) is not None


@breaks("ROBUST-TEXT", "NO-SERVER-ERROR")
class NulInAnIdentifierIsAFailure(_OneFieldFails):
    """A NUL in `profile_id` makes the server fail; in the other fields it is checked."""

    field = "profile_id"

    def is_bad(self, value: Json) -> bool:
        return isinstance(value, str) and "\0" in value


@breaks("SELECTOR-TYPE", "NO-SERVER-ERROR")
class NumberAsFieldNameIsAFailure(_OneFieldFails):
    """A number for `field_name` makes the server fail; in the other fields its type is checked."""

    field = "field_name"

    def is_bad(self, value: Json) -> bool:
        return isinstance(value, int | float)
