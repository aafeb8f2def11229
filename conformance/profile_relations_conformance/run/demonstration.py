"""Shows a requirement met and broken: one request to the reference server, as it should be and with a fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from profile_relations_conformance.checks import checks
from profile_relations_conformance.contract.ledger import load_ledger
from profile_relations_conformance.run.reference_server import Fault, list_faults
from profile_relations_conformance.run.runner import Runner
from profile_relations_conformance.run.settings import RunSettings
from profile_relations_conformance.run.setup import RunParts, run_parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from profile_relations_conformance.contract.ledger import Requirement
    from profile_relations_conformance.judging.results import Case, Failure
    from profile_relations_conformance.transport.exchange import Exchange


@dataclass(frozen=True)
class Demonstration:
    """One request, with the reply of the right server and that of a faulty one.

    Attributes:
        fault: What the faulty server does.
        request: The body as reports write it.
        case: The request and the faulty server's reply, judged.
        failure: Why that reply is wrong.
        right: The same request and the right server's reply.
        hide: Keeps the token out of a text.
    """

    fault: Fault
    request: str
    case: Case
    failure: Failure
    right: Exchange
    hide: Callable[[str], str]


def faults_that_break(requirement: Requirement) -> list[Fault]:
    """Gives the reference server's faults that break a requirement; those that are meant to break it come first.

    Raises:
        CannotJudgeError: If the reference server can't be run.
    """
    breaking = [fault for fault in list_faults() if requirement.id in fault.breaks]
    return sorted(breaking, key=lambda fault: fault.breaks[0] != requirement.id)


def demonstrate(requirement: Requirement, fault: Fault) -> Demonstration | None:
    """Asks a server that has the fault until the requirement fails, then the right one the same.

    Returns:
        What they answered; None where the fault did not show.

    Raises:
        SuiteError: If the reference server can't be started or asked.
    """
    settings = RunSettings(show_data=True)  # the bundled world is no secret
    with run_parts(settings, server_options=("--fault", fault.name)) as faulty, run_parts(settings) as right:
        case = _failing_case(faulty, requirement)
        if case is None or case.failure is None:
            return None
        hide = faulty.redactor
        request, _ = hide.template(case.exchange.request.content)
        return Demonstration(fault, request, case, case.failure, right.client.send(case.exchange.request), hide.text)


def _failing_case(parts: RunParts, requirement: Requirement) -> Case | None:
    """Asks what the requirement's check asks; a rule is judged on what all checks ask."""
    is_check = requirement.id in checks()
    asked = {requirement.id: requirement} if is_check else load_ledger().requirements
    run = Runner(parts, asked, stop_when=lambda run: bool(run.results[requirement.id].failed_cases))()
    return next(iter(run.results[requirement.id].failures), None)
