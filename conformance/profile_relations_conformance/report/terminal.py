"""The report for a terminal or a log: new failures first, what was known or not tested, and one line of verdict."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.report.replay_line import replay_line
from profile_relations_conformance.report.summary import Summary, with_warnings
from profile_relations_conformance.target.shown_text import short, visible, without_commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

WIDTH = 80
LABEL = 10
MOST_LINES = 7
"""Lines that the fields of one failure may have."""
MOST_NAMES = 20
"""Requirements that are named beside one reason for not testing them."""
RED, GREEN, YELLOW, BOLD, DIM, RESET = "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[1m", "\x1b[2m", "\x1b[0m"
CUT = {"sent": 1, "rule": -1}
"""What was sent is cut before all other fields, and the rule after them."""
RIGHT_TOKEN = '"token":"{{token}}"'  # noqa: S105 - what stands for it
"""How most requests begin, which tells nothing and takes the room of what does."""
SILENT = "–"  # noqa: RUF001 - how the ledger writes that the API documentation says nothing


def render(document: dict[str, Any], *, color: bool = False, width: int = WIDTH, written: Sequence[str] = ()) -> str:
    """Writes the whole report.

    Args:
        document: The report document.
        color: Whether to use colours.
        width: Columns of the terminal.
        written: The files that have the report too.
    """
    lines = [*_Report(with_warnings(document), width, color=color).lines(), _reports(written)]
    return "\n".join(map(without_commands, lines)) + "\n"


def _reports(written: Sequence[str]) -> str:
    if not written:
        return "No report was written; --report-html FILE writes one for a browser"
    return visible(f"Report{'' if len(written) == 1 else 's'}: {', '.join(written)}")


class _Report:
    def __init__(self, document: dict[str, Any], width: int, *, color: bool) -> None:
        self._document = document
        self._color = color
        self._width = width

    def lines(self) -> Iterator[str]:
        """Yields the report, line by line."""
        summary = Summary(self._document)
        if self._document.get("explained_by") and summary.new:
            yield from self._folded(summary)
            return
        for name, sentence, found in summary.causes:
            title = f"{name.capitalize()} ({len(found)}): {sentence}"
            yield from (self._paint(line, BOLD + RED) for line in self._wrap(title))
            yield ""
            yield from (line for item in found for line in self._failing(item))
        if summary.warnings:
            title = f"Warnings ({len(summary.warnings)}): a SHOULD that fails; with --strict it fails the run"
            yield from (self._paint(line, BOLD + YELLOW) for line in self._wrap(title))
            yield ""
            yield from (line for item in summary.warnings for line in self._failing(item))
        if any(item["failures"] for item in (*summary.new, *summary.warnings)):
            yield from self._legend()
        yield from self._known(summary.known)
        yield from self._untested(summary.untested)
        yield from (self._paint(visible(line), RED) for line in self._document["verdict"]["stale"])
        for note in self._document.get("notes", ()):
            yield from self._wrap(f"Note: {note}")
        if not self._document["complete"]:
            yield self._paint(visible(f"The run ended early: {self._document['interrupted']}"), YELLOW)
        yield from self._closing()

    def _folded(self, summary: Summary) -> Iterator[str]:
        """Yields what explains most failures at once, and no more than the names of what failed."""
        for sentence in self._document["explained_by"]:
            yield from (self._paint(line, BOLD + RED) for line in self._wrap(sentence))
        yield ""
        yield self._paint(f"Failed ({len(summary.new)}), each of them shown in the reports:", BOLD)
        yield from self._wrap(", ".join(item["id"] for item in summary.new), 2)
        yield ""
        yield from self._closing()

    def _paint(self, text: str, code: str) -> str:
        return f"{code}{text}{RESET}" if self._color else text

    def _wrap(self, text: str, indent: int = 0) -> list[str]:
        lines = textwrap.wrap(visible(text), self._width - indent, break_on_hyphens=False) or [""]
        return [" " * indent + line for line in lines]

    def _legend(self) -> Iterator[str]:
        """Says what stands for what is not shown, to whoever has nothing but the report."""
        settings, variable = self._document["settings"], self._document["target"]["token_env"]
        values = f", and {{{{profiles[0].…}}}} a value of {settings['target'] or 'the bundled target file'}"
        told = f"{{{{token}}}} is the token, from {variable}{'' if settings['show_data'] else values}."
        yield from (self._paint(line, DIM) for line in self._wrap(told))
        yield ""

    def _failing(self, item: dict[str, Any]) -> Iterator[str]:
        name = visible(item["id"])
        place = (
            "good practice, not in the API documentation"
            if item["page"] == SILENT
            else f"API documentation: {item['page']}"
        )
        facts = f"{item['level']}, {item['failed_cases']} of {item['cases']} cases; {visible(place)}"
        yield f"{self._paint(name, BOLD)}  {short(facts, self._width - len(name) - 2)}"
        failure = next(iter(item["failures"]), None)
        fields = {"rule": item["statement"]}
        if failure is not None:
            fields |= self._of_failure(item, failure)
        yield from self._fitted(fields, MOST_LINES - 1)
        if failure is not None:
            yield self._field("replay", [visible(self._replay(item, failure))])[0]
        if item["outcome"] == "errored":
            yield from (f"  {visible(line)}" for line in item["reason"].splitlines()[-MOST_LINES:])
        yield ""

    def _of_failure(self, item: dict[str, Any], failure: dict[str, Any]) -> dict[str, str]:
        request = failure["exchange"]["request"]
        method = "" if request["method"] == "POST" else f"{request['method']} "
        body = request["body"].replace(RIGHT_TOKEN, '"token":…') or "no body"
        return {
            "asked": failure["mutation"] or item["id"],
            "sent": short(f"{method}{body}", 2 * (self._width - LABEL - 2)),
            "got": failure["actual"],
            "expected": failure["expected"],
        }

    def _replay(self, item: dict[str, Any], failure: dict[str, Any]) -> str:
        return replay_line(self._document, item["id"]) or failure["replay"] or "can't be sent again from a shell"

    def _fitted(self, fields: Mapping[str, str], most: int) -> Iterator[str]:
        """Yields the fields in so many lines at most; each keeps one line, even where that is too many."""
        wrapped = {name: self._wrap(" ".join(text.split()), LABEL + 2) for name, text in fields.items()}
        while sum(map(len, wrapped.values())) > most and (name := _cut_next(wrapped)):
            *kept, last, _ = wrapped[name]
            wrapped[name] = [*kept, f"{last[: self._width - 1]}…"]
        for name, lines in wrapped.items():
            yield from self._field(name, [line.strip() for line in lines])

    def _field(self, name: str, lines: Sequence[str]) -> list[str]:
        first = f"  {self._paint(f'{name:<{LABEL}}', DIM)}{lines[0]}"
        return [first, *(f"{'':<{LABEL + 2}}{line}" for line in lines[1:])]

    def _known(self, found: Sequence[dict[str, Any]]) -> Iterator[str]:
        if not found:
            return
        yield self._paint(f"Known failures ({len(found)})", BOLD + YELLOW)
        for item in found:
            known = item["known_failing"] or {"reason": "", "link": "", "expires": None}
            until = f"until {known['expires']}" if known["expires"] else ""
            words = "; ".join(part for part in (known["reason"], known["link"], until) if part)
            yield from self._wrap(f"{item['id']}  {item['level']}: {words}", 2)
        yield ""

    def _untested(self, by_reason: Mapping[str, Sequence[str]]) -> Iterator[str]:
        if not by_reason:
            return
        yield self._paint(f"Not tested ({sum(map(len, by_reason.values()))})", BOLD)
        for reason, names in by_reason.items():
            more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
            yield from self._wrap(f"{reason}: {', '.join(names[:MOST_NAMES])}{more}", 2)
        yield ""

    def _closing(self) -> Iterator[str]:
        """Yields the verdict, the counts and the time, each in a line of its own."""
        document = self._document
        verdict, versions = document["verdict"], document["versions"]
        tint = GREEN if verdict["exit_code"] == 0 else RED
        yield self._paint(visible(f"{document['target']['url']}: {verdict['sentence']}"), BOLD + tint)
        yield visible("; ".join(self._counts()) or "No requirement was selected")
        made = [f"{name} {item['version']}" for name, item in versions.items() if item]
        asked = f"{document['requests']} requests in {document['seconds']:.1f} s"
        yield visible(", ".join([asked, f"seed {document['settings']['seed']}", *made]))

    def _counts(self) -> Iterator[str]:
        for level in dict.fromkeys(item["level"] for item in self._document["requirements"]):
            found = Counter(item["outcome"] for item in self._document["requirements"] if item["level"] == level)
            yield f"{found.total()} {level}: {', '.join(f'{count} {label}' for label, count in found.most_common())}"


def _cut_next(wrapped: Mapping[str, Sequence[str]]) -> str | None:
    """Names the field that loses a line next: the longest of those that are cut first; None where all have one line."""
    long = [name for name, lines in wrapped.items() if len(lines) > 1]
    return max(long, key=lambda name: (CUT.get(name, 0), len(wrapped[name])), default=None)
