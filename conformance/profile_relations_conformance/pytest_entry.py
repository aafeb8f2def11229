"""What pytest loads wherever this package is installed: it loads the plugin into a session that names the suite.

Any other session is left as it is, without an option, a fixture or a marker of the suite.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

PACKAGE = __name__.partition(".")[0]
PLUGIN = f"{PACKAGE}.pytest_plugin"


def names_the_suite(argument: str) -> bool:
    """Says whether an argument of pytest names this package, or something in it, by its name or by its path."""
    named, _, _ = argument.partition("::")
    return named == PACKAGE or named.startswith(f"{PACKAGE}.") or PACKAGE in Path(named).parts


def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Loads the plugin before pytest reads its options for good."""
    if any(map(names_the_suite, args)):
        early_config.pluginmanager.import_plugin(PLUGIN)
