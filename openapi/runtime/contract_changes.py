"""What differs between two editions of a contract, and which of it breaks a client that was made from the older one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Schema = dict[str, Any]
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# Bounds that a request must keep, with the sign of a change that lets less through.
_LIMITS = {"minLength": 1, "minimum": 1, "minItems": 1, "maxLength": -1, "maximum": -1, "maxItems": -1}
_WORDS = frozenset({"description", "summary", "title", "example", "examples"})


@frozen
class Change:
    """One difference.

    Attributes:
        text: Where it is and what it is.
        breaks: Whether a client of the older edition fails by it, or asks for something else than it means.
    """

    text: str
    breaks: bool


def without_words(part: Any) -> Any:
    """A part of a contract without what is written for people, which changes nothing for a client."""
    if isinstance(part, list):
        parts = cast("Sequence[Any]", part)
        return [without_words(one) for one in parts]
    if not isinstance(part, dict):
        return part
    kept = {key: value for key, value in cast("Schema", part).items() if key not in _WORDS}
    # Below `properties`, the keys are names of members, whatever they are.
    return {
        key: {name: without_words(one) for name, one in cast("Schema", value).items()}
        if key == "properties" and isinstance(value, dict)
        else without_words(value)
        for key, value in kept.items()
    }


def changes(old: Schema, new: Schema) -> list[Change]:
    """What differs, each thing once."""
    return list(dict.fromkeys(_Comparison(old, new).operations()))


class _Comparison:
    def __init__(self, old: Schema, new: Schema) -> None:
        self._old = old
        self._new = new
        self._seen: set[tuple[str, str, bool]] = set()

    def operations(self) -> Iterator[Change]:
        old, new = _operations(self._old), _operations(self._new)
        for name, operation in new.items():
            if name in old:
                yield from self._operation(name, old[name], operation)
            else:
                yield Change(f"{name} is new", breaks=False)
        for name in sorted(old.keys() - new.keys()):
            yield Change(f"{name} is gone", breaks=True)

    def _operation(self, name: str, old: Schema, new: Schema) -> Iterator[Change]:
        for way in old.get("security", [{}]):
            if way not in new.get("security", [{}]):
                carrier = ", ".join(way) or "the body"
                yield Change(f"{name}: {carrier} can't carry the credential any more", breaks=True)
        asked, asks = _body(old.get("requestBody", {})), _body(new.get("requestBody", {}))
        yield from self._schema(f"{name} request", asked, asks, True)
        before, after = old.get("responses", {}), new.get("responses", {})
        for status in sorted(before.keys() & after.keys()):
            yield from self._schema(f"{name} reply {status}", _body(before[status]), _body(after[status]), False)
        for status in sorted(before.keys() ^ after.keys()):
            yield Change(f"{name} reply {status} is {'gone' if status in before else 'new'}", breaks=False)

    def _schema(self, where: str, old: Any, new: Any, sent: bool) -> Iterator[Change]:
        """Compares two schemas of what a client sends, or of what it receives."""
        if not (isinstance(old, dict) and isinstance(new, dict)):
            return
        old, new = cast("Schema", old), cast("Schema", new)
        names = _reference(old), _reference(new)
        if any(names):
            if (*names, sent) in self._seen:
                return
            self._seen.add((*names, sent))
            where = names[0] if old.keys() == {"$ref"} and "properties" in _resolved(self._old, old) else where
        old, new = _resolved(self._old, old), _resolved(self._new, new)
        yield from _values(where, old, new, sent)
        yield from self._variants(where, old, new, sent)
        yield from self._members(where, old, new, sent)
        for key in ("items", "additionalProperties"):
            yield from self._schema(f"{where}[]", old.get(key), new.get(key), sent)

    def _variants(self, where: str, old: Schema, new: Schema, sent: bool) -> Iterator[Change]:
        before, after = _alternatives(old), _alternatives(new)
        for name in sorted(before.keys() - after.keys()):
            yield Change(f"{where}: {name} is gone", breaks=sent)
        for name in sorted(after.keys() - before.keys()):
            yield Change(f"{where}: {name} is new", breaks=not sent)
        for name in sorted(before.keys() & after.keys()):
            yield from self._schema(f"{where} {name}", before[name], after[name], sent)

    def _members(self, where: str, old: Schema, new: Schema, sent: bool) -> Iterator[Change]:
        before, after = old.get("properties", {}), new.get("properties", {})
        required, needed = set(old.get("required", [])), set(new.get("required", []))
        for name in sorted(before.keys() - after.keys()):
            yield Change(f"{where}.{name} is gone", breaks=True)
        for name in sorted(after.keys() - before.keys()):
            must = sent and name in needed
            yield Change(f"{where}.{name} is new{', and required' if must else ''}", breaks=must)
        for name in sorted(before.keys() & after.keys()):
            if (name in required) != (name in needed):
                how = "is required now" if name in needed else "may be left out now"
                yield Change(f"{where}.{name} {how}", breaks=(name in needed) == sent)
            yield from self._schema(f"{where}.{name}", before[name], after[name], sent)


def _values(where: str, old: Schema, new: Schema, sent: bool) -> Iterator[Change]:
    """Compares which values two schemas allow: not less of what is sent, and not more of what is received."""
    for what, before, after in (("type", _types(old), _types(new)), ("value", _constants(old), _constants(new))):
        if before != after:
            breaks = _is_less(after, before) if sent else _is_less(before, after)
            yield Change(f"{where}: {what} was {_shown(before)} and is {_shown(after)}", breaks=breaks)
    for key, sign in _LIMITS.items():
        was, now = old.get(key), new.get(key)
        if was != now:
            tighter = now is not None and (was is None or (now - was) * sign > 0)
            yield Change(f"{where}: {key} was {was} and is {now}", breaks=sent and tighter)
    for key in ("pattern", "not"):
        if old.get(key) != new.get(key):
            yield Change(f"{where}: {key} is another", breaks=sent and key in new)


def _is_less(values: set[str] | None, others: set[str] | None) -> bool:
    """Whether some of the others are missing; None is anything."""
    return values is not None and (others is None or not others <= values)


def _operations(document: Schema) -> dict[str, Schema]:
    return {
        f"{method.upper()} {path}": item[method]
        for path, item in document.get("paths", {}).items()
        for method in _METHODS
        if method in item
    }


def _body(holder: Mapping[str, Any]) -> Any:
    return holder.get("content", {}).get("application/json", {}).get("schema", {})


def _reference(schema: Schema) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _resolved(document: Schema, schema: Schema) -> Schema:
    name = _reference(schema)
    if not name:
        return schema
    target = document.get("components", {}).get("schemas", {}).get(name, {})
    return {**_resolved(document, target), **{key: value for key, value in schema.items() if key != "$ref"}}


def _alternatives(schema: Schema) -> dict[str, Any]:
    listed: list[Schema] = schema.get("oneOf") or schema.get("anyOf") or []
    return {_reference(one) or f"alternative {number}": one for number, one in enumerate(listed, 1)}


def _types(schema: Schema) -> set[str] | None:
    given = schema.get("type")
    return None if given is None else {given} if isinstance(given, str) else set(given)


def _constants(schema: Schema) -> set[str] | None:
    if "const" in schema:
        return {repr(schema["const"])}
    return {repr(one) for one in schema["enum"]} if "enum" in schema else None


def _shown(values: set[str] | None) -> str:
    return "anything" if values is None else " or ".join(sorted(values))
