"""A Starlette handler that returns constant bytes on the reference server's stack: the limit of that stack."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import uvicorn
from profile_relations_server.http.serve import bind, url_of
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

# As large as the reply that the others give.
_REPLY = json.dumps({"error": 0, "error_text": "Successful operation", "data": ["x" * 170], "total_count": 1}).encode()


async def _reply(_: Request) -> Response:
    return Response(_REPLY, media_type="application/json")


def main() -> None:
    """Serves on a free port, which it announces as the reference server does."""
    app = Starlette(routes=[Route("/api/v1.1/relations/get", _reply, methods=["POST"])])
    config = uvicorn.Config(app, lifespan="off", ws="none", log_config=None, access_log=False, server_header=False)
    with bind("127.0.0.1", 0) as listener:
        sys.stdout.write(f"Serving on {url_of(listener, '/api/v1.1')}\n")
        sys.stdout.flush()
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
