"""Shows of each requirement that it is needed: a fault of the reference server is missed without it.

Where no fault can break a requirement alone, the ledger names what covers it; then both must catch the fault.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from profile_relations_conformance.contract.ledger import load_ledger
from profile_relations_conformance.run.reference_server import list_faults
from profile_relations_conformance.run.self_check import Subject, try_subject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from profile_relations_conformance.contract.ledger import Requirement
    from profile_relations_conformance.run.self_check import Trial

EFFORTS = ("quick", "standard")
"""How the faults are tried; most need no more than a quick run."""
FEW = 3
"""A check can lead others to a fault that they would miss without its requests; it hardly leads more."""


@dataclass(frozen=True)
class Need:
    """Why a requirement is in the ledger.

    Attributes:
        requirement: The requirement.
        fault: The fault that shows it; empty where none was found.
        covers: The requirement that caught the fault too; empty where no other did.
    """

    requirement: str
    fault: str = ""
    covers: str = ""


def try_need(requirement: Requirement, faults: Iterable[Subject], seed: int) -> Need:
    """Looks for a fault that shows why a requirement is in the ledger.

    Args:
        requirement: The requirement.
        faults: The faults that may show it, the best first.
        seed: Seed of the random values.
    """
    for effort, fault in product(EFFORTS, faults):
        caught = try_subject(replace(fault, breaks=(requirement.id,)), seed, effort, whole=bool(requirement.covered_by))
        if not caught.is_right:
            continue
        if requirement.covered_by:
            beside = [name for name in requirement.covered_by if name in caught.failed]
            if beside:
                return Need(requirement.id, fault.name, beside[0])
        elif _is_missed_without(requirement.id, caught, seed, effort):
            return Need(requirement.id, fault.name)
    return Need(requirement.id)


def _is_missed_without(name: str, caught: Trial, seed: int, effort: str) -> bool:
    if len(caught.failed.keys() - {name}) >= FEW:
        return False
    others = try_subject(replace(caught.subject, breaks=(), without=name), seed, effort, whole=False)
    return not (others.failed or others.trouble)


def needs() -> list[tuple[Requirement, list[Subject]]]:
    """Gives every requirement, with the faults that may show that it is needed."""
    faults = sorted(list_faults(), key=lambda fault: len(fault.breaks))
    subjects = [Subject.of(fault) for fault in faults]
    return [
        (item, [it for it in subjects if item.id in (it.breaks if item.covered_by else it.breaks[:1])])
        for item in load_ledger().requirements.values()
    ]
