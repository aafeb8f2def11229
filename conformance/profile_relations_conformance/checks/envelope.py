"""Rules of the envelope: what every reply is made of, and what tells a success from a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profile_relations_conformance.checks.registry import Mismatch, rule
from profile_relations_conformance.judging.assertions import describe
from profile_relations_conformance.transport.reply import ABSENT, CLIENT_ERRORS, OK, SERVER_ERRORS, Reply, is_integer

if TYPE_CHECKING:
    from profile_relations_conformance.transport.exchange import Exchange

SUCCESS_TEXT = "Successful operation"


def to_an_object(exchange: Exchange) -> bool:
    """A POST of a JSON object that no proxy answered; what odd requests get back has requirements of its own."""
    request = exchange.request
    is_plain = request.method == "POST" and isinstance(request.body, dict) and not request.apart
    return is_plain and not exchange.is_of_a_proxy


def with_envelope(exchange: Exchange) -> bool:
    """A reply whose body is a JSON object, to a POST of one."""
    return to_an_object(exchange) and exchange.reply is not None and isinstance(exchange.reply.json, dict)


def success(exchange: Exchange) -> bool:
    """A reply that says that the call was carried out."""
    return with_envelope(exchange) and _reply(exchange).is_success


def refusal(exchange: Exchange) -> bool:
    """A reply that says that the call was refused."""
    return with_envelope(exchange) and _reply(exchange).is_refusal


def client_error_or_refusal(exchange: Exchange) -> bool:
    """A reply that refuses by its envelope or by its status."""
    return refusal(exchange) or (with_envelope(exchange) and _reply(exchange).status in CLIENT_ERRORS)


def lists_relations(exchange: Exchange) -> bool:
    """A reply that shows at least one relation, whatever its `error` says."""
    return with_envelope(exchange) and bool(_reply(exchange).entries)


def _reply(exchange: Exchange) -> Reply:
    if exchange.reply is None:
        raise ValueError("the rule does not apply to an exchange without a reply")
    return exchange.reply


def _kind(value: object) -> str:
    return "left out" if value is ABSENT else f"{value!r}"


@rule("REPLY-JSON", applies=to_an_object)
def replies_are_json_objects(exchange: Exchange) -> Mismatch:
    """Every reply to a JSON request is a JSON object."""
    if exchange.reply is not None and isinstance(exchange.reply.json, dict):
        return None
    return "a JSON object", describe(exchange)


@rule("REPLY-CONTENT-TYPE", applies=with_envelope)
def replies_say_that_they_are_json(exchange: Exchange) -> Mismatch:
    """The content type of a JSON reply is JSON's; a charset may follow it."""
    given = _reply(exchange).headers.get("content-type", "")
    kind = given.partition(";")[0].strip().lower()
    if kind.endswith(("/json", "+json")):
        return None
    return "content-type: application/json", f"content-type: {given}" if given else "no content type"


@rule("REPLY-ERROR", applies=with_envelope)
def error_is_an_integer(exchange: Exchange) -> Mismatch:
    """`error` is an integer."""
    error = _reply(exchange).error
    return None if is_integer(error) else ("`error`, an integer", f"`error` is {_kind(error)}")


@rule("REPLY-ERROR-TEXT", applies=with_envelope)
def error_text_is_a_string(exchange: Exchange) -> Mismatch:
    """`error_text` is a string."""
    text = _reply(exchange).member("error_text")
    return None if isinstance(text, str) else ("`error_text`, a string", f"`error_text` is {_kind(text)}")


@rule("REPLY-ERROR-TEXT-FILLED", applies=refusal)
def error_text_is_not_empty(exchange: Exchange) -> Mismatch:
    """`error_text` of a refusal says something."""
    text = _reply(exchange).member("error_text")
    return ("a text", "`error_text` is empty") if isinstance(text, str) and not text.strip() else None


@rule("REPLY-DATA", applies=success)
def a_success_has_data(exchange: Exchange) -> Mismatch:
    """`data` of a success holds the relations; only where there is none may it be null or left out."""
    data = _reply(exchange).member("data")
    if isinstance(data, (list, dict)) or (data in (ABSENT, None) and _reply(exchange).total in (ABSENT, None, 0)):
        return None
    return "`data`, with the relations", f"`data` is {_kind(data)}"


