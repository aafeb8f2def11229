"""What a reply can cost is bounded where it arrives, where it is kept, and where it is told of."""

from __future__ import annotations

import gzip
import html
import json
import re
import zlib
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt
from profile_relations_conformance.checks import rules
from profile_relations_conformance.judging.assertions import describe
from profile_relations_conformance.judging.relations_diff import discrepancy
from profile_relations_conformance.judging.results import LONGEST_WORDS, Case, Failure
from profile_relations_conformance.report import markdown
from profile_relations_conformance.report.text_diff import MOST_LINES, differing, reply_lines
from profile_relations_conformance.transport.body import LARGEST_REPLY, MOST_VALUES, UnreadableBodyError, read_body
from profile_relations_conformance.transport.exchange import Exchange, Request, Room
from profile_relations_conformance.transport.reply import KEPT, LONGEST_HEADER, MOST_HEADERS, Reply

from tests.helpers.hostile_targets import COMMANDS, MARKUP
from tests.helpers.made_up import ANNA, CONTRACT, entry, exchange, reply, success

if TYPE_CHECKING:
    from collections.abc import Iterator

RIGHT = json.dumps(success(entry(ANNA)).json).encode()


@pytest.mark.parametrize(
    ("coding", "content"),
    [
        (None, RIGHT),
        ("identity", RIGHT),
        ("GZIP", gzip.compress(RIGHT)),
        ("x-gzip", gzip.compress(RIGHT)),
        ("deflate", zlib.compress(RIGHT)),
        ("gzip", b""),
    ],
)
def test_a_body_is_read_in_one_kind_of_coding(coding: str | None, content: bytes) -> None:
    pieces = [content[start : start + 7] for start in range(0, len(content), 7)]
    assert read_body(pieces, coding) == (RIGHT if content else b"")


@pytest.mark.parametrize(
    ("coding", "content", "words"),
    [
        (None, b"x" * (LARGEST_REPLY + 1), "larger than"),
        ("gzip", gzip.compress(bytes(LARGEST_REPLY + 1)), "larger than"),
        ("gzip, gzip", gzip.compress(gzip.compress(RIGHT)), "'gzip, gzip', and gzip was asked for"),
        ("br", RIGHT, "'br', and gzip was asked for"),
        ("gzip", gzip.compress(RIGHT)[:-1], "ends too early"),
        ("gzip", RIGHT, "can't be decoded"),
        (None, b"[]," * MOST_VALUES, "more than"),
    ],
)
def test_a_body_that_is_too_large_or_can_not_be_decoded_is_no_reply(
    coding: str | None, content: bytes, words: str
) -> None:
    with pytest.raises(UnreadableBodyError, match=words):
        read_body([content], coding)


def test_a_small_body_that_grows_is_given_up_early() -> None:
    bomb = zlib.compressobj(9, wbits=31)
    content = b"".join(bomb.compress(bytes(1 << 20)) for _ in range(64)) + bomb.flush()
    taken = 0

    def pieces() -> Iterator[bytes]:
        nonlocal taken
        for start in range(0, len(content), 64):
            taken += 64
            yield content[start : start + 64]

    with pytest.raises(UnreadableBodyError, match="larger than"):
        read_body(pieces(), "gzip")
    assert taken < len(content) // 10


def test_of_a_large_reply_that_was_judged_little_is_kept() -> None:
    whole = success(*(entry(ANNA, number, props={"x": {"value": "y" * 500}}) for number in range(100)))
    kept = whole.condensed()
    assert len(kept.content) == KEPT < len(whole.content) == kept.size
    assert getattr(kept, "sha256", "") == sha256(whole.content).hexdigest()
    for name in ("status", "error", "total", "is_success", "is_refusal", "has_envelope", "owners", "relation_count"):
        assert getattr(kept, name) == getattr(whole, name), name
    assert bool(kept.entries) == bool(whole.entries)
    assert (whole.is_whole, kept.is_whole) == (True, False)
    exchanges = [Exchange(1, Request.of({}, "a test"), item) for item in (whole, kept)]
    assert describe(exchanges[0]) == describe(exchanges[1])
    assert success(entry(ANNA)).condensed().is_whole


def test_there_is_room_for_no_more_than_so_much() -> None:
    room, large = Room(100_000), exchange(reply("x" * 20_000))
    assert [room.takes(large) for _ in range(6)] == [True, True, True, False, False, False]
    assert room.takes(exchange("no reply"))


def test_few_headers_are_kept_and_none_whole_that_is_long() -> None:
    kept = Reply.of(200, {f"x-{number}": "y" * 5_000 for number in range(500)}, b"", 1.0).headers
    assert len(kept) == MOST_HEADERS
    assert {len(value) for value in kept.values()} == {LONGEST_HEADER}


def test_what_a_failure_says_is_cut_where_it_is_made() -> None:
    failure = Failure("a" * 10**6, "b" * 10**6, exchange("no reply"))
    assert len(failure.expected) < LONGEST_WORDS + 50 > len(failure.actual)
    assert failure.actual.endswith("(998000 characters more)")
    case = Case(exchange(success(*[entry(ANNA)] * 200)), failure).condensed()
    assert case.exchange.reply is not None
    assert len(case.exchange.reply.content) == KEPT


