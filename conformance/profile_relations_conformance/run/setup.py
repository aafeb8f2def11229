"""One run from the command line: target, preflight, checks, reports and exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profile_relations_conformance.checks.context import CheckContext
from profile_relations_conformance.checks.effort import EFFORTS
from profile_relations_conformance.errors import UsageError
from profile_relations_conformance.run.reference_server import reference_target
from profile_relations_conformance.target.file import load_target
from profile_relations_conformance.target.redaction import Redactor
from profile_relations_conformance.transport.client import Client
from profile_relations_conformance.transport.pace import Pace

if TYPE_CHECKING:
    import argparse
    from contextlib import ExitStack

    from profile_relations_conformance.contract.document import Contract
    from profile_relations_conformance.target.model import Target


def choose_target(options: argparse.Namespace, stack: ExitStack) -> Target:
    """Gives the target that the options name, or starts the reference server and gives that.

    Raises:
        SuiteError: If the target file can't be used, or the reference server does not start.
    """
    if options.target is not None:
        return load_target(options.target, base_url=options.base_url, token_env=options.token_env)
    if options.base_url is not None:
        raise UsageError("--base-url needs --target", "Without what is known of its profiles, a server can't be judged")
    contract = [] if options.contract is None else ["--contract", str(options.contract)]
    return stack.enter_context(reference_target(contract))


def make_ask(contract: Contract, target: Target, options: argparse.Namespace, stack: ExitStack) -> CheckContext:
    """Puts together what the checks ask with."""
    pace = Pace(rate=options.rate, max_requests=options.max_requests, time_budget=options.time_budget)
    exchanger = Client(target.base_url + contract.path, target.token, timeout=options.timeout, pace=pace)
    stack.callback(exchanger.close)
    return CheckContext(
        contract=contract,
        target=target,
        exchanger=exchanger,
        redactor=Redactor.of(contract, target, show_data=options.show_data),
        effort=EFFORTS[options.profile],
        seed=options.seed,
    )
