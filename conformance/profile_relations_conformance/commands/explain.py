"""`explain`: tells all about one requirement, with a request that shows it."""

from __future__ import annotations

import json
import sys
import textwrap
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.commands.called_as import server_called_as
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

EXAMPLES = """\
  relations-conformance explain TOKEN-EMPTY
  relations-conformance explain total-count-expected
"""
MOST_LINES = 24
"""Lines of a reply that are shown."""
MOST_ENTRIES = 2
"""Relations of a reply that are shown."""
LONGEST_TEXT = 120
DEEPEST = 8
"""Levels of a value that are shown."""
SILENT = "–"  # noqa: RUF001 - how the ledger writes that the API documentation says nothing


def add(commands: Commands[Parser]) -> None:
    """Describes the command."""
    parser = add_command(
        commands,
        "explain",
        _explain,
        help="explain a requirement, with examples",
        description="Tells what a requirement says, why it matters and where the API documentation says it. Then "
        "asks the reference server, as it should be and with a fault, and shows a good and a bad reply to the same "
        "request.",
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
    silent = "The API documentation is silent; this is good practice."
    yield from _wrapped(silent if requirement.page == SILENT else f"API documentation: {requirement.page}")
    if requirement.pointer:
        yield from _wrapped(f"In the contract: {requirement.pointer}")
    yield from ("", "Probable cause of a failure")
    yield from _wrapped(ledger.causes[requirement.cause])
    if requirement.needs:
        yield from ("", "Keys of the target file that it needs")
        yield from _wrapped(", ".join(requirement.needs))


def _example(found: Demonstration) -> Iterator[str]:
    request = found.case.exchange.request
    yield from ("", "Example")
    yield from _wrapped(f"Asked: {found.case.mutation}")
    yield f"  {request.method}{'' if found.request else ' (no body)'}"
    yield from _body(found.request, request.body, found.hide)
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
    yield from _body(exchange.reply.text, exchange.reply.json, hide)
    yield from _left_out(exchange.reply.json)


def _body(text: str, value: Any, hide: Callable[[str], str]) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """Gives a body in lines: as JSON that can be copied where it is any, else as it is."""
    if isinstance(value, dict | list):
        written = hide(json.dumps(_shortened(value), indent=2, ensure_ascii=False)).split("\n")
        if not all(map(str.isprintable, written)):
            written = hide(json.dumps(_shortened(value), indent=2)).split("\n")
        yield from (f"    {line}" for line in written)
        return
    lines = [line for item in hide(text).splitlines() for line in textwrap.wrap(item, terminal_width() - 4) or [""]]
    yield from (f"    {line}" for line in lines[:MOST_LINES])
    if len(lines) > MOST_LINES:
        yield f"    … and {len(lines) - MOST_LINES} lines more"


def _shortened(value: Any, depth: int = 0) -> Any:  # noqa: ANN401 - any JSON value
    """Gives a value with the first of its relations, and with long texts and deep nesting cut."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else f"{value[:LONGEST_TEXT]}…"
    if depth >= DEEPEST and isinstance(value, dict | list):
        return "…"
    if isinstance(value, list):
        return [_shortened(item, depth + 1) for item in value[:MOST_ENTRIES]]
    if isinstance(value, dict):
        few = list(value.items())[:MOST_LINES]
        return {_shortened(name): _shortened(item, depth + 1) for name, item in few}
    return value


def _left_out(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """Says how much of the lists of a reply is not shown."""
    for name, item in value.items() if isinstance(value, dict) else ():
        if isinstance(item, list) and len(item) > MOST_ENTRIES:
            yield f"    (the first {MOST_ENTRIES} of {len(item)} in {name})"


def _faults(faults: list[Fault]) -> Iterator[str]:
    yield from ("", f"Faults of the reference server that break it: {server_called_as()} --fault NAME")
    width = max(len(fault.name) for fault in faults)
    for fault in faults:
        yield f"  {fault.name:<{width}}  {fault.says}"


def _wrapped(text: str) -> Iterator[str]:
    yield from textwrap.wrap(
        text, terminal_width(), initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
    )
