"""Versions and hashes of what a run was made with. The client is looked at and never imported."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from profile_relations_conformance import __version__

if TYPE_CHECKING:
    from profile_relations_conformance.contract.document import Contract

CLIENT = "profile_relations_client"


def versions(contract: Contract) -> dict[str, Any]:
    """Gives version and SHA-256 of the suite, of the contract and, where it is installed, of the client."""
    return {
        "suite": {"version": __version__, "sha256": _tree_hash(Path(__file__).parents[1])},
        "contract": {"version": str(contract.document["info"]["version"]), "sha256": contract.sha256},
        "client": _client(),
    }


def _client() -> dict[str, str] | None:
    try:
        installed = version(CLIENT.replace("_", "-"))
    except PackageNotFoundError:
        return None
    spec = find_spec(CLIENT)  # finding a top-level package does not run it
    if spec is None or spec.origin is None:
        return None
    return {"version": installed, "sha256": _tree_hash(Path(spec.origin).parent)}


@cache
def _tree_hash(folder: Path) -> str:
    """Hashes the names and the contents of all files of a package, whatever the order of the file system."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            total.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
    return total.hexdigest()
