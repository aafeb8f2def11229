"""The HTML report in a real browser: filters, cells, links, the clipboard, accessibility, and nothing from outside."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright
from profile_relations_conformance.report.html import render
from profile_relations_conformance.run.reference_server import PAGE_TOKEN

from tests.helpers.reports import echo_server, judged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = "no Chromium was found; install it (on Debian: apt-get install chromium), or name one in CHROMIUM"
SIZES = ((390, 844), (1280, 900))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium. Where there is none, a newcomer's tests go on without it, and those of CI fail."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.fail(MISSING) if os.environ.get("CI") else pytest.skip(MISSING)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=[*FLAGS])
        yield started
        started.close()


@pytest.fixture(scope="module")
def report() -> Iterator[dict[str, Any]]:
    """The report on a server that breaks most requirements and answers with hostile texts."""
    with pytest.MonkeyPatch.context() as patch, echo_server() as url:
        patch.setenv("RELATIONS_TOKEN", PAGE_TOKEN)
        yield judged(url, strict=True)  # so that each failure is one, and no warning


@pytest.fixture(scope="module")
def file(report: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report as a file."""
    path = tmp_path_factory.mktemp("html") / "report.html"
    path.write_text(render(report), "utf-8")
    return path


class Watched:
    """A page of the report that records what it says to the console and what it fetches.

    Args:
        context: Where to open it.
        file: The report.
    """

    def __init__(self, context: BrowserContext, file: Path) -> None:
        self.address = file.as_uri()
        self.said: list[str] = []
        self.fetched: list[str] = []
        self.page: Page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.fetched.append(request.url))
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message))
        self.page.goto(self.address)

    def is_calm(self) -> bool:
        """Says whether nothing was said and nothing but the file was fetched."""
        outside = [url for url in self.fetched if not url.startswith((self.address, "data:"))]
        assert not outside
        assert not self.said
        return True


