"""Says, without a network, whether this copy was edited, where it came from, and whether what it needs is installed."""

from __future__ import annotations

import hashlib
import re
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PACKAGE = Path(__file__).parent
LOCK = "generator.lock"
REQUIREMENTS = {"attrs": [">=23.2"], "httpx": [">=0.27", "<0.29"]}
_COMPARISONS: dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    ">=": lambda installed, limit: installed >= limit,
    "<": lambda installed, limit: installed < limit,
}


def examine(package: Path = PACKAGE) -> tuple[list[str], list[str]]:
    """What is to be said of a copy of the package, and what is wrong with it."""
    try:
        lock = tomllib.loads((package / LOCK).read_text("utf-8"))
        described = [*_origin(lock)]
        edits = [*_edits(package, lock["files"])]
    except (OSError, ValueError, KeyError) as error:
        return [], [f"{LOCK} can't be read, so nothing is known of the origin: {error}"]
    described.append(
        f"files      {len(lock['files'])}, {f'{len(edits)} of them not as generated' if edits else 'all as generated'}"
    )
    unfit: list[str] = []
    for name, limits in REQUIREMENTS.items():
        installed = _installed(name)
        wanted = ",".join(limits)
        described.append(f"{name:<10} {installed or 'not installed'} (needs {wanted})")
        if installed is None or not _fits(installed, limits):
            unfit.append(f"{name} {wanted} is needed, and {installed or 'nothing'} is installed")
    return described, edits + unfit


def _origin(lock: dict[str, Any]) -> Iterator[str]:
    contract, tools = lock["contract"], lock["tools"]
    yield f"contract   {contract['path']}, version {contract['version']}, sha256 {contract['sha256']}"
    yield f"generated  by {', '.join(f'{name} {number}' for name, number in tools.items())}"


def _edits(package: Path, hashes: dict[str, str]) -> Iterator[str]:
    found = {
        path.relative_to(package).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != LOCK
    }
    for path in sorted(hashes.keys() | found.keys()):
        if path not in found:
            yield f"missing: {path}"
        elif path not in hashes:
            yield f"extra: {path}"
        elif hashes[path] != found[path]:
            yield f"edited: {path}"


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _fits(installed: str, limits: list[str]) -> bool:
    for limit in limits:
        sign = limit.rstrip("0123456789.")
        if not _COMPARISONS[sign](_numbers(installed), _numbers(limit.removeprefix(sign))):
            return False
    return True


def _numbers(release: str) -> tuple[int, ...]:
    """The numbers that a version starts with; what follows them, such as `rc1`, doesn't count."""
    return tuple(int(number) for number in re.split(r"[^0-9.]", release)[0].split(".") if number)
