"""Reads a YAML or JSON file as JSON data, more strictly than the libraries do by themselves.

A key written twice is an error, a date stays the text that it is written as, and an error tells the line if it can.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from profile_relations_server.errors import WorldError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

Json = Any
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TIMESTAMP = "tag:yaml.org,2002:timestamp"


class _StrictLoader(_Loader):  # type: ignore[misc, valid-type] # the base is chosen at run time
    """A safe loader that refuses duplicate keys and knows no dates, since JSON has none."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the library's own attribute, replaced for this class alone
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
        for first, resolvers in _Loader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - as in the base
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                problem = f"the key {key.value!r} stands here a second time; remove one"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
            seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


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
        WorldError: If the file can't be read, is not UTF-8, or does not parse; the message names the file.
    """
    try:
        text = source.read_text("utf-8")
        if source.name.endswith(".json"):
            return json.loads(text, object_pairs_hook=_unique)
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a safe loader with fewer types
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
