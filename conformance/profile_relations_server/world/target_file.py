"""Writes a target file for a generated world: what a tester knows of some of its profiles."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import tomlkit

from profile_relations_server.contract import load_contract
from profile_relations_server.world.generator import COMPLETE_EVERY
from profile_relations_server.world.model import Channel

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from profile_relations_server.world.generator import Plan
    from profile_relations_server.world.model import FieldValue, Profile, Relation

_HEAD = """\
# What a tester knows of some profiles of a generated world:
# {profiles} profiles with {relations} relations each, seed {seed}.

"""
_PORT = 8080
_TOKEN_VARIABLE = "RELATIONS_TOKEN"  # noqa: S105 - the name of a variable
# Fields that many profiles share do not tell which one is meant.
_SHARED_FIELDS = {"CITY", "POINTS"}
_TARGETS = 5


class TargetFile:
    """Collects profiles from all over a world while it is made.

    Args:
        plan: The world that is made.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        last = (plan.profiles - 1) // COMPLETE_EVERY
        self._wanted = {last * index // (_TARGETS - 1) * COMPLETE_EVERY for index in range(_TARGETS)}
        self._seen = 0
        self._found: list[dict[str, Any]] = []

    def see(self, profiles: Sequence[Profile], relations: Sequence[Relation]) -> None:
        """Looks at the next batch of the world."""
        each = self._plan.relations
        for index, profile in enumerate(profiles):
            if self._seen + index in self._wanted:
                self._found.append(_entry(profile, relations[index * each : (index + 1) * each]))
        self._seen += len(profiles)

    def text(self) -> str:
        """Gives the text of the file."""
        content = {
            "base_url": f"http://127.0.0.1:{_PORT}{load_contract().base_path}",
            "token_env": _TOKEN_VARIABLE,
            "profiles": self._found,
        }
        return _HEAD.format(**vars(self._plan)) + tomlkit.dumps(content)


def _entry(profile: Profile, relations: Iterable[Relation]) -> dict[str, Any]:
    totals = Counter(relation.rel_id for relation in relations)
    (rel_id, total), *others = [*totals.most_common(), (1, 0), (2, 0)]
    return {
        "profile_id": profile.profile_id,
        "rel_id": rel_id,
        "other_rel_id": others[0][0],
        "expected_total": total,
        "email": profile.email,
        "phone": profile.phones[0],
        "subscriptions": [
            {"resource_id": item.resource_id, "email" if item.channel is Channel.EMAIL else "phone": item.address}
            for item in profile.subscriptions
        ],
        "custom_fields": [_field(name, value) for name, value in profile.fields.items() if name not in _SHARED_FIELDS],
        "selectors": [{"matching": "phone", "phone": number} for number in profile.phones[1:]],
    }


def _field(name: str, value: FieldValue) -> dict[str, Any]:
    return {"name": name, "tags": list(value)} if isinstance(value, tuple) else {"name": name, "value": value}
