"""The line for a shell that asks again what a report shows as failing."""

from __future__ import annotations

import shlex
from typing import Any

from profile_relations_conformance.target.shown_text import PROGRAM


def replay_line(document: dict[str, Any], requirement: str = "") -> str:
    """Gives the line, as the user called the run, or an empty text where no report was written to a file.

    Args:
        document: The report document.
        requirement: The id of one requirement; all that failed where it is empty.
    """
    settings = document["settings"]
    if settings["report_json"] is None:
        return ""
    words = ["replay", settings["report_json"], *filter(None, [requirement])]
    for name in ("target", "base_url", "token_env"):
        if settings.get(name):
            words += [f"--{name.replace('_', '-')}", settings[name]]
    return f"{settings.get('command', PROGRAM)} {shlex.join(words)}"
