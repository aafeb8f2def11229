"""Robustness: whatever arrives, the envelope comes back, without a server error, a stack trace or a relation."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from profile_relations_conformance.checks.envelope import to_an_object
from profile_relations_conformance.checks.registry import Mismatch, check, rule
from profile_relations_conformance.judging.assertions import (
    describe,
    judge_envelope,
    judge_refused,
    judge_shows_nothing,
)
from profile_relations_conformance.judging.results import Case
from profile_relations_conformance.target.known_data import IDENTIFIER, MADE_UP_TOKEN
from profile_relations_conformance.target.placeholders import TOKEN
from profile_relations_conformance.transport.exchange import JSON_TYPE, Request
from profile_relations_conformance.transport.reply import CLIENT_ERRORS, SERVER_ERRORS, strings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profile_relations_conformance.checks.context import CheckContext
    from profile_relations_conformance.transport.exchange import Exchange
    from profile_relations_conformance.transport.reply import Reply

TRACES = re.compile(
    r"Traceback \(most recent call last\)|^\s{1,40}at [\w.$<>]{1,200}\([^()]{0,200}:\d{1,6}\)"
    r"|\bat [^()]{1,100} \([^()]{1,200}\.js:\d{1,6}:\d{1,6}\)|^#\d{1,3} .{1,300}\.php"
    r"|\.php.{0,9} on line .{0,3}\d| at /\S{1,200} line \d{1,6}\.|\) lib/\S{1,200}\.ex:\d{1,6}:|:line \d{1,6}$"
    r"|Stack trace:|\.rb:\d{1,6}:in |goroutine \d{1,9} \[|panicked at|File \"[^\"]{1,300}\", line \d"
)
"""What a line of a stack trace looks like in widespread languages; every part is bounded, so that the time is too."""
LONGEST_TRACE = 50_000
"""Characters of a reply in which stack traces are looked for, and below, those of a piece of one line."""
LONGEST_LINE, OVERLAP = 1_000, 300

FORM_TYPE = "application/x-www-form-urlencoded"
XML_TYPES = ("application/xml", "text/xml")
DEPTH = 2_000
LENGTH = 100_000
MANY = 200
NOT_IMPLEMENTED = 501
"""The status of a method that a server does not know (RFC 9110, section 15.6.2)."""
TEXTS = (
    "\x00",
    "nobody\x00@example.invalid",
    "\U0001f9d1‍\U0001f4bb@example.invalid",
    "\ud800",
    "nobody' OR '1'='1",
    "nobody'\"; DROP TABLE profiles; --",
    "{$gt: ''}",
    "${7*7}{{7*7}}",
    "../../etc/passwd",
    "nobody\r\nx-header: 1",
    "\u202enobody",
)
ODD_TEXTS = ("\ud800", "\x00")
"""A half of a surrogate pair, which no UTF-8 can hold, and NUL, which no text of PostgreSQL can."""
NUMBERS = (-(2**63) - 1, 2**31, 2**63, 2**64, 10**40)


def any_reply(exchange: Exchange) -> bool:
    """Any exchange that has a reply."""
    return exchange.reply is not None


def reply_to_an_object(exchange: Exchange) -> bool:
    """A reply to a POST of a JSON object."""
    return to_an_object(exchange) and exchange.reply is not None


@rule("NO-SERVER-ERROR", applies=reply_to_an_object)
def no_object_is_a_server_error(exchange: Exchange) -> Mismatch:
    """No JSON object makes the server fail."""
    status = exchange.reply.status if exchange.reply else 0
    return ("no server error", describe(exchange)) if status in SERVER_ERRORS else None


@rule("NO-STACK-TRACE", applies=any_reply)
def no_reply_shows_a_stack_trace(exchange: Exchange) -> Mismatch:
    """No reply looks like a stack trace of any widespread language."""
    lines = _lines(_shown_text(exchange.reply)[:LONGEST_TRACE]) if exchange.reply else ()
    found = next(filter(None, map(TRACES.search, lines)), None)
    return ("no stack trace", f"{found.group(0)!r} in the reply") if found else None


def _lines(text: str) -> Iterator[str]:
    """Yields the lines of a text; a long one in pieces that overlap."""
    for line in text.splitlines():
        for start in range(0, max(1, len(line) - OVERLAP), LONGEST_LINE - OVERLAP):
            yield line[start : start + LONGEST_LINE]


def _shown_text(reply: Reply) -> str:
    """Gives the text that a reader of the reply sees: line breaks within JSON strings count, relations do not."""
    if not isinstance(reply.json, dict):
        return reply.text
    return "\n".join(strings({name: value for name, value in reply.json.items() if name != "data"}))


def _right(ask: CheckContext) -> dict[str, Any]:
    selector = ask.known.selectors[0]
    return ask.body(selector.profile, selector.fields)


def _answered(ask: CheckContext, request: Request) -> Case:
    exchange = ask.send(request)
    return Case(exchange, judge_envelope(exchange))


def _answered_or_kept_out(ask: CheckContext, request: Request) -> Case:
    """Asks what a framework may refuse, in words of its own, before the endpoint sees it."""
    exchange = ask.send(request)
    reply = exchange.reply
    kept_out = reply is not None and reply.status in CLIENT_ERRORS and not reply.entries
    return Case(exchange, None if kept_out else judge_envelope(exchange))


def _refused(ask: CheckContext, request: Request) -> Case:
    exchange = ask.send(request)
    return Case(exchange, judge_envelope(exchange) or judge_refused(exchange))


@check("METHOD-GET")
def a_get_shows_nothing(ask: CheckContext) -> Iterator[Case]:
    """A GET, with and without a body, shows no relation and gives no server error."""
    for content, words in ((b"", "a GET"), (ask.written(_right(ask)), "a GET with the body of a right request")):
        kind = JSON_TYPE if content else None
        yield _shows_nothing(ask, ask.raw(content, words, method="GET", content_type=kind))


@check("METHOD-OTHER")
def other_methods_show_nothing(ask: CheckContext) -> Iterator[Case]:
    """Other methods show no relation and give no server error."""
    content = ask.written(_right(ask))
    for method in ask.some(("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")):
        yield _shows_nothing(ask, ask.raw(content, f"{method} in place of POST", method=method))


def _shows_nothing(ask: CheckContext, request: Request) -> Case:
    exchange = ask.send(request)
    failure = judge_shows_nothing(exchange)
    reply = exchange.reply
    if failure is None and reply is not None and reply.status in SERVER_ERRORS and reply.status != NOT_IMPLEMENTED:
        failure = judge_envelope(exchange)
    return Case(exchange, failure)


@check("ROBUST-NOT-JSON")
def what_is_not_json_is_refused(ask: CheckContext) -> Iterator[Case]:
    """An empty body, and one that breaks off or is no JSON, is refused with the envelope."""
    right = ask.written(_right(ask))
    broken = (b"", right[:-1], right[: len(right) // 2], b"{", b"token=1&rel_id=2", b"\xff\xfe\x00", b"<xml/>", b"'")
    for content in ask.some(broken):
        yield _refused(ask, ask.raw(content, "a body that is not JSON" if content else "an empty body"))
    nearly = (
        (right + b" x", "text after the JSON value"),
        (right + right, "two JSON values"),
        (right[:-1] + b",}", "a comma after the last member"),
        (b"/* a comment */" + right, "a comment before the JSON value"),
    )
    for content, words in ask.some(nearly):
        yield _refused(ask, ask.raw(content, words))


@check("ROBUST-NOT-AN-OBJECT")
def what_is_no_object_is_refused(ask: CheckContext) -> Iterator[Case]:
    """An array, also one of a right request, and a single value are refused with the envelope."""
    right = json.loads(ask.written(_right(ask)))
    for value in ask.some(([], [right], "text", 1, None, True, [[right]], "", 0, False)):
        yield _refused(ask, ask.request(value, "a body that is no object"))


@check("ROBUST-NESTING")
def deep_nesting_is_answered(ask: CheckContext) -> Iterator[Case]:
    """Arrays and objects many levels deep are answered with the envelope, or refused by a framework."""
    yield _answered_or_kept_out(ask, ask.raw(b"[" * DEPTH + b"]" * DEPTH, f"{DEPTH} arrays in each other"))
    nested = b'{"a":' * DEPTH + b"1" + b"}" * DEPTH
    unknown = ask.written(ask.body(ask.known.profiles[0], {"profile_id": ask.known.nobody("profile_id")}))
    for content in ask.some((unknown[:-1] + b',"nested":' + nested + b"}", b'{"profile_id":' + nested + b"}")):
        yield _answered_or_kept_out(ask, ask.raw(content, f"{DEPTH} objects in each other"))


@check("ROBUST-LONG")
def long_strings_are_answered(ask: CheckContext) -> Iterator[Case]:
    """A string of many characters is answered, or refused by a framework, in whichever field it stands."""
    long = "x" * LENGTH
    for row in ask.some(ask.contract.rows):
        values = {name: long if "string" in ask.contract.fields[name]["type"] else 0 for name in row.selectors}
        body = ask.body(ask.known.profiles[0], ask.known.fragment(row, values))
        yield _answered_or_kept_out(ask, ask.request(body, f"{row.title}: a value of {LENGTH} characters", apart=True))
    nobody = {IDENTIFIER: ask.known.nobody(IDENTIFIER)}
    many = {f"unknown_{number}": number for number in range(MANY)}
    body = ask.body(ask.known.profiles[0], many | nobody)
    yield _answered_or_kept_out(ask, ask.request(body, f"{MANY} unknown fields", apart=True))


@check("ROBUST-TEXT")
def odd_text_is_data(ask: CheckContext) -> Iterator[Case]:
    """Text that means something to other languages finds nobody, and is answered with the envelope."""
    for number, text in enumerate(ask.some(TEXTS)):
        row = ask.contract.rows[number % len(ask.contract.rows)]
        body = ask.body(ask.known.profiles[0], ask.known.fragment(row, dict.fromkeys(row.selectors, text)))
        words = f"{row.title}: the text {json.dumps(text)}"
        yield _answered(ask, ask.request(body, words, apart=True))
    for body, words in _with_one_odd_value(ask) if ask.is_thorough else ():
        yield _answered(ask, ask.request(body, words, apart=True))


def _with_one_odd_value(ask: CheckContext) -> Iterator[tuple[dict[str, Any], str]]:
    """Gives requests that find nobody, with a text that many libraries fail on in one field of each mode."""
    for row in ask.contract.rows:
        nobody = ask.known.fragment(row, {name: ask.known.nobody(name) for name in row.selectors})
        for name in row.selectors:
            if "string" in ask.contract.fields[name].get("type", ()):
                for text in ODD_TEXTS:
                    words = f"{row.title}: the text {json.dumps(text)} in `{name}` alone"
                    yield ask.body(ask.known.profiles[0], nobody, **{name: text}), words


@check("ROBUST-NUMBERS")
def odd_numbers_are_data(ask: CheckContext) -> Iterator[Case]:
    """Numbers that no profile has, and that many types can't hold, are answered with the envelope and show nobody."""
    right = _right(ask)
    used = {item for profile in ask.known.profiles for item in (profile.rel_id, profile.other_rel_id)}
    for number in ask.some((-right["rel_id"], *NUMBERS)):
        if number not in used:
            yield _answered(ask, ask.request(right | {"rel_id": number}, f"`rel_id` {number}", apart=True))
    for body, words in _with_large_numbers(ask) if ask.is_thorough else ():
        yield _answered(ask, ask.request(body, words, apart=True))
    endless = ask.written(right | {"rel_id": 0}).replace(b'"rel_id":0', b'"rel_id":1e400')
    yield _answered(ask, ask.raw(endless, "`rel_id` 1e400"))


