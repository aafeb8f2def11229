"""The same seed asks the same, in the same order and to the byte."""

from __future__ import annotations

from profile_relations_conformance.checks.effort import EFFORTS

from tests.helpers.inprocess import event_loop, judge


def asked(seed: int) -> list[tuple[str, str | None, bytes]]:
    """What a run sends, by the number that it gave to each request."""
    with event_loop() as loop:
        run = judge(loop, EFFORTS["standard"], seed=seed)
    requests = [item.request for item in sorted(run.exchanges, key=lambda exchange: exchange.number)]
    return [(item.method, item.content_type, item.content) for item in requests]


def test_the_seed_decides_what_is_asked() -> None:
    first, again, other = (asked(seed) for seed in (7, 7, 8))
    assert first == again
    assert first != other
