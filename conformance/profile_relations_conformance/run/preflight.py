"""Tells a target that can't be judged from a faulty one, with a few requests before anything else.

A target can't be judged where every request that must succeed gets the same refusal as the same request with a made-up
token: then the token or the path is wrong, or the server is another one. Whatever else is wrong is the server's fault.
Pages for a browser and JSON of another API are the same refusal, whatever they say.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from profile_relations_conformance.errors import CannotJudgeError
from profile_relations_conformance.run.complaints import is_html, is_other_json, no_connection, no_success
from profile_relations_conformance.target.known_data import MADE_UP_TOKEN
from profile_relations_conformance.transport.pace import BudgetSpentError

if TYPE_CHECKING:
    from profile_relations_conformance.checks.context import CheckContext
    from profile_relations_conformance.run.setup import RunParts
    from profile_relations_conformance.transport.exchange import Exchange

MOST_TWINS = 6
"""Different refusals that are compared with that of a made-up token; a server with more of them is faulty."""

MOST_SILENT = 3
"""Requests that may get no reply before the server counts as out of reach."""

_CHANGING = re.compile(r"[0-9a-fA-F-]{6,}|\d+")


def check_target(parts: RunParts) -> None:
    """Asks until one request succeeds; where none does, compares the refusals with those of a made-up token.

    Raises:
        CannotJudgeError: If the server can't be reached, refuses the right requests as it refuses a made-up token, or
            may not be asked often enough to find out.
    """
    try:
        _ask_until_one_succeeds(parts)
    except BudgetSpentError as spent:
        raise CannotJudgeError(f"{spent} before anything could be judged", "Allow more requests or time") from None


def _ask_until_one_succeeds(parts: RunParts) -> None:
    ask = parts.context
    silent = 0
    refused: dict[tuple[object, ...], tuple[Exchange, Exchange]] = {}
    for selector in ask.known.selectors:
        body = ask.body(selector.profile, selector.fields)
        exchange = ask.post(body, f"{selector.row.title}, by {selector.key}")
        silent += exchange.reply is None
        if exchange.unreachable or silent >= min(MOST_SILENT, len(ask.known.selectors)):
            raise no_connection(parts, exchange)
        if exchange.reply is not None and exchange.reply.is_success:
            return
        signature = _signature(ask, exchange)
        if signature in refused:
            continue
        if len(refused) >= MOST_TWINS:
            return
        twin = ask.send(ask.request(body | {"token": MADE_UP_TOKEN}, "a made-up token", wrong_token=True))
        if _signature(ask, twin) != signature:
            return
        refused[signature] = exchange, twin
    first, _ = next(iter(refused.values()))
    raise no_success(parts, first)


def _signature(ask: CheckContext, exchange: Exchange) -> tuple[object, ...]:
    """Tells refusals apart; numbers and identifiers in their texts, such as those of a request, do not count."""
    reply = exchange.reply
    if reply is None:
        return (exchange.trouble,)
    if reply.has_envelope:
        return reply.status, reply.error, _steady(ask, str(reply.member("error_text")))
    if is_html(reply) or is_other_json(reply):
        return (reply.status,)
    return reply.status, _steady(ask, reply.text)


def _steady(ask: CheckContext, text: str) -> str:
    return _CHANGING.sub("#", text.replace(MADE_UP_TOKEN, "#").replace(ask.token, "#"))
