"""Why a target can't be judged, each cause in a sentence of its own, with the thing to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profile_relations_conformance.errors import CannotJudgeError, TokenRefusedError
from profile_relations_conformance.judging.assertions import describe
from profile_relations_conformance.transport.connection import without_credentials
from profile_relations_conformance.transport.reply import ABSENT, ENVELOPE, SERVER_ERRORS
from profile_relations_conformance.transport.trouble import Trouble

if TYPE_CHECKING:
    from profile_relations_conformance.run.setup import RunParts
    from profile_relations_conformance.transport.exchange import Exchange
    from profile_relations_conformance.transport.reply import Reply

PROXY_WANTS_CREDENTIALS = 407
NOT_LET_IN = (401, 403)
NOT_THERE = (404, 405)
_ABOUT_PROXY = (
    "Look at --proxy, HTTPS_PROXY and HTTP_PROXY, which may have credentials, or leave proxies out with --no-env"
)
_HINTS: dict[Trouble | None, str] = {
    Trouble.CERTIFICATE: "Name its certificate authority with --ca-file, or accept any certificate with --insecure",
    Trouble.TLS: "Check that base_url should begin with https, and whether the server needs a --client-cert",
    Trouble.NO_HOST: "Check the host in base_url",
}
_OF_ENVELOPE = {*ENVELOPE, "data"}


def is_html(reply: Reply) -> bool:
    """Says whether a reply is a page for a browser."""
    return "html" in reply.headers.get("content-type", "") or reply.text.lstrip()[:1] == "<"


def is_other_json(reply: Reply) -> bool:
    """Says whether a reply is JSON that has nothing of the envelope, not even inside an array."""
    found = reply.json if isinstance(reply.json, list) else [reply.json]
    has_some = any(isinstance(item, dict) and not _OF_ENVELOPE.isdisjoint(item) for item in found)
    return reply.json is not ABSENT and not has_some


def no_connection(parts: RunParts, exchange: Exchange) -> CannotJudgeError:
    """Says why the server is out of reach: no connection came about, or no reply."""
    url, trouble = parts.client.url, parts.redactor.text(exchange.trouble)
    proxy = parts.settings.connection.proxy_for(url)
    if proxy is not None and exchange.unreachable is Trouble.PROXY:
        return CannotJudgeError(f"{url} can't be reached: {trouble}: {without_credentials(proxy)}", _ABOUT_PROXY)
    if proxy is not None and exchange.unreachable in {Trouble.REFUSED, Trouble.NO_HOST}:
        return CannotJudgeError(f"the proxy {without_credentials(proxy)} can't be reached: {trouble}", _ABOUT_PROXY)
    hint = _HINTS.get(exchange.unreachable, "Check base_url, and that the server runs")
    return CannotJudgeError(f"{url} can't be reached: {trouble}", hint)


def no_success(parts: RunParts, exchange: Exchange) -> CannotJudgeError:
    """Says why a server that treats the token like a made-up one can't be judged.

    Args:
        parts: What the run works with.
        exchange: A request that must succeed, and the reply.
    """
    reply, told = exchange.reply, parts.redactor.text(describe(exchange))
    if reply is None:
        return no_connection(parts, exchange)
    message, hint = _on_the_way(parts, reply, told) or _at_the_end(parts, reply, told)
    about_the_token = reply.has_envelope or reply.status in NOT_LET_IN
    return (TokenRefusedError if about_the_token else CannotJudgeError)(message, hint)


def _on_the_way(parts: RunParts, reply: Reply, told: str) -> tuple[str, str] | None:
    """Says what kept the request from the endpoint, where the status tells that."""
    url = parts.client.url
    if reply.location is not None:
        return f"{url} answers with {told}", "Use the address that it leads to as base_url"
    if reply.status == PROXY_WANTS_CREDENTIALS:
        return f"a proxy on the way to {url} asks for credentials (HTTP 407)", _ABOUT_PROXY
    if reply.status in NOT_THERE:
        hint = f"Is the base URL right? Requests go to {url}; base_url usually ends in /api/v1.1"
        return f"the server answered {reply.status} to a valid request", hint
    if reply.status in NOT_LET_IN and not reply.has_envelope:
        own = f"if not, check {parts.target.token_env}, token_in and base_url"
        return (
            f"{url} denies access: {told}",
            f"If a gateway says so, give its credential with --header NAME=ENV; {own}",
        )
    return None


def _at_the_end(parts: RunParts, reply: Reply, told: str) -> tuple[str, str]:
    """Says what it is that answers."""
    url = parts.client.url
    if reply.has_envelope:
        hint = f"Check that {parts.target.token_env} holds a valid token, and that token_in and base_url are right"
        return f"{url} treats the token like a made-up one: {told}", hint
    if reply.status in SERVER_ERRORS:
        return f"the server fails at every valid request: {told}", "See the log of the server, and check base_url"
    what = told
    if is_html(reply):
        what = f"it answers with an HTML page (HTTP {reply.status})"
    elif is_other_json(reply):
        what = f"it answers with JSON of another API: {told}"
    return f"{url} is not the endpoint: {what}", "Check base_url; it usually ends in /api/v1.1"