@rule("REPLY-DATA-EMPTY", applies=success)
def an_empty_success_has_data(exchange: Exchange) -> Mismatch:
    """`data` of a success without relations is an array too."""
    reply = _reply(exchange)
    data = reply.member("data")
    is_missing = data in (ABSENT, None) and reply.total in (ABSENT, None, 0)
    return ("`data`, an empty array", f"`data` is {_kind(data)}") if is_missing else None


@rule("REPLY-DATA-ARRAY", applies=success)
def data_is_an_array_of_objects(exchange: Exchange) -> Mismatch:
    """`data` is an array of objects; an object instead follows the documentation's table and not its example."""
    data = _reply(exchange).member("data")
    if isinstance(data, dict):
        return (
            "`data` as an array, as in the API documentation's example",
            "`data` is an object, as in the API documentation's table",
        )
    if isinstance(data, list) and not all(isinstance(entry, dict) for entry in data):
        return "an array of objects", "`data` holds something else than objects"
    return None


@rule("REPLY-TOTAL-COUNT", applies=success)
def total_count_is_an_integer(exchange: Exchange) -> Mismatch:
    """`total_count` is an integer, 0 or more."""
    total = _reply(exchange).total
    if is_integer(total) and total >= 0:
        return None
    return "`total_count`, an integer that is not negative", f"`total_count` is {_kind(total)}"


@rule("REPLY-TOTAL-COUNT-PLACE", applies=success)
def total_count_stands_beside_data(exchange: Exchange) -> Mismatch:
    """`total_count` is a member of the reply; in `data` it follows the documentation's table and not its example."""
    reply = _reply(exchange)
    if reply.member("total_count") is ABSENT and reply.total is not ABSENT:
        return (
            "`total_count` beside `data`, as in the API documentation's example",
            "it stands in `data`, as in the API documentation's table",
        )
    return None


@rule("SUCCESS-ERROR-ZERO", applies=lists_relations)
def relations_come_with_error_zero(exchange: Exchange) -> Mismatch:
    """Whoever is shown relations is told that the call succeeded."""
    reply = _reply(exchange)
    return None if reply.is_success else ("`error` 0 beside the relations", f"`error` is {_kind(reply.error)}")


@rule("SUCCESS-TEXT", applies=success)
def a_success_has_the_text_of_the_page(exchange: Exchange) -> Mismatch:
    """The text of a success is the one of the API documentation's example, or empty."""
    text = _reply(exchange).member("error_text")
    return None if text in (SUCCESS_TEXT, "") else (f'"{SUCCESS_TEXT}"', f"`error_text` is {_kind(text)}")


@rule("SUCCESS-STATUS", applies=success)
def a_success_comes_under_200(exchange: Exchange) -> Mismatch:
    """The status of a success is 200."""
    status = _reply(exchange).status
    return None if status == OK or status in CLIENT_ERRORS else ("HTTP 200", f"HTTP {status}")


@rule("REFUSAL-STATUS", applies=client_error_or_refusal)
def a_refusal_has_a_status_of_its_kind(exchange: Exchange) -> Mismatch:
    """A refusal comes under 200 or 4XX, and 4XX has an `error` other than 0; a 5XX has a requirement of its own."""
    reply = _reply(exchange)
    if reply.status in CLIENT_ERRORS:
        return (
            ("another `error` than 0 under 4XX", f"`error` 0 under HTTP {reply.status}") if reply.is_success else None
        )
    if reply.status == OK or reply.status in SERVER_ERRORS:
        return None
    return "HTTP 200 or 4XX", f"HTTP {reply.status}"


@rule("REFUSAL-SHOWS-NOTHING", applies=refusal)
def a_refusal_shows_nothing(exchange: Exchange) -> Mismatch:
    """A refusal lists no relation and counts none."""
    reply = _reply(exchange)
    if reply.entries:
        return "no relation in a refusal", describe(exchange)
    if reply.total not in (ABSENT, None, 0):
        return "`total_count` 0, null or left out", f"`total_count` is {_kind(reply.total)}"
    return None