@pytest.fixture
def watched(browser: Browser, file: Path) -> Iterator[Watched]:
    """The report, opened in a desktop's size."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened = Watched(context, file)
    yield opened
    assert opened.is_calm()
    context.close()


def shown(page: Page) -> set[str]:
    """The requirements that the filters leave."""
    return set(page.locator(".requirement:visible").evaluate_all("items => items.map(item => item.id)"))


def named(report: dict[str, Any], **wanted: str) -> set[str]:
    """The requirements of the report with these members."""
    return {item["id"] for item in report["requirements"] if all(item[name] == value for name, value in wanted.items())}


def test_verdict_and_counts_stand_on_top(watched: Watched, report: dict[str, Any]) -> None:
    page = watched.page
    assert page.locator("h1").text_content() == report["verdict"]["sentence"]
    counts = page.locator(".count b").all_inner_texts()
    assert sorted(map(int, counts)) == sorted(count for count in report["verdict"]["counts"].values() if count)
    assert page.evaluate("document.querySelector('h1').getBoundingClientRect().bottom < innerHeight / 2")


def test_filters_leave_what_fits(watched: Watched, report: dict[str, Any]) -> None:
    page = watched.page
    everything = {item["id"] for item in report["requirements"]}
    assert shown(page) == everything
    page.get_by_label("failed", exact=True).check()
    assert shown(page) == named(report, outcome="failed")
    page.get_by_label("MUST").check()
    assert shown(page) == named(report, outcome="failed", level="MUST")
    page.get_by_label("Area").select_option("token")
    assert shown(page) == named(report, outcome="failed", level="MUST", area="token")
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("#shown")).to_have_text(f"{len(everything)} of {len(everything)} shown")
    page.get_by_label("Search").fill("token-EXACT")
    assert shown(page) >= {"TOKEN-EXACT"}
    assert len(shown(page)) < 5
    page.get_by_label("Search").fill("qqqq")
    expect(page.locator("#shown")).to_have_text(f"0 of {len(everything)} shown")


def test_a_count_filters_by_its_outcome(watched: Watched, report: dict[str, Any]) -> None:
    watched.page.locator(".count.failed").click()
    assert shown(watched.page) == named(report, outcome="failed")


def test_every_asked_cell_opens_its_exchange(watched: Watched, report: dict[str, Any]) -> None:
    page = watched.page
    cells = page.locator("button.cell")
    assert cells.count() == sum(cell["exchange"] is not None for cell in report["grid"]) > 30
    dialog = page.locator("[popover]:popover-open")
    for number in (0, cells.count() // 2, cells.count() - 1):
        cell = cells.nth(number)
        cell.click()
        expect(dialog).to_have_count(1)
        what, _, outcome = (cell.get_attribute("aria-label") or "").rpartition(": ")
        assert what.split(", ")[0] in dialog.inner_text()
        assert outcome in dialog.inner_text()
        assert "{{token}}" in dialog.inner_text() or "token" in what
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        assert cell.evaluate("cell => cell === document.activeElement")


def test_a_cell_opens_by_the_keyboard_and_leads_to_its_requirement(watched: Watched) -> None:
    page = watched.page
    cell = page.locator("button.cell.failed").first
    cell.focus()
    page.keyboard.press("Enter")
    link = page.locator("[popover]:popover-open a[href^='#']").first
    name = link.inner_text()
    link.click()
    expect(page.locator("[popover]:popover-open")).to_have_count(0)
    assert page.url.endswith(f"#{name}")
    assert page.locator(f"#{name}").evaluate("item => item.open")


def test_a_link_opens_its_requirement_also_where_filters_hide_it(watched: Watched, file: Path) -> None:
    page = watched.page
    page.get_by_label("Search").fill("qqqq")
    page.locator(".cause a").first.click()
    target = page.locator(f"[id='{page.url.partition('#')[2]}']")
    expect(target).to_be_in_viewport()
    assert target.evaluate("item => item.open && !item.hidden")
    page.goto("about:blank")
    page.goto(f"{file.as_uri()}#TOKEN-MISSING")
    expect(page.locator("#TOKEN-MISSING .failure").first).to_be_in_viewport()
    watched.fetched.remove("about:blank") if "about:blank" in watched.fetched else None


def test_a_failure_shows_what_to_compare_and_a_line_to_copy(watched: Watched, report: dict[str, Any]) -> None:
    page = watched.page
    failed = next(item for item in report["requirements"] if item["id"] == "SELECTOR-TYPE")
    failure = failed["failures"][0]
    item = page.locator("#SELECTOR-TYPE")
    item.locator("> summary").click()
    said = item.inner_text()
    assert failed["statement"].replace("`", "") in said
    assert failure["expected"] in said
    assert item.locator(".expected mark, .actual mark").count() > 0
    assert item.locator(".body ins, .body del").count() > 0
    item.get_by_role("button", name=re.compile("^Copy")).first.click()
    expect(item.get_by_role("button", name=re.compile("^Copied")).first).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == failure["replay"]


def test_hostile_texts_are_text(watched: Watched) -> None:
    page = watched.page
    assert page.locator("script").count() == 1
    assert "alert(1)" in page.content()
    page.evaluate("document.querySelectorAll('details').forEach(item => item.open = true)")
    assert "\\x1b[31m" in page.locator("main").inner_text()
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e]", page.content())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_page_is_as_wide_as_its_window(browser: Browser, file: Path, scheme: Any, width: int, height: int) -> None:  # noqa: ANN401 - a literal of the library
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    opened = Watched(context, file)
    opened.page.evaluate("document.querySelectorAll('details').forEach(item => item.open = true)")
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    assert opened.is_calm()
    context.close()


@pytest.mark.parametrize(("scheme", "size"), [("light", SIZES[0]), ("dark", SIZES[1])])
def test_no_serious_fault_of_accessibility(
    browser: Browser,
    report: dict[str, Any],
    tmp_path: Path,
    scheme: Any,  # noqa: ANN401 - a literal of the library
    size: tuple[int, int],
) -> None:
    # A part of the report has every kind of element; looking at the whole takes long and finds the same.
    kept = {"SELECTOR-TYPE", "TOKEN-EXACT", "REPLY-JSON", "METHOD-GET"}
    part = report | {"requirements": [item for item in report["requirements"] if item["id"] in kept]}
    part["requirements"][0] |= {"outcome": "not tested", "reason": "the target file does not tell profiles.email"}
    small = tmp_path / "report.html"
    small.write_text(render(part | {"complete": False, "interrupted": "the run was interrupted"}), "utf-8")
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    page = Watched(context, small).page
    page.evaluate("document.querySelectorAll('details').forEach(item => item.open = true)")
    page.locator("button.cell.failed").first.click()
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [item for item in found if item["impact"] in {"serious", "critical"}]
    assert not [(item["id"], item["nodes"][0]["html"]) for item in serious]
    context.close()


def test_the_report_can_be_read_with_scripts_off_and_on_paper(browser: Browser, file: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = Watched(context, file).page
    expect(page.locator("#filters")).to_be_hidden()
    page.locator("#TOKEN-MISSING > summary").click()
    expect(page.locator("#TOKEN-MISSING .failure").first).to_be_visible()
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("h1")).to_have_css("color", "rgb(27, 30, 34)")
    expect(page.locator("button.cell").first).to_be_visible()
    context.close()
