"""Keeps Hypothesis from leaving a folder in the place where a run is started."""

from __future__ import annotations

import os

VARIABLE = "HYPOTHESIS_STORAGE_DIRECTORY"


def keep_no_files() -> None:
    """Lets Hypothesis keep its caches nowhere, unless the user says where; it goes on where it can't write them."""
    os.environ.setdefault(VARIABLE, os.devnull)
