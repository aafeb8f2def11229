"""`explain`: tells all about one requirement, with a request that shows it."""

from __future__ import annotations

import json
import sys
import textwrap
from typing import TYPE_CHECKING

from profile_relations_conformance.commands.options import (
    Commands,
    Parser,
    add_command,
    complete_by,
    complete_ids,
    find_requirement,
)
from profile_relations_conformance.report.screen import terminal_width

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from profile_relations_conformance.contract.ledger import Ledger, Requirement
    from profile_relations_conformance.run.demonstration import Demonstration
    from profile_relations_conformance.run.reference_server import Fault
    from profile_relations_conformance.transport.exchange import Exchange
    from profile_relations_conformance.transport.reply import Reply

EXAMPLES = """\
  relations-conformance explain TOKEN-EMPTY
  relations-conformance explain total-count-expected
"""
MOST_LINES = 24
"""Lines of a reply that are shown."""
MOST_ENTRIES = 2
"""Relations of a reply that are shown."""


def add(commands: Commands[Parser]) -> None:
    """Describes the command."""
    parser = add_command(
        commands,
        "explain",
        _explain,
        help="tell all about a requirement",
        description="Tells what a requirement says, why it matters and where the page says it. Then asks the reference "
        "server, as it should be and with a fault, and shows a good and a bad reply to the same request.",
        examples=EXAMPLES,
    )
    complete_by(parser.add_argument("id", metavar="ID", help="the requirement"), complete_ids)


def _explain(options: argparse.Namespace) -> int:
    from profile_relations_conformance.contract.ledger import load_ledger  # noqa: PLC0415 - `--help` need not load it

    ledger = load_ledger()
    requirement = find_requirement(ledger, options.id)
    _print(_about(requirement, ledger))
    from profile_relations_conformance.run.demonstration import demonstrate, faults_that_break  # noqa: PLC0415 - see above

    faults = faults_that_break(requirement)
    shown = (found for fault in faults if (found := demonstrate(requirement, fault)) is not None)
    demonstration = next(shown, None)
    if demonstration is not None:
        _print(_example(demonstration))
    if faults:
        _print(_faults(faults))
    return 0


def _print(lines: Iterator[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _about(requirement: Requirement, ledger: Ledger) -> Iterator[str]:
    yield f"{requirement.id} ({requirement.level}, area {requirement.area})"
    yield from _wrapped(requirement.statement)
    yield from ("", "Why it matters")
    yield from _wrapped(requirement.why)
    yield from ("", "Where it comes from")
    yield from _wrapped(f"On the page: {requirement.page}")
    for number in requirement.facts:
        yield from _wrapped(f"Fact {number}: {ledger.facts[number]}")
    if requirement.pointer:
        yield from _wrapped(f"In the contract: {requirement.pointer}")
    yield from ("", "Where it fails, probably")
    yield from _wrapped(ledger.causes[requirement.cause])
    if requirement.needs:
        yield from ("", "What the target file must tell")
        yield from _wrapped(", ".join(requirement.needs))


def _example(found: Demonstration) -> Iterator[str]:
    request = found.case.exchange.request
    yield from ("", "Example")
    yield from _wrapped(f"Asked: {found.case.mutation}")
    yield f"  {request.method} {found.request or '(no body)'}"
    yield from ("", "  Good reply, of the reference server")
    yield from _reply(found.right, found.hide)
    yield from ("", f"  Bad reply, with the fault {found.fault.name}")
    yield from _reply(found.case.exchange, found.hide)
    yield from _wrapped(f"Expected: {found.failure.expected}")
    yield from _wrapped(f"Got: {found.hide(found.failure.actual)}")


def _reply(exchange: Exchange, hide: Callable[[str], str]) -> Iterator[str]:
    if exchange.reply is None:
        yield f"    {exchange.trouble}"
        return
    yield f"    HTTP {exchange.reply.status} {exchange.reply.headers.get('content-type', '')}".rstrip()
    lines = [
        line for text in _parts(exchange.reply) for line in textwrap.wrap(hide(text), terminal_width() - 4) or [""]
    ]
    yield from (f"    {line}" for line in lines[:MOST_LINES])
    if len(lines) > MOST_LINES:
        yield f"    … and {len(lines) - MOST_LINES} lines more"


def _parts(reply: Reply) -> Iterator[str]:
    """Gives a reply in lines: an envelope by its members, with the first of its relations, anything else as it is."""
    if not isinstance(reply.json, dict):
        yield from reply.text.splitlines()
        return
    yield "{"
    for name, value in reply.json.items():
        if isinstance(value, list) and value:
            yield f"  {json.dumps(name)}: ["
            yield from (f"    {json.dumps(entry, ensure_ascii=False)}" for entry in value[:MOST_ENTRIES])
            if len(value) > MOST_ENTRIES:
                yield f"    … and {len(value) - MOST_ENTRIES} more"
            yield "  ]"
        else:
            yield f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}"
    yield "}"


def _faults(faults: list[Fault]) -> Iterator[str]:
    yield from ("", "Faults of the reference server that break it: relations-server --fault NAME")
    width = max(len(fault.name) for fault in faults)
    for fault in faults:
        yield f"  {fault.name:<{width}}  {fault.says}"


def _wrapped(text: str) -> Iterator[str]:
    yield from textwrap.wrap(
        text, terminal_width(), initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
    )
