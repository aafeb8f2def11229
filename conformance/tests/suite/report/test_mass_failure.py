"""Where one reason explains all failures, the report says it first and folds the rest."""

from __future__ import annotations

import html
import json
from itertools import count
from typing import TYPE_CHECKING

import pytest
from profile_relations_conformance.judging.first_impression import NOT_THE_ENDPOINT, OTHER_DATA
from profile_relations_conformance.report.schema import load

from tests.client.hostile import Connection, HostileServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.suite.conftest import Said

EMPTY = {"error": 0, "error_text": "Successful operation", "data": [], "total_count": 0}


@pytest.mark.parametrize(
    ("body", "sentences"),
    [({"data": "of another API", "page": 0}, NOT_THE_ENDPOINT), (EMPTY, OTHER_DATA)],
    ids=["another API", "other data"],
)
def test_a_mass_failure_is_told_in_two_lines_and_the_rest_is_folded(
    call: Callable[..., Said], target: Path, tmp_path: Path, body: dict[str, object], sentences: tuple[str, str]
) -> None:
    numbers = count()

    def answer(connection: Connection) -> None:
        connection.read_request()
        text = "ghijklmnop"[next(numbers) % 10]  # differs, so that it is not taken for an answer to a wrong token
        connection.reply(json.dumps(body if body is EMPTY else body | {"page": text}).encode())

    report = tmp_path / "report.json"
    with HostileServer(answer) as server:
        what = ("--target", target, "--base-url", server.url, "--effort", "quick", "--report-json", report)
        views = ("--report-html", tmp_path / "page.html", "--report-markdown", tmp_path / "summary.md")
        said = call("run", *what, *views)
    assert said.code == 1
    assert load(report)["explained_by"] == list(sentences)
    lines = said.out.splitlines()
    assert " ".join(lines[:4]).startswith(" ".join(sentences))
    assert len(lines) < 30
    failed = [item["id"] for item in load(report)["requirements"] if item["outcome"] == "failed"]
    assert len(failed) > 5
    page = html.unescape((tmp_path / "page.html").read_text("utf-8"))
    assert f"<b>{sentences[0]}</b> {sentences[1]}" in page
    summary = (tmp_path / "summary.md").read_text("utf-8")
    assert summary.index(sentences[0][:20]) < summary.index(failed[0])
    assert "<details>" not in summary


def test_a_server_that_fails_somewhere_is_told_in_full(call: Callable[..., Said], faulty: str, target: Path) -> None:
    said = call("run", "--target", target, "--base-url", faulty, "--effort", "quick")
    assert NOT_THE_ENDPOINT[0] not in said.out
    assert OTHER_DATA[0] not in said.out
    assert "expected" in said.out
