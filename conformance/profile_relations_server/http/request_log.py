"""Writes one line of JSON for each request, with nothing in it that the request held but its path, method and mode.

A path, a query, a header or a body may hold a token or an address, so only a path that the server knows is told.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from starlette.types import Scope, Send

    from profile_relations_server.service.messages import Call, Reply


class RequestLog:
    """The log, on standard error."""

    def call(self, call: Call, path: str, reply: Reply, seconds: float) -> None:
        """Tells of a call of the endpoint.

        Args:
            call: The call, answered.
            path: The endpoint's.
            reply: Its reply.
            seconds: From the call's headers to the end of its reply.
        """
        sizes = {"received": len(call.raw), "sent": len(reply.content)}
        self._write(call.method, path, reply.status, seconds, mode=call.trace.mode, code=call.trace.code, **sizes)

    def page(self, scope: Scope, send: Send) -> Send:
        """Makes a `send` that tells of the request to a page once its reply begins.

        Args:
            scope: The request, in which the framework notes the page when it has found it.
            send: Sends its reply.
        """
        started = perf_counter()

        async def send_and_tell(message: MutableMapping[str, Any]) -> None:
            await send(message)
            if message["type"] == "http.response.start":
                path = scope["path"] if "endpoint" in scope else None
                self._write(scope["method"], path, message["status"], perf_counter() - started)

        return send_and_tell

    def _write(self, method: str, path: str | None, status: int, seconds: float, **more: str | int | None) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = {"time": now, "pid": os.getpid(), "method": method, "path": path, "status": status}
        line |= {"milliseconds": round(seconds * 1000, 3), **more}
        # A log that nobody reads any more is no reason to stop serving.
        with suppress(OSError):
            sys.stderr.write(json.dumps(line) + "\n")
            sys.stderr.flush()
