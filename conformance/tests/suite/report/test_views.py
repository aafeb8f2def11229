"""JUnit, Markdown and the badge say what report.json says, and a server can add nothing to them."""

from __future__ import annotations

import json
import os
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt
from profile_relations_conformance.contract.ledger import load_ledger
from profile_relations_conformance.errors import UsageError
from profile_relations_conformance.report import badge, junit, markdown
from profile_relations_conformance.report.files import write
from profile_relations_conformance.report.schema import load
from profile_relations_conformance.transport.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.suite.conftest import Said

HOSTILE = "\x00\x1b[31m</pre></details><script>alert(1)</script>\n\n# A title\n| a | `b` ]]>&amp; \ud800 \ufffe"


def parsed(xml: str) -> ET.Element:
    return ET.fromstring(xml)  # noqa: S314 - the suite's own output


@pytest.fixture
def document(call: Callable[..., Said], faulty: str, target: Path, tmp_path: Path) -> dict[str, Any]:
    """The report of a run in which one requirement fails, one is known to, and one was not tested."""
    known, few, path = tmp_path / "known.toml", tmp_path / "few.toml", tmp_path / "report.json"
    known.write_text('[[known_failing]]\nid = "TOKEN-EMPTY"\nreason = "old"\n', "utf-8")
    text = target.read_text("utf-8")
    few.write_text(re.sub(r"  \[\[profiles\.selectors\]\]\n(  .+\n)+", "", text), "utf-8")
    what = ("--target", few, "--base-url", faulty, "--profile", "quick")
    which = ("--select", "TOTAL-COUNT-E*", "TOKEN-EMPTY", "MATCH-OTHER-SELECTORS")
    call("run", *what, *which, "--known-failing", known, "--report-json", path)
    read: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return read


def with_outcomes(document: dict[str, Any]) -> dict[str, Any]:
    """Gives the report with each outcome in it, and whatever a server may say in the places where it speaks."""
    failing = next(item for item in document["requirements"] if item["failures"])
    outcomes = ("failed", "errored", "known failing", "not tested", "passed")
    requirements = []
    for number, outcome in enumerate(outcomes):
        failures = failing["failures"] if outcome in {"failed", "known failing"} else []
        known = {"reason": HOSTILE, "link": HOSTILE, "expires": "2027-01-31"} if outcome == "known failing" else None
        said = [item | dict.fromkeys(("mutation", "expected", "actual", "replay"), HOSTILE) for item in failures]
        changes = {"id": f"A-{number}", "outcome": outcome, "failures": said, "known_failing": known}
        requirements.append(failing | changes | {"reason": HOSTILE if outcome in {"errored", "not tested"} else ""})
    counts = dict.fromkeys(outcomes, 1)
    verdict = document["verdict"] | {"counts": counts, "stale": [HOSTILE], "sentence": HOSTILE}
    return document | {"requirements": requirements, "verdict": verdict}


def test_junit_has_a_case_for_each_requirement(document: dict[str, Any]) -> None:
    suite = parsed(junit.render(with_outcomes(document)))[0]
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "5",
        "failures": "1",
        "errors": "1",
        "skipped": "2",
    }
    cases = {case.get("name"): [child.tag for child in case] for case in suite.iter("testcase")}
    assert cases == {"A-0": ["failure"], "A-1": ["error"], "A-2": ["skipped"], "A-3": ["skipped"], "A-4": []}
    known, untested = suite.findall(".//skipped")
    assert "known failure: " in str(known.get("message"))
    assert "alert(1)" in str(untested.get("message"))


def test_junit_of_a_run_is_what_the_run_found(document: dict[str, Any]) -> None:
    root = parsed(junit.render(document))
    outcomes = {item["id"]: item["outcome"] for item in document["requirements"]}
    assert set(outcomes.values()) == {"passed", "failed", "does not apply"}
    tags = {"failed": ["failure"], "passed": [], "not tested": ["skipped"], "does not apply": ["skipped"]}
    for case in root.iter("testcase"):
        assert [child.tag for child in case] == tags[outcomes[str(case.get("name"))]]
    (failure,) = [item for item in root.iter("failure") if item.get("type") == "MUST"]
    assert "expected: 123 relations" in str(failure.text)
    assert "replay: " in str(failure.text)
    stale = root.findtext(".//system-out")
    assert "TOKEN-EMPTY is listed as a known failure, and passes" in str(stale)


