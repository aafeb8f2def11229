"""The verdict as a badge: an SVG image, or the data of a shields.io endpoint."""

from __future__ import annotations

import html
import json
from typing import Any

from profile_relations_conformance.report.summary import WARNING, with_warnings

LABEL = "profile relations"
CHARACTER = 6.4
"""Width of a character in px; the text is fitted to the width that follows from it."""
MARGIN = 7
GOOD = ("brightgreen", "yellow")
COLORS = {"brightgreen": "#2f7d32", "yellow": "#8a6100", "red": "#b3261e", "lightgrey": "#5f6368"}
"""Names of shields.io, and the colours of the image; white text on each has a contrast of 4.5 or more."""


def endpoint(document: dict[str, Any]) -> str:
    """Writes what shields.io reads from an endpoint (its schema version 1)."""
    message, color = _message(document)
    return json.dumps({"schemaVersion": 1, "label": LABEL, "message": message, "color": color}) + "\n"


def render(document: dict[str, Any]) -> str:
    """Draws the badge."""
    message, color = _message(document)
    left, right = _width(LABEL), _width(message)
    title = html.escape(f"{LABEL}: {message}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" aria-label="{title}">\n'
        f"  <title>{title}</title>\n"
        f'  <clipPath id="r"><rect width="{left + right}" height="20" rx="3"/></clipPath>\n'
        '  <g clip-path="url(#r)">\n'
        f'    <rect width="{left}" height="20" fill="#444"/>\n'
        f'    <rect x="{left}" width="{right}" height="20" fill="{COLORS[color]}"/>\n'
        "  </g>\n"
        '  <g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">\n'
        f"    {_label(0, LABEL)}\n"
        f"    {_label(left, message)}\n"
        "  </g>\n"
        "</svg>\n"
    )


def _message(document: dict[str, Any]) -> tuple[str, str]:
    message, color = _judged(document["verdict"])
    found = with_warnings(document)["verdict"]["counts"].get(WARNING)
    told = f"{message}, {found} {WARNING}{'' if found == 1 else 's'}"
    return (told if found and color in GOOD else message), color


def _judged(verdict: dict[str, Any]) -> tuple[str, str]:
    known = verdict["counts"].get("known failing", 0)
    match verdict["exit_code"]:
        case 0 if verdict["conformant"]:
            return "conformant", "brightgreen"
        case 0:
            return (f"{known} known to fail" if known else "tested in part"), "yellow"
        case 1:
            return "not conformant", "red"
        case _:
            return "not judged", "lightgrey"


def _width(text: str) -> int:
    return round(len(text) * CHARACTER) + 2 * MARGIN


def _label(x: int, text: str) -> str:
    fitted = _width(text) - 2 * MARGIN
    return f'<text x="{x + MARGIN}" y="14" textLength="{fitted}">{html.escape(text)}</text>'
