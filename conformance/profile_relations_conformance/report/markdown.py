"""The report as Markdown, for the summary of a CI job: verdict, counts, failures, and what was not tested."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.report.summary import WARNING, Summary, with_warnings
from profile_relations_conformance.target.shown_text import visible, without_commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LONGEST_REPLAY = 2_000
"""A longer line is left to report.json; GitHub shows no summary above 1 MiB."""
_MARKS = {0: "✅", 1: "❌"}
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~@])")
_LINK = re.compile(r"://|www\.|[@$]|#\d|:\w+:|^[\w-]+/[\w.-]+#", re.IGNORECASE)
"""What Markdown of a forge makes a link, a mention, a formula or a picture of, wherever it stands in a text."""


def render(document: dict[str, Any]) -> str:
    """Writes the whole report; what a server or a file said can add no markup to it."""
    return without_commands("\n".join(_lines(document))) + "\n"


def _lines(document: dict[str, Any]) -> Iterator[str]:
    document = with_warnings(document)
    verdict, summary = document["verdict"], Summary(document)
    yield f"## {_MARKS.get(verdict['exit_code'], '⚠️')} {_inline(verdict['sentence'])}"
    yield ""
    yield f"{_inline(document['target']['url'])}, {document['requests']} requests in {document['seconds']:.1f} s"
    yield ""
    counts = {label: count for label, count in verdict["counts"].items() if count}
    yield f"| {' | '.join(counts)} |"
    yield f"|{' ---: |' * len(counts)}"
    yield f"| {' | '.join(map(str, counts.values()))} |"
    yield ""
    yield from (f"- ❌ {_inline(line)}" for line in verdict["stale"])
    yield ""
    explained = document.get("explained_by", []) if summary.new else []
    yield from (f"**{_inline(sentence)}**" for sentence in explained)
    yield ""
    for outcome, title in (
        ("errored", "Errors of the suite itself"),
        ("failed", "Failed"),
        (WARNING, "Warnings: a SHOULD fails, which does not fail the run"),
        ("known failing", "Known failures"),
    ):
        found = summary.of(outcome)
        if found:
            yield from (f"### {title} ({len(found)})", "")
            yield from _named(found) if explained else (line for item in found for line in _failing(item))
    yield from _untested(summary.untested)
    yield _versions(document)


def _named(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield ", ".join(item["id"] for item in found)
    yield ""


def _failing(item: dict[str, Any]) -> Iterator[str]:
    head = f"<b>{_text(item['id'])}</b> ({item['level']}, {item['failed_cases']} of {item['cases']} cases)"
    yield f"<details><summary>{head}: {_code(item['statement'])}</summary>"
    yield ""
    yield f"<p>The API documentation: {_code(item['page'])}.</p>"
    known = item["known_failing"]
    if known:
        until = f", until {known['expires']}" if known["expires"] else ""
        link = f" ({known['link']})" if known["link"] else ""
        yield f"<p>Known: {_text(known['reason'] + link + until)}</p>"
    details = item["reason"].splitlines() if item["outcome"] == "errored" else []
    for failure in item["failures"][:1]:
        details += [f"asked     {failure['mutation']}", f"expected  {failure['expected']}"]
        details += [f"got       {failure['actual']}"]
        details += [f"replay    {failure['replay']}"] if 0 < len(failure["replay"]) <= LONGEST_REPLAY else []
    yield "<pre>" + "\n".join(map(_text, details)) + "</pre>"
    yield "</details>"
    yield ""


def _untested(by_reason: Mapping[str, Sequence[str]]) -> Iterator[str]:
    if by_reason:
        yield from (f"### Not tested ({sum(map(len, by_reason.values()))})", "")
        yield from (f"- {_inline(reason)}: {', '.join(names)}" for reason, names in by_reason.items())
        yield ""


def _versions(document: dict[str, Any]) -> str:
    versions, settings = document["versions"], document["settings"]
    return (
        f"Suite {_inline(versions['suite']['version'])}, contract {_inline(versions['contract']['version'])} "
        f"({versions['contract']['sha256'][:12]}), seed {settings['seed']}, effort {settings['profile']}."
    )


def _text(text: str) -> str:
    """Escapes a text that stands in an HTML element, as one line: an empty line would end the element for Markdown."""
    return html.escape(visible(text)) if text.strip() else "&nbsp;"


def _code(text: str) -> str:
    """Escapes a sentence of the ledger, in which backticks mark code."""
    return re.sub("`([^`]*)`", r"<code>\1</code>", _text(text))


def _inline(text: str) -> str:
    """Escapes a text that stands in a line of Markdown; a word that could be more than a word becomes code."""
    return " ".join(_code_span(word) if _LINK.search(word) else _escaped(word) for word in visible(text).split())


def _escaped(word: str) -> str:
    return _SPECIAL.sub(r"\\\1", html.escape(word, quote=False))


def _code_span(word: str) -> str:
    """Writes code, between more backticks than stand in it."""
    fence = "`" * (1 + max(map(len, re.findall("`+", word)), default=0))
    space = " " if word.startswith("`") or word.endswith("`") else ""
    return f"{fence}{space}{word}{space}{fence}"
