"""What all replies of a run have in common: whether the server is the endpoint at all, and has the tester's data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from profile_relations_conformance.transport.exchange import Exchange

NOT_THE_ENDPOINT = (
    "This is not the endpoint: no reply of the run has the envelope.",
    "Check base_url and what answers there; what follows fails for that reason alone.",
)
OTHER_DATA = (
    "Wrong server, or wrong data? No request of the run found a profile of the target file.",
    "Check base_url, and each profile_id and rel_id of the target file; most of what follows fails for that reason.",
)
ENOUGH_REPLIES = 5
"""Fewer replies tell nothing of all."""


class FirstImpression:
    """Looks at each reply for what would explain all failures at once."""

    def __init__(self) -> None:
        self._replies = 0
        self._has_envelope = False
        self._has_relations = False

    def note(self, exchange: Exchange) -> None:
        """Looks at the reply of one exchange."""
        reply = exchange.reply
        if reply is not None:
            self._replies += 1
            self._has_envelope |= reply.has_envelope
            self._has_relations |= bool(reply.entries)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Two lines where one reason explains most failures, or none."""
        if self._replies < ENOUGH_REPLIES or self._has_relations:
            return ()
        return OTHER_DATA if self._has_envelope else NOT_THE_ENDPOINT
