"""Says in the words of the format what is wrong in a world file: the place, the mistake, and what to do.

The library that checks the types tells a mistake in its own words, without the value and without the keys on the way.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

import msgspec

from profile_relations_server.errors import WorldError
from profile_relations_server.world.model import (
    Channel,
    FieldValue,
    Identifier,
    Profile,
    Property,
    Relation,
    Subscription,
    Text,
    World,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = Any

# What the library says: the mistake, whether it is in a key, and the way to it from the root.
_SAID = re.compile(r"(?P<what>.*?)(?: - at `(?P<key>key` in `)?\$(?P<way>[^`]*)`)?", re.DOTALL)
_STEP = re.compile(r"\.(?P<name>\w+)|\[(?P<number>\d+)\]|\[\.\.\.\]")
_QUOTED = re.compile(r"`([^`]*)`")
_KINDS = {"str": "a text", "int": "a whole number", "array": "a list", "object": "a mapping"}
_ENTRIES = {"": World, "profiles": Profile, "subscriptions": Subscription, "relations": Relation}
_VALUES = {"fields": FieldValue, "props": Property}


def explain(error: msgspec.ValidationError, plain: Json) -> WorldError:
    """Makes the error that names the place in the file.

    Args:
        error: What the library says.
        plain: What the file holds.
    """
    said = _SAID.fullmatch(str(error))
    what, way = (said["what"], said["way"] or "") if said else (str(error), "")
    names = [step["name"] for step in _STEP.finditer(way) if step["name"]]
    *_, (place, value) = _places(plain, way, names)
    if said and said["key"]:
        key = next(key for key in value if not _fits(key, Text))
        place, value = _below(place, key), key
    name = _quoted(what)
    if "unknown field" in what:
        return WorldError(f"{_below(place, name)}: is not a known key; {_keys(names, name)}")
    if "missing required field" in what:
        return WorldError(f"{place}: {name} is missing; add it" if place else f"{name} is missing; add it")
    mistake = _mistake(what, value, secret=names[:1] == ["tokens"])
    if names[-1:] == ["props"]:
        mistake += "; write {value: …} for each property"
    return WorldError(f"{place}: {mistake}" if place else mistake)


def _places(plain: Json, way: str, names: list[str]) -> Iterator[tuple[str, Json]]:
    """Yields each place on the way, with what stands there."""
    place, value = "", plain
    yield place, value
    for step in _STEP.finditer(way):
        if step["number"]:
            place, value = f"{place}[{step['number']}]", value[int(step["number"])]
        else:
            key = step["name"] or next(key for key in value if not _fits(value[key], _VALUES[names[-1]]))
            place, value = _below(place, key), value[key]
        yield place, value


def _quoted(what: str) -> str:
    found = _QUOTED.search(what)
    return found[1] if found else ""


def _below(place: str, key: object) -> str:
    return f"{place}.{key}" if place else str(key)


def _fits(value: Json, kind: Any) -> bool:  # noqa: ANN401 - any type
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _keys(names: list[str], given: str) -> str:
    known = _ENTRIES[names[-1] if names else ""].__struct_fields__
    near = difflib.get_close_matches(given, known, n=1)
    return f"did you mean {near[0]}?" if near else f"the keys here are {', '.join(known)}"


def _mistake(what: str, value: Json, *, secret: bool) -> str:
    shown = "this value" if secret else _shown(value)
    if "enum" in what:
        return f"{shown} is no channel; write {' or '.join(Channel)}"
    if "regex" in what:
        hint = "; write it in lower case" if _fits(value.lower(), Identifier) else ""
        return f"{shown} is no identifier of 24 lower-case hexadecimal digits{hint}"
    if "length" in what:
        return "is empty; write a text, or leave the entry out"
    expected = [_KINDS[kind] for kind in _quoted(what).split(" | ") if kind in _KINDS]
    if "got" not in what:
        return "must have no more than 64 bits; write a smaller number, or a text"
    return f"must be {' or '.join(expected)}, not {shown}{_hint(expected, value)}"


def _hint(expected: list[str], value: Json) -> str:
    if expected == ["a text"] and isinstance(value, int | float) and not isinstance(value, bool):
        return "; write it in quotes"
    return "; remove the quotes" if expected == ["a whole number"] and str(value).isdecimal() else ""


def _shown(value: Json) -> str:
    kinds = {dict: "a mapping", list: "a list", type(None): "null"}
    return kinds.get(type(value)) or repr(value)[:60]
