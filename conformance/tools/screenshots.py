"""Makes the pictures in docs/ from real runs: the terminal as SVG, and the HTML report as PNG, light and dark.

Run it with `make screenshots`; the HTML report needs Chromium.
"""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from profile_relations_conformance.run.reference_server import PAGE_TOKEN, bundled_target, reference_server
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

DOCS = Path(__file__).parents[2] / "docs"
ON_A_TERMINAL, ON_A_PAGE = "phone-in-subscriptions-alone", "default-is-always-email"
"""Faults of the reference server that is judged."""
COLUMNS = 100
WIDTH, HEIGHT = 1280, 900
FRAME = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"
  role="img" aria-label="A run that fails, on a terminal">
<style>
.{unique_id}-matrix {{ font: 20px "DejaVu Sans Mono", Menlo, Consolas, monospace; line-height: {line_height}px }}
{styles}
</style>
<defs>{lines}</defs>
<rect width="100%" height="100%" rx="8" fill="#1b1d1e"/>
<g transform="translate({terminal_x}, {terminal_y})">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""


def judge(fault: str, folder: Path) -> str:
    """Runs the suite on a terminal of its own, and gives what it printed."""
    ours, theirs = pty.openpty()
    with bundled_target() as target, reference_server(["--fault", fault]) as url:
        command = [sys.executable, "-m", "profile_relations_conformance", "run", "--profile", "quick"]
        shutil.copy(target, folder / "my-server.toml")
        options = ["--target", "my-server.toml", "--base-url", url, "--report-json", "report.json"]
        environment = os.environ | {"COLUMNS": str(COLUMNS), "RELATIONS_TOKEN": PAGE_TOKEN, "TERM": "xterm-256color"}
        subprocess.Popen(  # noqa: S603 - the project's own command
            [*command, *options, "--report-html", "report.html"],
            stdout=theirs,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=folder,
        )
        os.close(theirs)
        return b"".join(iter(lambda: _read(ours), b"")).decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other end is closed
        return b""


def draw_terminal(printed: str) -> None:
    """Draws what a run printed."""
    console = Console(record=True, width=COLUMNS, file=Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open until the end
    console.print(Text("$ relations-conformance run --target my-server.toml", style="bold"))
    console.print(Text.from_ansi(printed))
    svg = console.export_svg(theme=MONOKAI, code_format=FRAME, unique_id="t")
    (DOCS / "terminal.svg").write_text(svg, "utf-8")


def draw_report(page: Path) -> None:
    """Draws the head of the HTML report, light and dark."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            tab = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=scheme)
            tab.goto(page.as_uri())
            tab.screenshot(path=DOCS / f"report-{scheme}.png")
            tab.close()
        browser.close()


def main() -> None:
    """Makes all pictures."""
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        draw_terminal(judge(ON_A_TERMINAL, Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        judge(ON_A_PAGE, Path(folder))
        draw_report(Path(folder) / "report.html")


if __name__ == "__main__":
    main()
