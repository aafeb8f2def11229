"""Two strict type checkers: the package is clean, good calls are accepted, and each bad one is refused at its line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .drawing import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

GENERATED = ROOT / "generated"
pytestmark = pytest.mark.toolchain
SNIPPETS = Path(__file__).parent / "snippets"


def mypy(tmp_path: Path, *paths: Path, generated: Path = GENERATED) -> set[tuple[str, int]]:
    """The lines that mypy finds fault with, by file."""
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path}", *map(str, paths)]
    done = subprocess.run(
        command, env=os.environ | {"MYPYPATH": str(generated)}, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    assert re.search(r"^(Found|Success)", done.stdout, re.MULTILINE)
    return {
        (Path(path).name, int(line)) for path, line in re.findall(r"^(.+?):(\d+): error:", done.stdout, re.MULTILINE)
    }


def pyright(tmp_path: Path, *paths: Path, generated: Path = GENERATED) -> set[tuple[str, int]]:
    """The lines that pyright finds fault with, by file.

    Its name here is basedpyright, the build of it that comes from the package index as a whole.
    """
    configuration = {
        "include": [str(path) for path in paths],
        "extraPaths": [str(generated)],
        "typeCheckingMode": "strict",
        # A call that stands alone is what half of the snippets are.
        "reportUnusedExpression": False,
        "reportUnusedCoroutine": False,
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(configuration))
    command = [
        sys.executable,
        "-m",
        "basedpyright",
        "--outputjson",
        "--pythonpath",
        sys.executable,
        "-p",
        str(tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] >= len(paths)
    return {
        (Path(found["file"]).name, found["range"]["start"]["line"] + 1)
        for found in report["generalDiagnostics"]
        if found["severity"] == "error"
    }


def marked(path: Path) -> set[tuple[str, int]]:
    return {(path.name, number) for number, line in enumerate(path.read_text().splitlines(), 1) if "# refused" in line}


@pytest.mark.parametrize("checker", [mypy, pyright], ids=["mypy", "pyright"])
def test_the_package_and_good_calls_are_clean_and_each_bad_call_is_refused_at_its_line(
    checker: Callable[..., set[tuple[str, int]]], tmp_path: Path
) -> None:
    package, good, bad = GENERATED / "profile_relations_client", SNIPPETS / "good.py", SNIPPETS / "bad.py"
    assert len(marked(bad)) > 40
    assert marked(good) == set()
    assert checker(tmp_path, package, good, bad) == marked(bad)