def _with_large_numbers(ask: CheckContext) -> Iterator[tuple[dict[str, Any], str]]:
    """Gives requests that find nobody, with a number of more than 64 bits in each field but `rel_id` that takes one."""
    for row in ask.contract.rows:
        nobody = ask.known.fragment(row, {name: ask.known.nobody(name) for name in row.selectors})
        for name in row.fields:
            if name not in ask.contract.common and "integer" in ask.contract.fields[name].get("type", ()):
                yield ask.body(ask.known.profiles[0], nobody, **{name: NUMBERS[-2]}), f"{row.title}: `{name}` 2**64"


@check("ROBUST-JSON-CORNERS")
def corners_of_json_are_answered(ask: CheckContext) -> Iterator[Case]:
    """Duplicate keys, NaN, Infinity and a byte-order mark get an envelope, whatever it says."""
    right = ask.written(_right(ask))
    corners = (
        (right[:-1] + b',"rel_id":1}', "`rel_id` twice"),
        (b"\xef\xbb\xbf" + right, "a byte-order mark before the body"),
        (right[:-1] + b',"extra":NaN}', "NaN in an unknown field"),
        (right[:-1] + b',"extra":-Infinity}', "-Infinity in an unknown field"),
        (right[:-1] + b',"extra":1e999}', "1e999 in an unknown field"),
    )
    for content, words in ask.some(corners):
        yield _enveloped(ask, ask.raw(content, words))
    no_type = ask.written(_right(ask) | {"rel_id": 0}).replace(b'"rel_id":0', b'"rel_id":NaN')
    yield _answered(ask, ask.raw(no_type, "`rel_id` NaN"))


