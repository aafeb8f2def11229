"""A SHOULD that fails is a warning in every view, and a failure in every view of a strict run."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest
from profile_relations_conformance.report import badge, html, junit, markdown, terminal
from profile_relations_conformance.run.reference_server import reference_server

from tests.helpers.reports import judged

if TYPE_CHECKING:
    from collections.abc import Iterator

BROKEN = "ROBUST-NOT-AN-OBJECT"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server that breaks one SHOULD alone."""
    with pytest.MonkeyPatch.context() as patch, reference_server(["--fault", "array-is-a-failure"]) as url:
        patch.setenv("RELATIONS_TOKEN", "8a28168486844c8bae2673a51d4433ff")
        yield url


@pytest.fixture(scope="module")
def lenient(url: str) -> dict[str, Any]:
    return judged(url, select=(BROKEN, "TOKEN-EMPTY"))


@pytest.fixture(scope="module")
def strict(url: str) -> dict[str, Any]:
    return judged(url, select=(BROKEN, "TOKEN-EMPTY"), strict=True)


def test_the_run_passes_unless_it_is_strict(lenient: dict[str, Any], strict: dict[str, Any]) -> None:
    assert lenient["verdict"]["exit_code"] == 0
    assert lenient["verdict"]["sentence"].endswith(", with 1 warning (SHOULD)")
    assert (strict["verdict"]["exit_code"], strict["verdict"]["sentence"]) == (1, "not conformant: 1 SHOULD failed")


def test_junit_skips_it_with_its_message(lenient: dict[str, Any], strict: dict[str, Any]) -> None:
    for document, tag, failures in ((lenient, "skipped", "0"), (strict, "failure", "1")):
        root = ET.fromstring(junit.render(document))  # noqa: S314 - the suite's own output
        assert root.get("failures") == failures
        (case,) = [item for item in root.iter("testcase") if item.get("name") == BROKEN]
        (outcome,) = case
        assert outcome.tag == tag
        assert "expected: " in str(outcome.text)
        assert str(outcome.get("message")).startswith("warning, a SHOULD that fails: ") is (tag == "skipped")


def test_the_badge_counts_it(lenient: dict[str, Any], strict: dict[str, Any]) -> None:
    said = [json.loads(badge.endpoint(document)) for document in (lenient, strict)]
    assert [item["message"] for item in said] == ["tested in part, 1 warning", "not conformant"]


def test_markdown_and_html_tell_warnings_from_failures(lenient: dict[str, Any], strict: dict[str, Any]) -> None:
    assert "### Warnings: a SHOULD fails, which does not fail the run (1)" in markdown.render(lenient)
    assert "### Failed" not in markdown.render(lenient)
    assert "### Failed (1)" in markdown.render(strict)
    pages = [html.render(document) for document in (lenient, strict)]
    assert [f'id="{BROKEN}" data-outcome="warning"' in page for page in pages] == [True, False]
    assert ['id="causes"' in page for page in pages] == [False, True]


def test_the_terminal_shows_it_in_yellow_below_what_fails(lenient: dict[str, Any], strict: dict[str, Any]) -> None:
    said, failing = (terminal.render(document, color=True) for document in (lenient, strict))
    assert f"{terminal.YELLOW}Warnings (1): a SHOULD that fails; with --strict it fails the run" in said
    assert terminal.RED not in said
    assert terminal.RED in failing
    assert "Warnings" not in failing
    *_, verdict, counts, _, _ = terminal.render(lenient).splitlines()
    assert verdict.endswith("with 1 warning (SHOULD)")
    assert counts == "1 MUST: 1 passed; 1 SHOULD: 1 warning"