def test_a_line_on_a_reply_is_short_whatever_it_holds() -> None:
    for odd in (
        success(*(entry(ANNA, profile_id_a=f"{number}" * 10_000) for number in range(9))),
        reply({"error": 10**4_000, "error_text": "x" * 10**6, "data": "x"}),
        reply("x" * 10**6),
    ):
        assert len(describe(exchange(odd))) < 1_000


@pytest.mark.parametrize(
    "text",
    [
        "at x (" * 5_000,
        "\n" * 200_000,
        " " * 200_000,
        " at " * 50_000,
        "a.php" * 40_000,
        "#1 " * 60_000,
        ":line 1" * 9_000,
    ],
)
def test_looking_for_stack_traces_ends(text: str) -> None:
    """Patterns that try again and again took hours for some of these."""
    rule = rules()["NO-STACK-TRACE"]
    for body in (text, {"error": 0, "error_text": text}):
        case = rule.judge(exchange(reply(body)), CONTRACT)
        assert case is not None


@pytest.mark.parametrize(
    "trace",
    [
        "Traceback (most recent call last)",
        "  at com.example.Service.find(Service.java:17)",
        "TypeError: x\n    at Object.find (/srv/app.js:17:3)",
        "#0 /srv/app/index.php(17)",
        "Fatal error in /srv/index.php on line 17",
        "died at /srv/app.pl line 17.",
        "(app) lib/app/find.ex:17: App.find/1",
        "app.rb:17:in `find'",
        "goroutine 17 [running]",
        "thread 'main' panicked at",
        'File "/srv/app.py", line 17',
    ],
)
@pytest.mark.parametrize("before", ["", "x" * 5_000, "x\n" * 5_000])
def test_a_stack_trace_is_found(trace: str, before: str) -> None:
    shown = exchange(reply({"error": 500, "error_text": f"{before} \n{trace}"}))
    case = rules()["NO-STACK-TRACE"].judge(shown, CONTRACT)
    assert case is not None
    assert case.failure is not None


def test_the_difference_of_long_lists_is_told_in_numbers() -> None:
    many = Counter(json.dumps(entry(ANNA, number)) for number in range(2_000))
    others = Counter(json.dumps(entry(ANNA, number, db_b=8)) for number in range(2_000))
    assert discrepancy(many, others).startswith(
        "2000 relations missing: the one with 000000000000000000000000 and 2000"
    )
    long = Counter([json.dumps(entry(ANNA, profile_id_b="x" * 10**6))])
    assert len(discrepancy(long, Counter([json.dumps(entry(ANNA))]))) < 500


def test_words_that_are_many_and_alike_are_compared_by_their_ends() -> None:
    found = differing(f"a {'-' * 900} b c", f"a {'-' * 300}+{'-' * 599} b d")
    assert "".join(part.text for part in found) == f"a {'-' * 900} b c"
    assert [part.differs for part in found] == [False, True]


@pytest.mark.parametrize("depth", [41, 150, 900])
def test_a_deeply_nested_body_is_shown_as_it_is(depth: int) -> None:
    body = "[" * depth + "1," * 5_000 + "1" + "]" * depth
    assert "".join(line.text for line in reply_lines(body)) == body


def test_a_wide_body_is_shown_by_its_first_lines() -> None:
    lines = reply_lines(json.dumps([1] * 5_000))
    assert len(lines) == MOST_LINES + 1
    assert "lines more" in lines[-1].text


LINKS = re.compile(r"://|www\.|@someone|\$`|<img")


def test_markdown_holds_no_markup_that_a_server_sent() -> None:
    """What could be a link, a mention, a formula or a command stands in code, where it is none."""
    said = f"{MARKUP}{COMMANDS}"
    request = {"method": "POST", "content_type": None, "body": said, "exact": True}
    failure = {"mutation": said, "expected": said, "actual": said, "exchange": {"request": request}, "replay": said}
    common: dict[str, Any] = {
        "level": "MUST",
        "page": "page",
        "cases": 1,
        "failed_cases": 1,
        "statement": "a rule",
        "cause": "data",
    }
    items: list[dict[str, Any]] = [
        {"id": "A-1", "outcome": "failed", "failures": [failure], "reason": "", "known_failing": None},
        {"id": "A-2", "outcome": "errored", "failures": [], "reason": said, "known_failing": None},
        {"id": "A-3", "outcome": "not tested", "failures": [], "reason": said, "known_failing": None},
    ]
    document = {
        "requirements": [{**common, **item} for item in items],
        "verdict": {"exit_code": 1, "sentence": said, "counts": {"failed": 1}, "stale": [said], "conformant": False},
        "target": {"url": said},
        "requests": 1,
        "seconds": 1.0,
        "causes": {"data": "it"},
        "versions": {"suite": {"version": said}, "contract": {"version": "1", "sha256": "0" * 64}},
        "settings": {"seed": 0, "profile": "quick", "strict": False},
        "notes": [said],
    }
    text = markdown.render(document)
    shown = MarkdownIt("gfm-like", {"linkify": False}).render(text)
    outside = re.sub(r"<(code|pre)>.*?</\1>", "", shown, flags=re.DOTALL)
    assert LINKS.findall(outside) == []
    assert "owned" in html.unescape(shown)
    for mark in ("<a ", "<img", "<h1", "::warning::owned\n\n"):
        assert mark not in shown
    assert re.findall(r"(?m)^\s*::|##\w*\[", text) == []
