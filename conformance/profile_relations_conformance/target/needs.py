"""Runs the checks against a target and gathers what they found."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from profile_relations_conformance.contract.ledger import Requirement
    from profile_relations_conformance.target.model import KnownProfile, Target


def missing_keys(target: Target, requirement: Requirement) -> list[str]:
    """Gives the keys of the target file that a requirement needs and the file does not have."""
    return [need for need in requirement.needs if not _PRESENT[need](target.profiles)]


def _has(test: Callable[[KnownProfile], object]) -> Callable[[Iterable[KnownProfile]], bool]:
    return lambda profiles: any(test(profile) for profile in profiles)


_PRESENT: Mapping[str, Callable[[Sequence[KnownProfile]], bool]] = {
    "profiles[1]": lambda profiles: len(profiles) > 1,
    "profiles.expected_total": _has(lambda item: item.expected_total is not None),
    "profiles.other_rel_id": _has(lambda item: item.other_rel_id is not None),
    "profiles.email": _has(lambda item: item.email),
    "profiles.phone": _has(lambda item: item.phone),
    "profiles.subscriptions": _has(lambda item: item.subscriptions),
    "profiles.subscriptions.email": _has(lambda item: any(found.email for found in item.subscriptions)),
    "profiles.subscriptions.phone": _has(lambda item: any(found.phone for found in item.subscriptions)),
    "profiles.custom_fields.tags": _has(lambda item: any(found.tags for found in item.custom_fields)),
    "profiles.custom_fields.value as text": _has(
        lambda item: any(isinstance(found.value, str) for found in item.custom_fields)
    ),
    "profiles.custom_fields.value as an integer": _has(
        lambda item: any(isinstance(found.value, int) for found in item.custom_fields)
    ),
    "profiles.selectors": _has(lambda item: item.selectors),
}
