"""A reference server for the tests of the client that need a real one."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "8a28168486844c8bae2673a51d4433ff"


@pytest.fixture(scope="session")
def reference_url() -> Iterator[str]:
    """The base URL of a reference server with its bundled world, which is what `TOKEN` opens."""
    command = [sys.executable, "-m", "profile_relations_server", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield line.removeprefix("Serving on ").strip()
        finally:
            process.terminate()
            process.communicate(timeout=10)
