"""Keeps Hypothesis from leaving a folder in the place where a run is started."""

from __future__ import annotations

import os

VARIABLE = "HYPOTHESIS_STORAGE_DIRECTORY"


def keep_files_in(folder: str = os.devnull) -> None:
    """Lets Hypothesis keep its caches in a folder, unless the user says where.

    Args:
        folder: The folder; what is none lets it keep nothing.
    """
    os.environ.setdefault(VARIABLE, folder)
