"""A run against a server that means harm ends in time, takes little memory, and writes nothing that does harm.

One row for each kind of harm is tried here; `make hostile` tries the whole table.
"""

from __future__ import annotations

import pytest

from tests.helpers.hostile_runs import run_against
from tests.helpers.hostile_targets import TARGETS

TRIED = {
    "framing": "chunks without end",
    "encoding": "gzip within gzip",
    "size": "an identifier of 1.9 MB",
    "depth": "arrays as deep as can be walked through, and wide",
    "text": "markup and commands to CI services",
    "time": "30 KB of what a stack trace begins with",
    "token": "percent-encoded throughout",
}


def test_each_kind_is_tried() -> None:
    assert TRIED.keys() == {hostile.kind for hostile in TARGETS}
    assert set(TRIED.items()) <= {(hostile.kind, hostile.name) for hostile in TARGETS}


@pytest.mark.parametrize("kind", TRIED)
def test_a_hostile_server_is_bounded(kind: str) -> None:
    (hostile,) = (hostile for hostile in TARGETS if (hostile.kind, hostile.name) == (kind, TRIED[kind]))
    assert run_against(hostile).complaints() == []
