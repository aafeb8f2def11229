"""Faults in how the server fails: where it should refuse, and what it then shows of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profile_relations_server.faults.helpers import ERROR_PAGE, Page, WithPages
from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.messages import INCORRECT_REQUEST, SERVER_ERROR, Refusal
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from profile_relations_server.contract import Row
    from profile_relations_server.service.messages import Body, Json

_TRACE = 'Traceback (most recent call last):\n  File "/srv/app/views.py", line 51, in validate\nKeyError: matching'
_JAVA_TRACE = "com.example.json.ParseException: unexpected end\n\tat com.example.json.Parser.next(Parser.java:112)"


@breaks("NO-SERVER-ERROR", "REL-ID-MISSING")
class MissingTypeIsAFailure(Service):
    """A request without `rel_id` makes the server fail, with the envelope."""

    def validate(self, body: Body) -> Row:
        if "rel_id" not in body:
            raise Refusal(SERVER_ERROR, "KeyError", transport=True)
        return super().validate(body)


@breaks("NO-SERVER-ERROR", "MATCHING-TYPE")
class ModeOfAnyTypeIsHashed(Service):
    """A `matching` that is an array or an object makes the server fail, since it is looked up as a key."""

    def validate(self, body: Body) -> Row:
        if isinstance(body.get("matching"), list | dict):
            raise Refusal(SERVER_ERROR, "TypeError", transport=True)
        return super().validate(body)


@breaks("NO-STACK-TRACE", "NO-SERVER-ERROR")
class DebugPage(WithPages):
    """A mistyped field is answered with the framework's debug page."""

    def validate(self, body: Body) -> Row:
        try:
            return super().validate(body)
        except Refusal as refusal:
            if "must be of type" not in refusal.text:
                raise
            raise Page(500, f"{ERROR_PAGE}<pre>{_TRACE}</pre>") from None


@breaks("NO-STACK-TRACE")
class TraceInRefusals(Service):
    """A refusal has the place in the code where it was raised, for debugging."""

    def validate(self, body: Body) -> Row:
        try:
            return super().validate(body)
        except Refusal as refusal:
            raise Refusal(refusal.code, f"{refusal.text}\n{_TRACE}") from None


@breaks("NO-STACK-TRACE")
class TraceForBrokenJson(Service):
    """The text of a refusal of what is not JSON is the parser's stack trace."""

    def parse(self, text: str) -> Json:
        try:
            return super().parse(text)
        except Refusal:
            raise Refusal(INCORRECT_REQUEST, _JAVA_TRACE) from None


@breaks("NO-STACK-TRACE")
class TraceOfAnotherLanguage(Service):
    """The text of a refusal for a missing field ends with where it was thrown."""

    def refusal_text(self, refusal: Refusal) -> Json:
        text = super().refusal_text(refusal)
        if "lacks" not in refusal.text:
            return text
        return f"{text}\n   at Relations.Controllers.Get(Request request) in /src/Controllers/Relations.cs:line 88"
