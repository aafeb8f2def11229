"""Holds a reply against what was expected of it; every check judges through these few functions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from profile_relations_conformance.judging.relations_diff import discrepancy
from profile_relations_conformance.target.known_data import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from profile_relations_conformance.contract.document import Json
    from profile_relations_conformance.target.model import KnownProfile
    from profile_relations_conformance.transport.reply import Reply


class Answers:
    """The relations that each known profile has, as the server itself lists them.

    Args:
        members: The documented members of an entry; others may differ from call to call (freedom EXTRA-MEMBERS).
    """

    def __init__(self, members: Iterable[str]) -> None:
        self._members = tuple(members)
        self._baselines: dict[KnownProfile, Counter[str]] = {}
        self._doubted: set[KnownProfile] = set()

    def relations(self, reply: Reply) -> Counter[str]:
        """Gives the relations of a reply as a multiset, since their order is free."""
        return Counter(canonical(self._documented(entry)) for entry in reply.entries or ())

    def _documented(self, entry: Json) -> Json:
        if not isinstance(entry, dict):
            return entry
        return {name: entry[name] for name in self._members if name in entry}

    def set_baseline(self, profile: KnownProfile, reply: Reply) -> None:
        """Takes a reply as the profile's relations of its own `rel_id`."""
        self._baselines[profile] = self.relations(reply)

    def baseline(self, profile: KnownProfile) -> Counter[str] | None:
        """Gives the profile's relations, or None where no request showed them."""
        return self._baselines.get(profile)

    def doubt(self, profile: KnownProfile) -> None:
        """Takes it down that the profile's own identifier finds no relation of it."""
        self._doubted.add(profile)

    def doubt_of(self, profiles: Iterable[KnownProfile]) -> str:
        """Says that the target file may be wrong, where one of the profiles is not found by its own identifier."""
        found = next((profile.key for profile in profiles if profile in self._doubted), None)
        if found is None:
            return ""
        return f" (its profile_id finds none: are profile_id and rel_id of {found} right in the target file?)"

    def difference(self, reply: Reply, profiles: Iterable[KnownProfile]) -> str:
        """Says what a reply's relations of one of the profiles, and of nobody else, differ in from those known."""
        for profile in profiles:
            baseline = self._baselines.get(profile)
            if baseline and reply.owners == {profile.profile_id.lower()}:
                return discrepancy(self.relations(reply), baseline)
        return ""

    def shows(self, reply: Reply, profile: KnownProfile) -> bool:
        """Says whether a success lists this profile's relations, all of them and nothing else."""
        baseline = self._baselines.get(profile)
        if baseline is None:
            return reply.owners <= {profile.profile_id.lower()}
        return self.relations(reply) == baseline

    def shows_owner(self, reply: Reply, profile: KnownProfile) -> bool:
        """Says whether a success lists relations of this profile alone, of whatever type, or none."""
        return reply.owners <= {profile.profile_id.lower()}
