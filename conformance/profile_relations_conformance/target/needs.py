"""What a requirement needs of the target file, and which requirements a target is not asked at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from profile_relations_conformance.contract.ledger import Requirement
    from profile_relations_conformance.target.model import KnownProfile, Target


def missing_keys(target: Target, requirement: Requirement) -> list[str]:
    """Gives the keys of the target file that a requirement needs and the file does not have."""
    return [need for need in requirement.needs if not _PRESENT[need](target)]


def why_exempt(target: Target, requirement: Requirement) -> str:
    """Says why a requirement is not asked of a target, or gives an empty string where it is."""
    missing = [need for need in requirement.applies if not _PRESENT[need](target)]
    return f"does not apply to a target file without {' and '.join(missing)}" if missing else ""


def _has(test: Callable[[KnownProfile], object]) -> Callable[[Target], bool]:
    return lambda target: any(test(profile) for profile in target.profiles)


_PRESENT: Mapping[str, Callable[[Target], bool]] = {
    "token_in = body": lambda target: not target.takes_header,
    "profiles[1]": lambda target: len(target.profiles) > 1,
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
