"""The reference server that a run starts by itself is the one that the bundled target file tells of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
from profile_relations_conformance.run.reference_server import PAGE_TOKEN, reference_server

if TYPE_CHECKING:
    import pytest


def test_tokens_that_are_set_for_another_server_are_not_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELATIONS_TOKENS", "of-another-server")
    body = {"token": PAGE_TOKEN, "rel_id": 2, "profile_id": "669e6968ebf4ac52b623a997"}
    with reference_server() as url:
        assert httpx.post(f"{url}/relations/get", json=body).json()["error"] == 0
