"""The report as one HTML file without any outside asset; it can be read with scripts off."""

from __future__ import annotations

import base64
import hashlib
import math
import re
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape

from profile_relations_conformance.report.replay_line import replay_line
from profile_relations_conformance.report.summary import WARNING, Summary, with_warnings
from profile_relations_conformance.report.text_diff import differing, reply_lines, request_lines
from profile_relations_conformance.target.shown_text import shown_line, shown_lines

OUTCOMES = {
    "errored": ("!", "an error of the suite itself; it says nothing about the server"),
    "failed": ("✕", "at least one case failed"),
    WARNING: ("▲", "a SHOULD failed, which does not fail the run"),
    "known failing": ("◐", "failed, and is in the list of known failures"),
    "not tested": ("○", "could not be tested, so it says nothing about the server"),
    "passed": ("✓", "every case passed"),
    "does not apply": ("–", "is not tested on this target, and is not counted"),  # noqa: RUF001 - a sign
}
"""Each outcome, the worst first, with its sign and its meaning."""
MOST_OPEN = 3
"""So many new failures are shown open; of more, the list is what a reader needs first."""
SHORT_VALUES = {"of another profile": "other", "wrong type": "type"}
TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 60_000)
"""Milliseconds that the axis of the timing chart may show."""
_CODE = re.compile("`([^`]*)`")


def render(document: dict[str, Any]) -> str:
    """Writes the whole report; nothing that a server or a file said becomes markup."""
    style, script = _asset("report.css"), _asset("report.js")
    document = with_warnings(document)
    summary = Summary(document)
    return _template().render(
        report=document,
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        policy=f"default-src 'none'; img-src data:; style-src '{_digest(style)}'; script-src '{_digest(script)}'",
        outcomes=OUTCOMES,
        groups=summary.causes,
        warnings=summary.warnings,
        few=sum(len(cause.requirements) for cause in summary.causes) <= MOST_OPEN,
        untested=summary.untested,
        grid=_grid(document["grid"]),
        chart=_chart(document["latencies"]),
    )


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _digest(text: str) -> str:
    """Names a text of a style or a script as a content security policy does, so that no other is followed."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, finalize=_shown, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"code": _code, "plain": _plain, "slug": _slug}
    environment.globals |= {
        "replay_line": replay_line,
        "differing": differing,
        "request_lines": request_lines,
        "reply_lines": reply_lines,
    }
    source = _asset("report.html.jinja")
    return environment.from_string(re.sub(r"^ +", "", source, flags=re.MULTILINE))  # of no use in a page


def _shown(value: object) -> object:
    """Makes what is put into the template visible; it is escaped after that, unless it is markup of our own."""
    return value if isinstance(value, Markup) else shown_lines(str(value))


def _code(text: str) -> Markup:
    """Writes what stands in backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(shown_line(text)))))  # noqa: S704 - escaped before


def _plain(text: str | None) -> Markup:
    """Writes a text between tags, where quotes are only quotes; there are thousands of them in a report."""
    escaped = str(escape(shown_lines(text or "")))
    return Markup(escaped.replace("&#34;", '"').replace("&#39;", "'"))  # noqa: S704 - nothing else is given back


def _slug(text: str) -> str:
    return text.replace(" ", "-")


def _grid(cells: list[dict[str, Any]]) -> dict[str, Any]:
    """Arranges the matching grid: rows of the decision table, and in each the cells of every field."""
    fields = list(dict.fromkeys(cell["field"] for cell in cells))
    rows: dict[str, dict[str, Any]] = {}
    for number, cell in enumerate(cells):
        row = rows.setdefault(cell["row"], {"title": cell["title"], "fields": {name: [] for name in fields}})
        short = SHORT_VALUES.get(cell["value"], cell["value"])
        row["fields"][cell["field"]].append(cell | {"anchor": f"c{number}", "short": short, "kind": _kind(cell)})
    return {"fields": fields, "rows": list(rows.values()), "asked": sum(cell["exchange"] is not None for cell in cells)}


def _kind(cell: dict[str, Any]) -> str:
    return "meaningless" if cell["contract_allows"] is None else str(cell["outcome"])


def _chart(latencies: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Places the latencies on a logarithmic axis; places are per cent of its width."""
    if not latencies:
        return None
    least = max(0.1, min(item["minimum"] for item in latencies))
    most = max(least * 2, *(item["maximum"] for item in latencies))

    def place(milliseconds: float) -> float:
        return round(2 + 96 * math.log(max(milliseconds, least) / least) / math.log(most / least), 2)

    bars = [
        item | {"at": {name: place(item[name]) for name in item if name not in {"mode", "count"}}} for item in latencies
    ]
    ticks = [(tick, place(tick)) for tick in TICKS if least <= tick <= most]
    return {"bars": bars, "ticks": ticks}
