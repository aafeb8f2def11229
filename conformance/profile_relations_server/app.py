"""The service over HTTP: a Starlette application with the endpoint at the contract's path, and /healthz."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from profile_relations_server.contract import load_contract
from profile_relations_server.faults import service_of
from profile_relations_server.loading import store_in_memory
from profile_relations_server.messages import NOT_FOUND, TOO_LARGE, Call, Refusal, Reply
from profile_relations_server.variants import Variants
from profile_relations_server.world import World

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from profile_relations_server.contract import Contract
    from profile_relations_server.service import Service
    from profile_relations_server.store import Store

BODY_LIMIT = 1024 * 1024


class Endpoint:
    """The ASGI application of the endpoint: reads a body within the limit and sends the service's reply.

    Args:
        service: Answers the calls.
    """

    def __init__(self, service: Service) -> None:
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request."""
        raw = await _read_body(receive)
        method, query = scope["method"], scope["query_string"].decode("latin-1")
        if raw is None:
            limit = f"the body is larger than {BODY_LIMIT} bytes"
            reply = self.service.refuse(Refusal(TOO_LARGE, limit, transport=True))
        else:
            reply = await self.service.answer(Call(raw, _header(scope, b"content-type"), method, query))
        await _send(reply, send)


async def _read_body(receive: Receive) -> bytes | None:
    """Reads a request's body; gives None where it is larger than the limit; uvicorn discards the rest."""
    chunks: list[bytes] = []
    size = 0
    more = True
    while more and size <= BODY_LIMIT:
        message = await receive()
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        more = message.get("more_body", False)
    return b"".join(chunks) if size <= BODY_LIMIT else None


def _header(scope: Scope, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


async def _send(reply: Reply, send: Send) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
    headers.append((b"content-length", str(len(reply.content)).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.content})


async def _healthy(_: Request) -> Response:
    return Response("ok", media_type="text/plain")


def create_app(
    world: World | Store,
    *,
    variants: Variants | None = None,
    fault: str | None = None,
    contract: Contract | None = None,
) -> Starlette:
    """Makes the application that serves a world.

    Args:
        world: What to serve; a store, where it is one already.
        variants: What to do where the page leaves it open; every choice at its default where it is None.
        fault: Name of a fault to commit; None for a correct server.
        contract: Which requests to accept; the bundled contract where it is None.

    Raises:
        OptionError: If there is no such fault.
        ContractError: If the bundled contract can't be read.
    """
    chosen = variants or Variants()
    law = contract or load_contract()
    store = store_in_memory(world, chosen.form) if isinstance(world, World) else world
    service = service_of(fault)(law, store, store.tokens(), chosen)

    async def no_such_path(_: Request, __: Exception) -> Response:
        reply = service.refuse(Refusal(NOT_FOUND, f"the endpoint is {law.path}", transport=True))
        return Response(reply.content, reply.status, dict(reply.headers))

    # Without a list of methods Starlette passes all of them to an endpoint that is an ASGI application.
    routes = [Route("/healthz", _healthy), Route(law.path, Endpoint(service))]
    app = Starlette(routes=routes, exception_handlers={404: no_such_path})
    app.router.redirect_slashes = False
    return app