@pytest.mark.parametrize(("code", "tag"), [(1, "failure"), (2, "error")])
def test_junit_is_red_where_no_requirement_says_why(document: dict[str, Any], code: int, tag: str) -> None:
    passed = [item | {"outcome": "passed", "failures": []} for item in document["requirements"]]
    verdict = document["verdict"] | {"exit_code": code, "sentence": "not conformant", "stale": ["TOKEN-EMPTY passes"]}
    suite = parsed(junit.render(document | {"requirements": passed, "verdict": verdict}))[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == (
        str(len(passed) + 1),
        str(int(code == 1)),
        str(int(code == 2)),
    )
    *_, last = suite.iter("testcase")
    (outcome,) = last
    assert (last.get("name"), outcome.tag, outcome.get("message")) == ("VERDICT", tag, "not conformant")
    assert "TOKEN-EMPTY passes" in str(outcome.text)


def test_markdown_shows_each_outcome_and_takes_no_markup_from_a_server(document: dict[str, Any]) -> None:
    text = markdown.render(with_outcomes(document))
    html = MarkdownIt("gfm-like", {"linkify": False}).render(text)
    assert html.count("<details>") == html.count("</details>") == 3
    assert "<script" not in html
    assert "<h1>" not in html
    assert "A title" in html
    assert html.count("<h2>") == 1
    assert html.count("<h3>") == 4
    assert html.count("<tr>") == 2
    assert html.count("<pre>") == html.count("</pre>") == 3
    assert ">A-3" in html.replace(": A-3", ">A-3")


def test_markdown_of_a_run_says_how_to_ask_again(document: dict[str, Any]) -> None:
    text = markdown.render(document)
    assert text.startswith("## ❌ ")
    assert "<b>TOTAL-COUNT-EXPECTED</b> (MUST, " in text
    assert "expected  123 relations" in text
    assert "replay    relations-conformance " in text
    assert "TOKEN-EMPTY is listed as a known failure, and passes" in text


@pytest.mark.parametrize(
    ("exit_code", "conformant", "known", "message", "color"),
    [
        (0, True, 0, "conformant", "brightgreen"),
        (0, False, 0, "tested in part", "yellow"),
        (0, False, 3, "3 known to fail", "yellow"),
        (1, False, 0, "not conformant", "red"),
        (1, True, 0, "not conformant", "red"),
        (2, False, 0, "not judged", "lightgrey"),
    ],
)
def test_a_badge_says_the_verdict(*, exit_code: int, conformant: bool, known: int, message: str, color: str) -> None:
    verdict = {"exit_code": exit_code, "conformant": conformant, "counts": {"known failing": known}}
    assert json.loads(badge.endpoint({"verdict": verdict, "requirements": [], "settings": {"strict": False}})) == {
        "schemaVersion": 1,
        "label": "profile relations",
        "message": message,
        "color": color,
    }
    image = parsed(badge.render({"verdict": verdict, "requirements": [], "settings": {"strict": False}}))
    texts = [item.text for item in image.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["profile relations", message]
    assert image.get("aria-label") == f"profile relations: {message}"
    assert badge.COLORS[color] in badge.render({"verdict": verdict, "requirements": [], "settings": {"strict": False}})


@pytest.mark.parametrize("color", badge.COLORS.values())
def test_white_text_on_a_badge_can_be_read(color: str) -> None:
    """The contrast with white is 4.5 or more (WCAG 2.2, success criterion 1.4.3)."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    assert 1.05 / (luminance + 0.05) >= 4.5


def test_all_views_are_written_and_a_token_stops_them_all(  # noqa: PLR0913 - what a run needs, and what stops it
    *,
    call: Callable[..., Said],
    server: str,
    target: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    token: str,
) -> None:
    views = {"json": "r.json", "html": "r.html", "junit": "r.xml", "markdown": "r.md", "badge": "b.svg"}
    files = [part for view, name in views.items() for part in (f"--report-{view}", tmp_path / "reports" / name)]
    what = ("--target", target, "--base-url", server, "--profile", "quick", "--select", "TOKEN-E*")
    assert call("run", *what, *files).code == 0
    folder = tmp_path / "reports"
    assert sorted(item.name for item in folder.iterdir()) == sorted(views.values())
    assert all(token not in item.read_text("utf-8") for item in folder.iterdir())

    before = {item.name: item.read_bytes() for item in folder.iterdir()}
    monkeypatch.setattr(markdown, "render", lambda document: token if document["complete"] else "")
    said = call("run", *what, *files)
    assert said.code == 3
    assert said.out == ""
    assert "the token is in what the run would have written. Nothing was written" in said.err
    assert token not in said.err
    assert {item.name: item.read_bytes() for item in folder.iterdir()} == before


def test_a_badge_for_shields_is_chosen_by_its_name(
    call: Callable[..., Said], server: str, target: Path, tmp_path: Path
) -> None:
    what = ("--target", target, "--base-url", server, "--profile", "quick", "--select", "TOKEN-EMPTY")
    call("run", *what, "--report-badge", tmp_path / "badge.json")
    assert json.loads((tmp_path / "badge.json").read_text("utf-8"))["message"] == "tested in part"


def test_a_run_that_is_broken_off_writes_its_reports(
    call: Callable[..., Said], server: str, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Pace.next

    def interrupted(pace: Pace) -> int:
        if pace.sent >= 80:
            raise KeyboardInterrupt
        return ask(pace)

    monkeypatch.setattr(Pace, "next", interrupted)
    report, xml = tmp_path / "report.json", tmp_path / "junit.xml"
    said = call("run", "--target", target, "--base-url", server, "--report-json", report, "--report-junit", xml)
    assert said.code == 2
    assert "interrupted" in said.out
    assert json.loads(report.read_text("utf-8"))["complete"] is False
    root = parsed(xml.read_text("utf-8"))
    assert root.get("tests") == str(len(load_ledger().requirements) + 1)
    assert "interrupted" in str(root.find(".//testcase[@name='VERDICT']/error").get("message"))  # type: ignore[union-attr] # fails where there is none


NO_SERVER = "http://127.0.0.1:9/api/v1.1"


@pytest.mark.parametrize("how", ["unreachable", "wrong token", "broken off", "no requests left"])
def test_a_server_that_can_not_be_judged_gets_reports_that_say_so(  # noqa: PLR0913, PLR0917 - fixtures
    call: Callable[..., Said], server: str, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    if how == "wrong token":
        monkeypatch.setenv("RELATIONS_TOKEN", "canary-5d1e90aa")
    if how == "broken off":
        monkeypatch.setattr(Pace, "next", broken_off)
    known = tmp_path / "known.toml"
    known.write_text('[[known_failing]]\nid = "TOKEN-EMPTY"\nreason = "old"\nexpires = 2020-01-01\n', "utf-8")
    what = ("--target", target, "--base-url", NO_SERVER if how == "unreachable" else server, "--known-failing", known)
    limit = ("--rate", "1", "--time-budget", "0.000001") if how == "no requests left" else ()
    report, xml, page = tmp_path / "report.json", tmp_path / "junit.xml", tmp_path / "report.html"
    said = call("run", *what, *limit, "--report-json", report, "--report-junit", xml, "--report-html", page)
    assert said.code == (130 if how == "broken off" else 2)
    assert said.out == ""
    assert len(said.err.splitlines()) == (0 if how == "broken off" else 1)
    written = load(report)
    assert written["complete"] is False
    assert written["interrupted"] in said.err or how == "broken off"
    assert written["verdict"]["exit_code"] == 2
    assert {item["outcome"] for item in written["requirements"]} == {"not tested"}
    assert {item["reason"] for item in written["requirements"]} == {written["interrupted"]}
    assert len(list(parsed(xml.read_text("utf-8")).iter("skipped"))) == len(load_ledger().requirements)
    assert "could not judge" in page.read_text("utf-8")
    assert all("canary-5d1e90aa" not in item.read_text("utf-8") for item in (report, xml, page))


def test_a_report_tells_how_the_server_was_reached_and_no_secret(
    call: Callable[..., Said], server: str, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_KEY", "canary-5d1e90aa")
    report = tmp_path / "report.json"
    way = ("--insecure", "--no-env", "--header", "X-Gateway=GATEWAY_KEY")
    said = call(
        "run", "--target", target, "--base-url", server, "--select", "TOKEN-EMPTY", *way, "--report-json", report
    )
    assert said.code == 0
    told = load(report)["settings"]
    assert (told["insecure"], told["no_env"], told["headers"]) == (True, True, ["X-Gateway"])
    assert (told["ca_file"], told["client_cert"], told["proxy"]) == (None, None, None)
    assert "canary-5d1e90aa" not in report.read_text("utf-8") + said.out
    assert "Note: any certificate was taken (--insecure)" in said.out
    for name in ("ca_file", "client_cert", "proxy", "headers", "no_env", "insecure"):  # as in a report of before
        del (document := json.loads(report.read_text("utf-8")))["settings"][name]
        report.write_text(json.dumps(document), "utf-8")
    load(report)


def broken_off(_: Pace) -> int:
    raise KeyboardInterrupt


@pytest.mark.parametrize("word", ["1", "true", "relation", "not tested"])
def test_a_token_that_is_an_ordinary_word_is_hidden_where_it_stands_as_the_token(  # noqa: PLR0913, PLR0917 - fixtures
    call: Callable[..., Said],
    serve: Callable[..., str],
    target: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    word: str,
) -> None:
    monkeypatch.setenv("RELATIONS_TOKEN", word)
    report = tmp_path / "report.json"
    what = ("--profile", "quick", "--select", "TOKEN-EMPTY", "CONTRACT-MISTYPED", "--report-json", report)
    said = call("run", "--target", target, "--base-url", serve_with(word, serve, tmp_path), *what)
    assert said.code in {0, 1}
    (line,) = said.err.splitlines()
    assert "RELATIONS_TOKEN holds ordinary text" in line
    written = report.read_text("utf-8")
    assert f'\\"token\\":\\"{word}\\"' not in written


def serve_with(token: str, serve: Callable[..., str], folder: Path) -> str:
    """Serves one profile of the bundled target to callers with a token."""
    world = folder / "world.yaml"
    profile = {"profile_id": "669e6968ebf4ac52b623a997", "database": 5}
    world.write_text(json.dumps({"tokens": [token], "profiles": [profile]}), "utf-8")
    return serve("--world", world)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("before", "utf-8")
    tmp_path.joinpath("link").symlink_to(path)
    write({tmp_path / "link": "through the link \ud800"})
    assert path.read_text("utf-8") == "through the link \\ud800"
    assert tmp_path.joinpath("link").is_symlink()
    write({path: "after"})
    assert path.read_text("utf-8") == "after"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["link", "report.json"]
    with pytest.raises(UsageError, match="can't be written"):
        write({tmp_path / "none" / "report.json": ""})


def test_a_file_keeps_its_narrow_mode(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("before", "utf-8")
    path.chmod(0o600)
    write({path: "after"})
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_written_beside_a_file_follows_no_link_that_lies_in_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else may write to the folder too, and knows the names of files and processes."""
    path, precious = tmp_path / "report.json", tmp_path / "precious"
    precious.write_text("mine", "utf-8")
    tmp_path.joinpath(f".{path.name}.{os.getpid()}").symlink_to(precious)
    write({path: "first"})
    assert (path.read_text("utf-8"), path.is_symlink()) == ("first", False)
    monkeypatch.setattr("profile_relations_conformance.report.files.secrets.token_hex", lambda _: "guessed")
    tmp_path.joinpath(f".{path.name}.guessed").symlink_to(precious)
    with pytest.raises(UsageError, match="can't be written"):
        write({path: "second"})
    assert precious.read_text("utf-8") == "mine"
