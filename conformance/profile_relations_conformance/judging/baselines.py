"""The relations that each known profile has, as the server itself lists them; every comparison starts from these."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from profile_relations_conformance.judging.moving_data import Cause, Relations, cause_of, outline
from profile_relations_conformance.judging.relations_diff import discrepancy
from profile_relations_conformance.target.known_data import Origin, canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from profile_relations_conformance.contract.document import Json
    from profile_relations_conformance.target.known_data import Selector
    from profile_relations_conformance.target.model import KnownProfile
    from profile_relations_conformance.transport.reply import Reply


class Baselines:
    """What the server says of each known profile when it is asked before all checks.

    Args:
        members: The documented members of an entry; others may differ from call to call (freedom EXTRA-MEMBERS).

    Attributes:
        moved: The profiles whose data changed while the server was asked.
    """

    def __init__(self, members: Iterable[str]) -> None:
        self._members = tuple(members)
        self._history: dict[KnownProfile, list[Relations]] = {}
        self._doubted: set[KnownProfile] = set()
        self._without_props: set[KnownProfile] = set()
        self._unsteady: set[KnownProfile] = set()
        self.moved: set[KnownProfile] = set()

    def learn(self, profile: KnownProfile, answers: Sequence[tuple[Selector, Reply | None]]) -> None:
        """Takes what most of a profile's selectors show for its relations.

        A server that errs in one mode is then blamed for that mode. The earliest answer wins a tie. Where the profile's
        own identifier finds nothing, the target file may be wrong, which `doubt_of` tells.

        Args:
            profile: The profile.
            answers: Its selectors, identifiers first, each with the reply that it got.
        """
        by_identifier = [reply for selector, reply in answers if selector.origin is Origin.IDENTIFIER]
        found = any(reply and reply.entries and self.shows_owner(reply, profile) for reply in by_identifier)
        if not found and profile.expected_total != 0:
            self._doubted.add(profile)
        listing = [reply for _, reply in answers if reply and reply.is_success and reply.entries is not None]
        votes = Counter(frozenset(relations.items()) for relations in map(self.relations, listing))
        if votes:
            most_shown, _ = votes.most_common(1)[0]
            self._history[profile] = [Counter(dict(most_shown))]

    def relations(self, reply: Reply) -> Relations:
        """Gives the relations of a reply as a multiset, since their order is free."""
        return Counter(canonical(self._documented(entry)) for entry in reply.entries or ())

    def _documented(self, entry: Json) -> Json:
        if not isinstance(entry, dict):
            return entry
        return {name: entry[name] for name in self._members if name in entry}

    def set(self, profile: KnownProfile, reply: Reply) -> None:
        """Takes a reply as the profile's relations of its own `rel_id`."""
        self._history[profile] = [self.relations(reply)]

    def of(self, profile: KnownProfile) -> Relations | None:
        """Gives the profile's relations, or None where no request showed them."""
        return self._history[profile][-1] if profile in self._history else None

    def doubt_of(self, profiles: Iterable[KnownProfile]) -> str:
        """Says that the target file may be wrong, where one of the profiles is not found by its own identifier."""
        found = next((profile.key for profile in profiles if profile in self._doubted), None)
        if found is None:
            return ""
        return f" (its profile_id finds none: are profile_id and rel_id of {found} right in the target file?)"

    def difference(self, reply: Reply, profiles: Iterable[KnownProfile]) -> str:
        """Says what a reply's relations of one of the profiles, and of nobody else, differ in from those known."""
        for profile in profiles:
            known = self.of(profile)
            if known and reply.owners == {profile.profile_id.lower()}:
                return discrepancy(self.relations(reply), known)
        return ""

    def shows(self, reply: Reply, profile: KnownProfile) -> bool:
        """Says whether a success lists this profile's relations, all of them and nothing else."""
        if profile not in self._history or profile in self._unsteady:
            return self.shows_owner(reply, profile)
        shown = self._seen(profile, self.relations(reply))
        return any(shown == self._seen(profile, known) for known in self._history[profile])

    def _seen(self, profile: KnownProfile, relations: Relations) -> Relations:
        """Gives what of a profile's relations is compared: without properties, where those change all the time."""
        return outline(relations) if profile in self._without_props else relations

    def may_have_moved(self, reply: Reply | None, profile: KnownProfile) -> bool:
        """Says whether a reply shows relations of this profile alone, or none, and others than those known."""
        return profile in self._history and reply is not None and reply.is_success and self.shows_owner(reply, profile)

    def settle(self, profile: KnownProfile, reply: Reply, now: Reply) -> bool:
        """Says whether data that moved explains a reply with other relations than those known, and learns from it.

        Args:
            profile: The profile that was asked for.
            reply: The reply that differs.
            now: What the profile's identifier gave after that.
        """
        shown, after = self.relations(reply), self.relations(now)
        for narrowed in (self._without_props, self._unsteady):
            seen = [self._seen(profile, relations) for relations in (self._history[profile][-1], shown, after)]
            cause = cause_of(*seen)
            if cause is Cause.WRONG:
                return False
            self.moved.add(profile)
            self._history[profile].append(after)
            if cause is Cause.MOVED:
                return True
            narrowed.add(profile)
            if self._seen(profile, shown) == self._seen(profile, after):
                return True
        return True

    def note_move(self, profile: KnownProfile, before: Relations, after: Relations) -> None:
        """Takes down that a profile's relations changed from some to others."""
        self._history[profile] = [before, after]
        self.moved.add(profile)

    def notes(self) -> Iterator[str]:
        """Yields a line for each profile whose data moved, on how it was compared."""
        for profile in sorted(self.moved, key=lambda item: item.index):
            if profile in self._unsteady:
                how = "its replies were compared by whose relations they show alone"
            elif profile in self._without_props:
                how = "its relations were compared without their properties"
            else:
                how = "its replies were compared with all that it had shown"
            yield f"the data of {profile.key} changed during the run: {how}"

    def shows_now(self, reply: Reply | None, profile: KnownProfile) -> bool:
        """Says whether there is a reply that lists this profile's relations as they are known."""
        return reply is not None and reply.is_success and self.shows(reply, profile)

    def shows_owner(self, reply: Reply, profile: KnownProfile) -> bool:
        """Says whether a success lists relations of this profile alone, of whatever type, or none."""
        return reply.owners <= {profile.profile_id.lower()}
