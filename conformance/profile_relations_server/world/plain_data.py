"""Reads a YAML or JSON file as JSON data, more strictly than the libraries do by themselves.

Whatever is read can be sent in a reply: no key stands twice, every key is a text, and every text is Unicode.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

import yaml

from profile_relations_server.errors import WorldError
from profile_relations_server.world.strict_yaml import read_yaml

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

Json = Any

# Of all lists and mappings in each other. The format itself takes five of them, down to the value of a property.
_DEEPEST = 69
# What a name of a YAML file stands for counts each time: a few lines can stand for more than fits in any memory.
_MOST_VALUES = 1_000_000
_SECRET = re.compile(r"tokens(\[[0-9]+\])?")


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise WorldError(f"the key {twice!r} stands in one object twice; remove one")
    return mapping


def read_plain_data(source: Traversable) -> Json:
    """Reads a file whose name ends in .json as JSON, any other as YAML.

    Raises:
        WorldError: If the file can't be read, is not UTF-8, does not parse, or holds what JSON can't. The message names
            the file.
    """
    try:
        text = source.read_text("utf-8").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
        is_json = source.name.endswith(".json")
        plain = json.loads(text, object_pairs_hook=_unique) if is_json else read_yaml(text)
        check_json(plain, most=max(_MOST_VALUES, len(text)))
    except OSError as error:
        raise WorldError(f"{source}: can't be read ({error.strerror}); name a file that exists") from error
    except UnicodeDecodeError as error:
        raise WorldError(f"{source}: is not UTF-8 at byte {error.start}; save it as UTF-8") from error
    except WorldError as error:
        raise WorldError(f"{source}: {error}") from error
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise WorldError(f"{source}: {line}{error.problem}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise WorldError(f"{source}: does not parse ({' '.join(str(error).split())})") from error
    return plain


def check_json(plain: Json, *, most: int = _MOST_VALUES) -> None:
    """Checks that a value is one that JSON in UTF-8 can carry.

    Args:
        plain: The value, as parsed.
        most: How many values may be in it.

    Raises:
        WorldError: If it is none; the message names the place in it.
    """
    try:
        _Walk(most).check(plain, 0)
    except _WrongValueError as error:
        raise WorldError(f"{error.place}: {error}" if error.way else str(error)) from None


class _WrongValueError(Exception):
    """What is wrong with a value, and the way to it; the last step stands first, since that is found first."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.way: list[str] = []

    @property
    def place(self) -> str:
        """Where the value stands; a token, or what stands in its place, is not shown."""
        place = "".join(reversed(self.way)).removeprefix(".")
        secret = _SECRET.match(place)
        return secret.group() if secret else place


class _Walk:
    """Looks at every value. It is most of the time that a large world takes to load, so it makes no place in vain."""

    def __init__(self, most: int) -> None:
        self._left = most

    def check(self, value: Json, depth: int) -> None:
        """Checks a value and all that is in it."""
        if depth > _DEEPEST:
            raise _WrongValueError("is nested more than 64 times; flatten it")
        self._left -= 1
        if self._left < 0:
            raise WorldError("its aliases expand to more than a million values; use fewer")
        if isinstance(value, str):
            _check_text(value)
        elif isinstance(value, float):
            _check_float(value)
        elif isinstance(value, dict):
            self._check_mapping(value, depth + 1)
        elif isinstance(value, list):
            self._check_list(value, depth + 1)

    def _check_mapping(self, mapping: dict[Any, Json], depth: int) -> None:
        for key, value in mapping.items():
            try:
                if not isinstance(key, str):
                    raise _WrongValueError(f"must be a text, not {key!r}; write it in quotes")  # noqa: TRY301 - it gets its place here
                _check_text(key)
                self.check(value, depth)
            except _WrongValueError as error:
                error.way.append(f".{key}")
                raise

    def _check_list(self, values: list[Json], depth: int) -> None:
        for number, value in enumerate(values):
            try:
                self.check(value, depth)
            except _WrongValueError as error:
                error.way.append(f"[{number}]")
                raise


def _check_float(value: float) -> None:
    if not math.isfinite(value):
        raise _WrongValueError(f"{value} has a type that JSON does not have; write a text or a number")


def _check_text(text: str) -> None:
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _WrongValueError("has half of a surrogate pair; write the whole character") from None
