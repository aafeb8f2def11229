"""Reads YAML by the rules of YAML 1.2: what looks like a text is one, and what could be both has to be quoted.

By the rules of YAML 1.1, which most libraries follow, `no` is false, `010` is eight and `12:30:45` is a number.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

Json = Any

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_TWO_MEANINGS = "!number-or-text"
# The first pattern that fits decides; the second part tells how a text of the kind can begin.
_PLAIN = (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    (_TWO_MEANINGS, r"\+[0-9]+|-?0[0-9]+", list("+-0")),
    ("int", r"-?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
    ("float", r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", list("-+.")),
    ("merge", r"<<", ["<"]),
)
# Nobody nests a world so deeply, and the library's own way down ends in a crash.
_DEEPEST = 200


class _StrictLoader(_Loader):  # type: ignore[misc, valid-type] # the base is chosen at run time
    """A safe loader that knows the types of JSON alone, and refuses a key that is written twice."""

    # Both are the library's own attributes, replaced for this class alone.
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - as said above
    yaml_constructors = {  # noqa: RUF012 - as said above
        tag: construct
        for tag, construct in _Loader.yaml_constructors.items()
        if tag is None or tag.removeprefix(_TAG) in {"null", "bool", "float", "str", "seq", "map"}
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - as in the base
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                raise _mistake(f"the key {key.value!r} stands here a second time; remove one", key)
            seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def _mistake(problem: str, at: Any) -> yaml.MarkedYAMLError:  # noqa: ANN401 - a node or an event, of either loader
    return yaml.MarkedYAMLError(problem=problem, problem_mark=at.start_mark)


def _integer(_: object, node: yaml.ScalarNode) -> int:
    try:
        return int(node.value, 0)
    except ValueError:
        raise _mistake("this is no whole number that can be read", node) from None


def _ask_for_quotes(_: object, node: yaml.ScalarNode) -> None:
    shown = node.value[:30]
    raise _mistake(f'{shown} may be a number or a text; write "{shown}" for a text, or the number without + or 0', node)


for _name, _pattern, _first in _PLAIN:
    _tag = _name if _name.startswith("!") else _TAG + _name
    _StrictLoader.add_implicit_resolver(_tag, re.compile(rf"(?:{_pattern})\Z"), _first)
_StrictLoader.add_constructor(f"{_TAG}int", _integer)
_StrictLoader.add_constructor(_TWO_MEANINGS, _ask_for_quotes)


def read_yaml(text: str) -> Json:
    """Parses YAML.

    Raises:
        yaml.YAMLError: If it is none, has a type that JSON does not have, or is nested too deeply.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            problem = f"it is nested more than {_DEEPEST} times; flatten it"
            raise _mistake(problem, event)
    return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a safe loader with fewer types
