"""What a check has in its hands: the contract, what is known of the target, and requests to send.

A request is sent once in a run; a check that asks the same gets the recorded exchange, unless it wants a fresh one.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """How much a profile of the suite asks.

    Attributes:
        name: What `--profile` calls it.
        cases: The most cases of one requirement that are alike.
        cells: The most cells of the matching grid that are asked for one requirement, or None for all of them.
        voters: How many profiles are asked for by all their selectors before anything else.
        drawn: Bodies drawn for each requirement that is explored.
        burst: Concurrent requests.
        stock: Whether Schemathesis draws bodies beside the suite's own strategies; loading it takes seconds.
        explores: Whether bodies are drawn for as long as the time budget lasts.
    """

    name: str
    cases: int
    cells: int | None
    voters: int
    drawn: int
    burst: int
    stock: bool
    explores: bool = False


EFFORTS = {
    "quick": Effort("quick", cases=2, cells=2, voters=1, drawn=3, burst=3, stock=False),
    "standard": Effort("standard", cases=10, cells=None, voters=3, drawn=12, burst=28, stock=True),
    "deep": Effort("deep", cases=1000, cells=None, voters=1000, drawn=400, burst=400, stock=True, explores=True),
}
