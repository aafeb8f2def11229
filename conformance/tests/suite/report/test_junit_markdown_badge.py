"""Every view of a report renders whatever the schema allows, is harmless, and depends on the document alone."""

from __future__ import annotations

import io
import json
import re
import shlex
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import profile_relations_conformance.report
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from profile_relations_conformance.commands.progress import Progress
from profile_relations_conformance.contract.ledger import load_ledger
from profile_relations_conformance.judging.results import Result
from profile_relations_conformance.judging.verdict import Run
from profile_relations_conformance.report import badge, html, junit, markdown, terminal
from profile_relations_conformance.report.screen import wants_color
from profile_relations_conformance.report.text_diff import Line, differing, reply_lines, request_lines
from profile_relations_conformance.target.shown_text import visible
from profile_relations_conformance.transport.pace import Pace
from rich.console import Console

from tests.helpers.reports import HOSTILE, documents, echo_server, judged

if TYPE_CHECKING:
    from collections.abc import Iterator

VIEWS = {
    "terminal": terminal.render,
    "html": html.render,
    "junit": junit.render,
    "markdown": markdown.render,
    "badge": badge.render,
    "endpoint": badge.endpoint,
}
PACKAGE = Path(profile_relations_conformance.report.__file__).parent
COLOR = re.compile("\x1b\\[[0-9;]*m")
ALLOWED = {"jinja2", "markupsafe", "jsonschema", "profile_relations_conformance"}


