"""TOML files, read with an error that says what to do."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from profile_relations_conformance.errors import UsageError


def read_toml(path: Path, error: type[UsageError], hint: str) -> dict[str, Any]:
    """Reads a file.

    Args:
        path: The file.
        error: What to raise where it can't be read.
        hint: What to do where it is not there.

    Raises:
        UsageError: As `error` says, naming the file and what to do.
    """
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as reason:
        raise error(f"{path}: can't be read ({reason.strerror})", hint) from None
    except UnicodeDecodeError:
        raise error(f"{path}: is not UTF-8 text", "Save it as UTF-8") from None
    except tomllib.TOMLDecodeError as reason:
        raise error(f"{path}: is not TOML ({reason})", "Mend that line") from None
