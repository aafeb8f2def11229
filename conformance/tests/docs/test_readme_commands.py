"""Everything that README prints runs as printed, in order, in a fresh clone; it needs the package index."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .pages import README, ROOT

SERVES = ".venv/bin/relations-server"
MOST_SECONDS = 900
# The tests that README has a newcomer run are this run itself, so the clone only finds them.
ENVIRONMENT = {"PYTEST_ADDOPTS": "--collect-only --quiet"}
FOREIGN = ("MAKE", "MFLAGS", "ARGS", "TARGET", "PYTEST", "RELATIONS_", "VIRTUAL_ENV", "COV_")
"""What the names of variables begin with that this run has and a newcomer's shell has not."""

WAIT = """
until grep -q '^Serving on' server.log; do kill -0 $!; sleep 0.1; done
"""


def script(text: str) -> str:
    """Makes one script of a page: its commands, the server in the background, and its Python by the client's own."""
    lines = ["set -eux", "trap 'jobs -p | xargs -r kill' EXIT"]
    for language, block in re.findall(r"^```(sh|python)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        if language == "python":
            lines.append(f"my-env/bin/python - <<'END'\n{block}END")
        elif block.startswith(SERVES):
            lines.append(f"{block.rstrip()} >server.log &{WAIT}")
        else:
            lines.append(block)
    return "\n".join(lines)


def newcomers_environment(clone: Path) -> dict[str, str]:
    """Gives the variables of a shell that knows nothing of this run, with the installer that the set-up brings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    here = str(Path(sys.executable).parent)
    path = [item for item in os.environ["PATH"].split(os.pathsep) if item != here]
    return kept | ENVIRONMENT | {"PATH": os.pathsep.join([*path, str(clone / ".venv/bin")])}


@pytest.mark.clone
def test_every_printed_command_runs_in_a_fresh_clone(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)  # noqa: S607 - the newcomer's git
    text = script((clone / README.name).read_text("utf-8"))
    (tmp_path / "script").write_text(text, "utf-8")
    done = subprocess.run(
        ["bash", str(tmp_path / "script")],  # noqa: S607 - the newcomer's shell
        cwd=clone,
        env=newcomers_environment(clone),
        capture_output=True,
        text=True,
        check=False,
        timeout=MOST_SECONDS,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert done.stdout.count("Conformant") + done.stdout.count("conformant") >= 3, done.stdout[-4000:]
    assert done.stdout.rstrip().endswith("6751b8f1c5e3db9bcb75befa 9")
    for name in ("reports/report.html", "my-server.toml", "my-report.html"):
        assert (clone / name).is_file(), name
