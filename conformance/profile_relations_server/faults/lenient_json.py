"""Faults in where JSON ends and what it allows: text behind it, comments, and commas that nothing follows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.messages import INCORRECT_REQUEST, Refusal
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from profile_relations_server.service.messages import Json


_COMMENT = re.compile(r"/\*.*?\*/|(?:^|(?<=[,{}]))\s*//[^\n]*", re.DOTALL | re.MULTILINE)


class _Streaming(Service):
    """Parses the first value of a text, and can go on behind it."""

    def first_of(self, text: str) -> tuple[Json, str]:
        """Gives the first value, and what follows it."""
        try:
            value, end = self.decoder.raw_decode(text.lstrip())
        except (ValueError, RecursionError):
            raise Refusal(INCORRECT_REQUEST, "the body is not JSON") from None
        return value, text.lstrip()[end:]


@breaks("ROBUST-NOT-JSON")
class TextBehindJsonIsNotRead(_Streaming):
    """What follows the object is not read, since the parser stops at its end."""

    def parse(self, text: str) -> Json:
        return self.first_of(text)[0]


@breaks("ROBUST-NOT-JSON")
class SecondValueIsNotRead(_Streaming):
    """A second object behind the first is not read, though other text there is refused."""

    def parse(self, text: str) -> Json:
        value, rest = self.first_of(text)
        while rest.strip():
            _, rest = self.first_of(rest)
        return value


@breaks("ROBUST-NOT-JSON")
class CommentsAreSkipped(Service):
    """Comments in a body are skipped, as in a file of settings."""

    def parse(self, text: str) -> Json:
        return super().parse(_COMMENT.sub("", text))


@breaks("ROBUST-NOT-JSON")
class TrailingCommasAreSkipped(Service):
    """A comma before the end of an object or an array is skipped."""

    def parse(self, text: str) -> Json:
        return super().parse(re.sub(r",(\s*[}\]])", r"\1", text))
