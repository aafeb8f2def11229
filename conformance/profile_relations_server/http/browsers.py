"""Lets pages of other origins ask the server from a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp


def allowing(origins: Collection[str], app: ASGIApp) -> ASGIApp:
    """Answers what a browser asks before a page's request, and marks replies as ones that the page may read.

    Args:
        origins: Origins such as `https://example.com`; `*` stands for every one.
        app: What to ask.
    """
    # Most servers need none of it, and start without the web framework.
    from starlette.middleware.cors import CORSMiddleware  # noqa: PLC0415 - as said above

    return CORSMiddleware(
        app,
        allow_origins=list(origins),
        allow_methods=["GET", "POST"],
        allow_headers=["*"],
        expose_headers=["Retry-After"],
    )
