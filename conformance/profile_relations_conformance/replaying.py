"""Writes the line that sends a recorded request again."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from profile_relations_conformance.asking import Ask
    from profile_relations_conformance.exchange import Exchange

LONGEST_BODY = 20_000
"""Characters of a body that a report keeps."""


def curl(exchange: Exchange, ask: Ask) -> str:
    """Writes the line that sends the request again from a shell; the token comes from its variable."""
    request = exchange.request
    variable = ask.target.token_env
    content = request.content.decode("utf-8", "backslashreplace")
    if len(content) > LONGEST_BODY:
        return ""
    quoted = (
        shlex.quote(content).replace(ask.token, f"'\"${variable}\"'") if ask.token in content else shlex.quote(content)
    )
    parts = ["curl -sS", f"-X {request.method}" if request.method != "POST" or not content else ""]
    parts.append(f"-H {shlex.quote('content-type: ' + request.content_type)}" if request.content_type else "")
    parts.append(f"--data-binary {ask.redactor.text(quoted)}" if content else "")
    return " ".join([*(part for part in parts if part), shlex.quote(ask.url)])