@check("ROBUST-CONTENT-TYPE", last=True)
def other_content_types_are_answered(ask: CheckContext) -> Iterator[Case]:
    """A request of another content type, or of none, gets an envelope, whatever it says."""
    right = ask.written(_right(ask))
    kinds = (
        (right, "text/plain"),
        (right, None),
        (b"token=made-up&rel_id=2", FORM_TYPE),
        (b"<request/>", "application/xml"),
        (b'--x\r\ncontent-disposition: form-data; name="rel_id"\r\n\r\n2\r\n--x--', "multipart/form-data; boundary=x"),
        (right, "application/json; charset=utf-8"),
        (right, "not a type"),
    )
    for content, kind in ask.some(kinds):
        yield _enveloped(ask, ask.raw(content, f"content type {kind or 'left out'}", content_type=kind))
    made_up = ask.request(_right(ask) | {"token": MADE_UP_TOKEN}, "", wrong_token=True)
    words = "content type text/plain, a made-up token"
    exchange = ask.send(replace(made_up, mutation=words, content_type="text/plain"))
    yield Case(exchange, judge_shows_nothing(exchange))
    form = urlencode(_right(ask) | {TOKEN: MADE_UP_TOKEN}).encode()
    words = "a form with a made-up token"
    exchange = ask.send(replace(made_up, content=form, body=None, mutation=words, content_type=FORM_TYPE))
    yield Case(exchange, judge_shows_nothing(exchange))


def _enveloped(ask: CheckContext, request: Request) -> Case:
    """Asks what may be read or refused: only the envelope and the absence of a server error count."""
    exchange = ask.send(request)
    reply = exchange.reply
    right = reply is not None and reply.has_envelope and reply.status not in SERVER_ERRORS
    is_xml = reply is not None and reply.is_xml and request.content_type in XML_TYPES
    return Case(exchange, None if right or is_xml else judge_envelope(exchange))
