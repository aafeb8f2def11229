"""The page of a run that passes is small, though every request of the matching grid can be read in it."""

from __future__ import annotations

from typing import Any

from profile_relations_conformance.report import html

from tests.helpers.reports import judged

MOST_BYTES = 300_000


def test_the_page_of_a_passing_run_is_small(server: str) -> None:
    document: dict[str, Any] = judged(server, effort="standard")
    assert document["verdict"]["conformant"]
    page = html.render(document)
    asked = [cell for cell in document["grid"] if cell["exchange"] is not None]
    assert len(asked) > 300
    assert page.count(" popover>") == len(asked)
    assert len(page.encode()) <= MOST_BYTES
