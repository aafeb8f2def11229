"""The parts of a run, made in one place from its settings."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from profile_relations_conformance.checks.context import CheckContext
from profile_relations_conformance.checks.effort import EFFORTS
from profile_relations_conformance.contract.document import load_contract
from profile_relations_conformance.errors import UsageError
from profile_relations_conformance.report.public_text import public_text
from profile_relations_conformance.report.record import RunRecord
from profile_relations_conformance.run.reference_server import reference_target
from profile_relations_conformance.target.file import load_target
from profile_relations_conformance.target.redaction import Redactor
from profile_relations_conformance.transport.client import Client
from profile_relations_conformance.transport.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    import httpx

    from profile_relations_conformance.contract.document import Contract
    from profile_relations_conformance.contract.ledger import Ledger
    from profile_relations_conformance.judging.verdict import Run, Verdict
    from profile_relations_conformance.run.settings import RunSettings
    from profile_relations_conformance.target.model import Target
    from profile_relations_conformance.transport.connection import ConnectionOptions


@dataclass(frozen=True)
class RunParts:
    """What a run works with.

    Attributes:
        settings: The settings that the parts were made from.
        contract: The contract.
        target: The server under test, and what is known of it.
        client: What sends the requests and records them.
        context: What the checks ask and judge with.
        redactor: What keeps secrets out of all that is written.
    """

    settings: RunSettings
    contract: Contract
    target: Target
    client: Client
    context: CheckContext
    redactor: Redactor

    def record(self, run: Run, ledger: Ledger, verdict: Verdict, started: datetime) -> RunRecord:
        """Gives what a report is made from."""
        asked = self.context.asked_cells
        return RunRecord(
            run=run,
            verdict=verdict,
            ledger=ledger,
            contract=self.contract,
            target=self.target,
            url=self.client.url,
            redactor=self.redactor,
            settings=self.settings.as_recorded(self.client.url),
            cells=[(cell, asked.get(cell.place)) for cell in self.context.cells],
            started=started,
        )


def make_parts(
    settings: RunSettings, contract: Contract, target: Target, transport: httpx.BaseTransport | None = None
) -> RunParts:
    """Makes the parts of a run against a target.

    Args:
        settings: The settings.
        contract: The contract.
        target: The target.
        transport: Carries the requests; connections of the client's own where it is None.

    Raises:
        UsageError: If the server can't be reached in the way that the settings say.
    """
    pace = Pace(rate=settings.rate, max_requests=settings.max_requests, time_budget=settings.time_budget)
    url, connection = target.base_url + contract.path, settings.connection
    _check_headers(connection, target)
    client = Client(url, timeout=settings.timeout, pace=pace, transport=transport, connection=connection)
    context = CheckContext(
        contract=contract, target=target, client=client, effort=EFFORTS[settings.effort], seed=settings.seed
    )
    public = f"{public_text()}\n{url}\n{target.token_env}\n{settings.as_recorded(url)}"
    secrets = connection.secrets(url)
    redactor = Redactor.of(contract, target, show_data=settings.show_data, secrets=secrets, public=public)
    return RunParts(settings, contract, target, client, context, redactor)


def _check_headers(connection: ConnectionOptions, target: Target) -> None:
    if target.takes_header and any(name.lower() == "authorization" for name, _ in connection.headers):
        raise UsageError("--header Authorization can't be had: the token goes there", "Look at token_in")


@contextmanager
def run_parts(
    settings: RunSettings,
    *,
    server_options: Sequence[str] = (),
    token_in: str = "body",  # noqa: S107 - a place, no token
) -> Iterator[RunParts]:
    """Makes the parts of a run, starts the reference server where no target is named, and closes all in the end.

    Args:
        settings: The settings.
        server_options: Options of the reference server.
        token_in: Where the reference server takes the token.

    Raises:
        SuiteError: If the contract or the target file can't be used, or the reference server does not start.
    """
    contract = load_contract(settings.contract)
    with _target(settings, server_options) as target:
        placed = target if settings.target is not None else replace(target, token_in=token_in)
        parts = make_parts(settings, contract, placed)
        try:
            yield parts
        finally:
            parts.client.close()


@contextmanager
def _target(settings: RunSettings, server_options: Sequence[str]) -> Iterator[Target]:
    if settings.target is not None:
        yield load_target(settings.target, base_url=settings.base_url, token_env=settings.token_env)
        return
    if settings.base_url is not None:
        raise UsageError("--base-url needs --target", "A server can be judged only with a description of its profiles")
    contract = [] if settings.contract is None else ["--contract", str(settings.contract)]
    with reference_target([*contract, *server_options]) as target:
        yield target
