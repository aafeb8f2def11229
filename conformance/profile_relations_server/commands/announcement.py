"""What the server says when it listens: where, with which token, and a first request to paste into a shell."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from profile_relations_server.service.pipeline import Service

_HIDDEN = "$RELATIONS_TOKEN"


def announcement(service: Service, url: str, token: str | None) -> str:
    """Makes the lines; the first is for programs too, and never changes its form.

    Args:
        service: What is served.
        url: Where, without a path.
        token: A token that everybody knows; None where all of them are secrets, which are not shown.
    """
    base = url + service.contract.base_path
    example = service.store.example()
    rel_id, profile_id = (example.rel_id, example.profile_id_a) if example else (1, "0" * 24)
    body = {"token": token or _HIDDEN, "rel_id": rel_id, "profile_id": profile_id}
    # A shell reads a variable between double quotes alone.
    quoted = f"'{json.dumps(body)}'" if token else json.dumps(json.dumps(body))
    lines = [
        f"Serving on {base}",
        f"Token: {token}" if token else f"Token: one of yours; put it into {_HIDDEN} for the next line",
        f"Try: curl {url + service.contract.path} -H 'Content-Type: application/json' -d {quoted}",
        f"Docs: {url}/docs",
    ]
    return "\n".join(lines) + "\n"
