"""What the server takes from one client, and how many it serves at once; in one process of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits; whoever goes beyond one is refused with an envelope.

    Attributes:
        body_bytes: Size of a request's body.
        header_bytes: Size of a request's URL and headers together.
        request_seconds: Time in which a request must have come in whole, from its first byte on.
        idle_seconds: Time for which a connection may stay open without a request; it is closed in silence.
        connections: Number of connections. Each carries one call at a time, so this bounds the calls as well.
    """

    body_bytes: int = 1024 * 1024
    header_bytes: int = 16 * 1024
    request_seconds: float = 10
    # Longer than the five seconds for which common clients keep a connection, so that it is them who close it.
    idle_seconds: float = 30
    connections: int = 1000
