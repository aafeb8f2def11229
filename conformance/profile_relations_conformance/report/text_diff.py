"""What differs: between what was expected and what came, and between a request and one that got a success."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORDS = re.compile(r"\s+|[\w.]+|.", re.DOTALL)
_BRACKETS = re.compile(r"[\[\]{}]")
_NAMED = re.compile(r"`(\w+)`")
_BARE = re.compile(r'(?<=[:,\[])(\{\{[^{}"]+\}\})(?=[,}\]])')
_MARKED = re.compile(r'"\\u0001(\{\{[^{}"]+\}\})\\u0001"')
LONGEST_COMPARED = 2_000
MOST_WORDS = 150
MOST_GROWTH = 6
"""A body that takes so many times its length when it is written member by member is shown as it is."""
MOST_LINES = 400
DEEPEST = 40


@dataclass(frozen=True)
class Part:
    """A piece of a text, and whether it is one that differs."""

    text: str
    differs: bool = False


@dataclass(frozen=True)
class Line:
    """A line of a body: as it is (" "), added ("+"), taken away ("-"), or worth a look ("!")."""

    text: str
    sign: str = " "


def differing(text: str, other: str) -> list[Part]:
    """Cuts a text into what the other has too and what it has not; spaces and signs alone never differ."""
    if max(len(text), len(other)) > LONGEST_COMPARED:
        return [Part(text)]
    words, others = _WORDS.findall(text), _WORDS.findall(other)
    found: list[Part] = []
    for same, start, end in _stretches(words, others):
        piece = "".join(words[start:end])
        if piece:
            found.append(Part(piece, not same and any(map(str.isalnum, piece))))
    return found


def _stretches(words: list[str], others: list[str]) -> Iterator[tuple[bool, int, int]]:
    """Yields stretches of the words, and whether the others have them too.

    The time that the matcher takes grows with the cube of the words where these are all alike. Of many words, no more
    than what they begin and end with is compared.
    """
    if max(len(words), len(others)) <= MOST_WORDS:
        for tag, start, end, _, _ in SequenceMatcher(None, words, others, autojunk=False).get_opcodes():
            yield tag == "equal", start, end
        return
    head = _alike(words, others)
    tail = _alike(words[head:][::-1], others[head:][::-1])
    yield from ((True, 0, head), (False, head, len(words) - tail), (True, len(words) - tail, len(words)))


def _alike(words: list[str], others: list[str]) -> int:
    """Counts the words that both begin with."""
    pairs = zip(words, others, strict=False)
    return next((number for number, (one, other) in enumerate(pairs) if one != other), min(len(words), len(others)))


def request_lines(body: str, changes: dict[str, Any] | None) -> list[Line]:
    """Writes a request member by member, with what is otherwise than in one that got a success."""
    try:
        members = _read(_BARE.sub('"\\\\u0001\\1\\\\u0001"', body))
        if isinstance(members, _Object):
            changed = {item["name"]: item for item in changes["members"]} if changes else {}
            return [Line("{"), *_request_members(members, changed), Line("}")]
    except (ValueError, RecursionError):
        pass
    return [Line(line) for line in body.split("\n")]


def _request_members(members: _Object, changed: dict[str, dict[str, Any]]) -> Iterator[Line]:
    names = {name for name, _ in members}
    yield from (_before(item) for name, item in changed.items() if name not in names)
    for number, (name, value) in enumerate(members):
        change = changed.get(name)
        if change and change["before"] is not None:
            yield _before(change)
        comma = "," if number < len(members) - 1 else ""
        text = _MARKED.sub(r"\1", f"  {json.dumps(name)}: {_written(value, 2)}{comma}")
        yield from (Line(line, "+" if change else " ") for line in text.split("\n"))


def _before(change: dict[str, Any]) -> Line:
    return Line(f"  {json.dumps(change['name'])}: {change['before']}", "-")


def reply_lines(body: str, expected: str = "", actual: str = "") -> list[Line]:
    """Writes a reply line by line, with a mark at the members that the failure is about."""
    try:
        text = _written(_read(body))
    except (ValueError, RecursionError):
        text = body
    text = text if len(text) <= MOST_GROWTH * len(body) + MOST_LINES else body
    lines = text.split("\n")
    more = [Line(f"… and {len(lines) - MOST_LINES} lines more")] if len(lines) > MOST_LINES else []
    told = _told(lines[:MOST_LINES], expected, actual)
    return [*(Line(line, "!" if line in told else " ") for line in lines[:MOST_LINES]), *more]


def _told(lines: list[str], expected: str, actual: str) -> set[str]:
    """Gives the lines of a reply that a failure is about: the member that it names, and of several those it quotes."""
    starts = tuple(f"{json.dumps(name)}:" for name in set(_NAMED.findall(f"{expected} {actual}")))
    named = [line for line in lines if expected and starts and line.lstrip().startswith(starts)]
    if len(named) == 1:
        return set(named)
    return {line for line in named if _quotes(actual, line.partition(": ")[2].strip('",'))}


def _quotes(text: str, value: str) -> bool:
    return bool(value) and re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) is not None


class _Object(list[tuple[str, Any]]):
    """The members of a JSON object, also where two have one name."""


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


def _read(text: str) -> Any:  # noqa: ANN401 - any JSON value
    steps = (1 if bracket in "[{" else -1 for bracket in _BRACKETS.findall(text))
    if max(accumulate(steps), default=0) > DEEPEST:
        raise ValueError("it is nested too deep to be written member by member")
    return json.loads(text, object_pairs_hook=_Object, parse_int=_Number, parse_float=_Number, parse_constant=_Number)


def _written(value: Any, indent: int = 0) -> str:  # noqa: ANN401 - any JSON value
    """Writes a value with one member a line, changing nothing but space and escapes."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, _Object):
        return _block("{}", [f"{json.dumps(name)}: {_written(item, indent + 2)}" for name, item in value], indent)
    if isinstance(value, list):
        return _block("[]", [_written(item, indent + 2) for item in value], indent)
    return json.dumps(value, ensure_ascii=False)


def _block(brackets: str, items: list[str], indent: int) -> str:
    if not items:
        return brackets
    start = "\n" + " " * (indent + 2)
    return f"{brackets[0]}{start}{f',{start}'.join(items)}\n{' ' * indent}{brackets[1]}"
