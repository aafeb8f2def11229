"""Says whether this copy was edited, where it came from, whether its needs are met, and whether its contract moved."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

import httpx

from .contract_changes import changes, without_words

PACKAGE = Path(__file__).parent
LOCK, CONTRACT = "generator.lock", "contract.json"
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


def moved(against: str, package: Path = PACKAGE) -> tuple[list[str], list[str]]:
    """What differs between the contract of a copy and another edition of it: what breaks the copy comes last, apart.

    Args:
        against: A file or the URL of the other edition, in JSON, or in YAML where PyYAML is installed.
        package: The copy.
    """
    try:
        old = json.loads((package / CONTRACT).read_text("utf-8"))
        new = without_words(_document(against))
    except (OSError, ValueError, httpx.HTTPError, httpx.InvalidURL) as error:
        return [], [f"{against} can't be compared: {error}"]
    found = changes(old, new)
    if not found:
        words = "says the same as that of this copy" if old == new else "differs in what changes nothing for a client"
        return [f"against    {against} {words}"], []
    described = [f"against    {against}: {len(found)} changes, {sum(one.breaks for one in found)} of them breaking"]
    described += [f"compatible {one.text}" for one in found if not one.breaks]
    return described, [f"breaking: {one.text}" for one in found if one.breaks]


def _document(place: str) -> dict[str, Any]:
    if place.startswith(("https://", "http://")):
        text = httpx.get(place, timeout=30, follow_redirects=True).raise_for_status().text
    else:
        text = Path(place).read_text("utf-8")
    try:
        document = json.loads(text)
    except ValueError:
        document = _yaml(text)
    if not isinstance(document, dict):
        raise ValueError("it is no OpenAPI document")  # noqa: TRY004 - what is caught above
    return cast("dict[str, Any]", document)


def _yaml(text: str) -> Any:
    if find_spec("yaml") is None:
        raise ValueError("it is no JSON, and PyYAML, which reads YAML, is not installed")
    yaml = import_module("yaml")
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        problem = " ".join(str(error).split())
    raise ValueError(problem)


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