class _Tags(HTMLParser):
    """Collects what a browser would run or fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts = 0
        self.handlers: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag in {"script", "iframe", "object", "embed", "base"}
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "style"]
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href", "action", "srcset"}]


@given(document=documents())
@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=20, phases=[Phase.generate])
def test_every_view_renders_whatever_the_schema_allows(document: dict[str, Any]) -> None:
    for name, render in VIEWS.items():
        text = render(document)
        text.encode("utf-8", "backslashreplace")
        assert text.endswith("\n") or name == "html", name
    tags = _Tags()
    tags.feed(html.render(document))
    assert tags.scripts == 1
    assert not tags.handlers
    assert all(item.startswith(("#", "data:")) for item in tags.addresses)
    shown = terminal.render(document, color=True)
    assert COLOR.sub("", shown) == terminal.render(document)
    assert all(line.isprintable() for line in COLOR.sub("", shown).split("\n"))


@pytest.fixture(scope="module")
def report() -> Iterator[dict[str, Any]]:
    """The report on a server that breaks most requirements and answers with hostile texts."""
    with pytest.MonkeyPatch.context() as patch, echo_server() as url:
        patch.setenv("RELATIONS_TOKEN", "canary-5d1e90aa7c")
        yield judged(url, strict=True)  # so that each failure is one, and no warning


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_shows_the_token(report: dict[str, Any], view: str) -> None:
    text = VIEWS[view](report)
    assert "canary-5d" not in text.casefold()
    assert "john@example.com" not in text.casefold()


# --- The terminal -----------------------------------------------------------------------------------------------------


def test_failures_come_in_groups_of_a_cause_and_fit_a_screen(report: dict[str, Any]) -> None:
    text = terminal.render(report, width=80)
    causes = [cause for cause in report["causes"] if f"\n{cause.capitalize()} (" in f"\n{text}"]
    assert causes == [item for item in report["causes"] if item in {r["cause"] for r in failed(report)}]
    blocks = [block.split("\n") for block in text.split("\n\n") if block.split("  ")[0] in ids(report)]
    assert len(blocks) == len(failed(report)) > 40
    for block in blocks:
        assert 3 <= len(block) <= 8, block
        assert block[-1].startswith("  replay")
        assert all(len(line) <= 80 for line in block[:-1]), block
        labels = [line[2:12].strip() for line in block[1:] if line[2:12].strip()]
        assert labels == ["rule", "asked", "sent", "got", "expected", "replay"]


def test_a_failure_gives_its_rule_whole_and_the_telling_part_of_what_was_sent(report: dict[str, Any]) -> None:
    text = terminal.render(report, width=80)
    said = " ".join(text.split())
    for item in failed(report):
        assert f" rule {' '.join(item['statement'].split())} asked " in said
        place = "good practice" if item["page"] == "–" else f"API documentation: {item['page']}"  # noqa: RUF001 - the ledger's sign
        heading = next(line for line in text.splitlines() if line.startswith(f"{item['id']}  "))
        assert place[:12] in heading
        assert len(heading) <= 80
    sent = [line for line in text.splitlines() if line.startswith("  sent  ")]
    assert not any('{"token":"{{token}}",' in line for line in sent)
    assert any('{"token":…,' in line for line in sent)


def test_what_stands_for_values_is_explained_where_something_fails(report: dict[str, Any]) -> None:
    told = "{{token}} is the token, from RELATIONS_TOKEN, and {{profiles[0].…}} a value of"
    assert told in " ".join(terminal.render(report).split())
    shown = terminal.render(report | {"settings": report["settings"] | {"show_data": True}})
    assert "{{token}} is the token, from RELATIONS_TOKEN.\n" in shown
    passed = [item | {"outcome": "passed", "failures": []} for item in report["requirements"]]
    assert "is the token" not in terminal.render(report | {"requirements": passed})


def failed(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for item in report["requirements"] if item["outcome"] == "failed"]


def ids(report: dict[str, Any]) -> set[str]:
    return {item["id"] for item in report["requirements"]}


def test_known_failures_and_what_was_not_tested_come_after_new_failures(report: dict[str, Any]) -> None:
    first, second, third, *_ = failed(report)
    known = {"reason": "waits for 4.2", "link": "https://example.com/12", "expires": "2027-01-31"}
    changed = {
        first["id"]: {"outcome": "known failing", "known_failing": known},
        second["id"]: {"outcome": "not tested", "reason": "the target file does not tell profiles.phone"},
    }
    items = [item | changed.get(item["id"], {}) for item in report["requirements"]]
    document = report | {"requirements": items, "complete": False, "interrupted": "the run was interrupted"}
    lines = terminal.render(document, width=200).splitlines()
    words = (
        f"{third['id']}  {third['level']}",
        "Known failures (",
        f"  {first['id']}  {first['level']}: waits for 4.2; https://example.com/12; until",
        "Not tested (",
        f"  the target file does not tell profiles.phone: {second['id']}",
        "The run ended early: the run was interrupted",
        f"{report['target']['url']}: {report['verdict']['sentence']}",
    )
    places = [next(number for number, line in enumerate(lines) if line.startswith(word)) for word in words]
    assert places == sorted(places)
    *_, verdict, _, made, _ = lines  # then the counts, how the run was made, and the reports
    assert places[-1] == lines.index(verdict)
    for part in ("requests in", "seed 0", "suite ", "contract 1.1", "client "):
        assert part in made


def test_a_written_report_is_named_in_the_line_to_replay(report: dict[str, Any]) -> None:
    document = report | {"settings": report["settings"] | {"report_json": "my reports/r.json"}}
    name = failed(report)[0]["id"]
    named = f"--target {shlex.quote(document['settings']['target'])}"
    line = f"  replay    relations-conformance replay 'my reports/r.json' {name} {named}"
    assert line in terminal.render(document)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run_so_far() -> Run:
    requirements = list(load_ledger().requirements.values())[:3]
    return Run({item.id: Result(item) for item in requirements}, seconds=2.0, done=2)


def console_on(stream: io.StringIO) -> Console:
    return Console(file=stream, width=100)


def test_progress_tells_what_is_done_and_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    pace, stream = Pace(time_budget=60), _Terminal()
    for _ in range(10):
        pace.next()
    with Progress(console_on(stream)) as progress:
        progress.begin("asking whether the server can be judged", pace)
        progress(run_so_far())
    drawn = [COLOR.sub("", line).strip() for line in re.split(r"\x1b\[\?25[lh]|\x1b\[2K|[\r\n]", stream.getvalue())]
    assert any(re.fullmatch(r"2 of 3 requirements, 10 requests, 5/s, (60|59) s left", line) for line in drawn)
    assert stream.getvalue().endswith("\x1b[2K"), "the line is erased"


def test_progress_tells_how_long_it_waits_for_the_server() -> None:
    pace = Pace()
    pace.next()
    pace.slow_down("30", 0.0)
    progress = Progress(console_on(io.StringIO()))
    progress.begin("asking whether the server can be judged", pace)
    assert re.search(r", waiting (30|29) s, as the server asks$", progress.line())


def test_progress_tells_the_first_steps_and_a_server_that_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    progress, run = Progress(console_on(io.StringIO())), run_so_far()
    progress.begin("starting the reference server")
    assert progress.line() == "starting the reference server"
    progress.begin("asking whether the server can be judged", Pace())
    assert progress.line() == "asking whether the server can be judged, 0 requests"
    run.done = 0
    next(iter(run.results.values())).cases = 2
    progress(run)
    assert progress.line() == "first cases, 1 of 3 requirements begun, 0 requests, 0/s"
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 5)
    assert progress.line().endswith(", waiting for the server since 5 s")


@pytest.mark.parametrize(
    ("stream", "variables"), [(io.StringIO, {"FORCE_COLOR": "1"}), (_Terminal, {"TERM": "dumb"})], ids=["pipe", "dumb"]
)
def test_progress_is_quiet_where_it_would_not_be_erased(
    monkeypatch: pytest.MonkeyPatch, stream: type[io.StringIO], variables: dict[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    drawn = stream()
    with Progress(console_on(drawn)) as progress:
        progress.begin("asking whether the server can be judged", Pace())
        progress(run_so_far())
    assert drawn.getvalue() == ""


@pytest.mark.parametrize(
    ("stream", "variables", "colored"),
    [
        (_Terminal, {}, True),
        (_Terminal, {"TERM": "dumb"}, False),
        (_Terminal, {"NO_COLOR": "1"}, False),
        (io.StringIO, {}, False),
        (io.StringIO, {"FORCE_COLOR": "1"}, True),
        (io.StringIO, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colours_follow_the_terminal_and_the_variables(
    monkeypatch: pytest.MonkeyPatch, stream: type[io.StringIO], variables: dict[str, str], *, colored: bool
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert wants_color(stream()) is colored


# --- What differs -----------------------------------------------------------------------------------------------------


def test_words_that_differ_are_told_apart() -> None:
    found = differing("a success, no relation (HTTP 200)", "a refusal")
    assert "".join(part.text for part in found) == "a success, no relation (HTTP 200)"
    assert next(part.text for part in found if not part.differs).startswith("a")
    assert not any(part.differs for part in differing("the same", "the same"))


def test_a_request_is_shown_with_what_was_changed() -> None:
    changes = {
        "number": 3,
        "members": [
            {"name": "email", "before": '"a@b.example"', "after": "5"},
            {"name": "phone", "before": '"+7"', "after": None},
        ],
    }
    body = '{"rel_id":2,"rel_id":3,"email":5,"field_value":{{profiles[0].custom_fields[1].value}},"n":1e999}'
    assert request_lines(body, changes) == [
        Line("{"),
        Line('  "phone": "+7"', "-"),
        Line('  "rel_id": 2,'),
        Line('  "rel_id": 3,'),
        Line('  "email": "a@b.example"', "-"),
        Line('  "email": 5,', "+"),
        Line('  "field_value": {{profiles[0].custom_fields[1].value}},'),
        Line('  "n": 1e999'),
        Line("}"),
    ]


def test_a_body_that_is_no_object_is_shown_as_it_is() -> None:
    assert request_lines('{{"[" * 2000}}{', None) == [Line('{{"[" * 2000}}{')]
    assert reply_lines("[" * 9_000) == [Line("[" * 9_000)]


def test_a_reply_is_marked_where_the_failure_is_about_it() -> None:
    lines = reply_lines('{"error":0,"total_count":"5"}', "`total_count`, an integer", "`total_count` is '5'")
    assert [line.text for line in lines if line.sign == "!"] == ['  "total_count": "5"']


def test_nothing_is_marked_in_a_reply_but_what_the_failure_is_about() -> None:
    entries = [{"profile_id_a": name, "db_b": number} for number, name in enumerate("abc")]
    reply = json.dumps({"error": 0, "data": entries})
    assert not [line for line in reply_lines(reply, "123 relations", "a success, 3 relations") if line.sign != " "]
    lines = reply_lines(reply, "`profile_id_a` is a string", "`profile_id_a` is 'b'")
    assert [line.text.strip() for line in lines if line.sign == "!"] == ['"profile_id_a": "b",']
    assert not any(part.differs for part in differing("one: two", "one, two"))


def test_what_steers_a_terminal_is_written_as_an_escape() -> None:
    assert visible("\x1b[31m\u202e\x00\ud800 é\n", keep="\n") == "\\x1b[31m\\u202e\\x00\\ud800 é\n"
    assert visible(HOSTILE).isprintable()
