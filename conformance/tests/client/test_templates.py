"""The templates say why they are there, and neither they nor the runtime know this API."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from .drawing import COMPONENTS, CONTRACT, FIELDS, MODES, ROOT

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATES = ROOT / "openapi" / "templates"
RUNTIME = ROOT / "openapi" / "runtime"
UPSTREAM = files("openapi_python_client") / "templates"
FILES = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_a_template_opens_with_what_it_overrides_and_why(path: Path) -> None:
    opening = path.read_text("utf-8").partition("-#}")[0]
    overrides = (UPSTREAM / path.relative_to(TEMPLATES).as_posix()).is_file()
    kind = f"Overrides openapi-python-client {version('openapi-python-client')}. " if overrides else "Not an override: "
    expected = f"{{#- {kind}"
    assert opening.startswith(expected)
    assert len(opening) > len(expected) + 30, "the reason is missing"


@pytest.mark.parametrize("path", [*FILES, *sorted(RUNTIME.glob("*.py"))], ids=lambda path: path.name)
def test_it_names_no_field_mode_path_or_component(path: Path) -> None:
    replies = {field for schema in COMPONENTS.values() for field in schema.get("properties", {})}
    # These are words of every client's: upstream's own argument, Python's `error`, and what a map has.
    common = {"token", "error", "value", "data", "Refusal"}
    words = {*FIELDS, *replies, *MODES, *COMPONENTS, *CONTRACT["paths"]} - common
    assert len(words) > 30
    text = path.read_text("utf-8").replace("email.utils", "")
    assert [word for word in sorted(words) if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)] == []


def test_what_our_templates_change_in_those_of_the_generator_can_be_read() -> None:
    done = subprocess.run(
        [shutil.which("make") or "make", "diff-templates"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    overrides = [path for path in FILES if (UPSTREAM / path.name).is_file()]
    assert overrides
    for path in overrides:
        assert f"+++ openapi/templates/{path.name}" in done.stdout
    added = next(line for line in (TEMPLATES / "errors.py.jinja").read_text("utf-8").splitlines() if "ApiError" in line)
    assert f"+{added}" in done.stdout
