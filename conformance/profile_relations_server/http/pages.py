"""The pages beside the endpoint: what this server is, the contract to read and to try, its health and its metrics.

Everything comes from this machine: the interactive page's script and style are in `swagger_ui/`.
"""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from profile_relations_server.errors import StoreUnavailableError
from profile_relations_server.service.messages import UNAVAILABLE, Refusal

if TYPE_CHECKING:
    from starlette.requests import Request

    from profile_relations_server.http.metrics import Metrics
    from profile_relations_server.service.pipeline import Service

# An identifier of the right form, since the store is not asked for another one.
_NOBODY = "0" * 24
# What the interactive page loads; `make vendor` fetches it.
_UI = Path(__file__).parent / "swagger_ui"
_UI_FILES = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
# A browser that heeds it asks no other host; the script sets styles of its own, and draws its icons from data.
_ONLY_HERE = {"content-security-policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"}

_START = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Reference server of profile relations</title>
<style>body {{ font: 1em/1.5 sans-serif; max-width: 42em; margin: 2em auto; padding: 0 1em }}</style>
<h1>Reference server of profile relations</h1>
<p>This server answers one endpoint, <code>POST {path}</code>, as its contract says, from a world of test data.</p>
<ul>
<li><a href="/docs">the contract, to read and to try</a></li>
<li>the contract as <a href="/openapi.yaml">YAML</a> and as <a href="/openapi.json">JSON</a></li>
<li><a href="/healthz">whether it lives</a>, <a href="/readyz">whether its store answers</a>,
<a href="/metrics">its metrics</a></li>
</ul>
<h2>What it does not imitate</h2>
<p>It is for testing, and stands for the platform in nothing but this endpoint. There are no quotas and no tariffs, no
accounts and no rights: every valid token sees everything. Nothing can be written. Where the platform's page is silent,
it makes one choice of several; another server may make another and be as right.</p>
</html>
"""

_DOCS = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>The contract of profile relations</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon-32x32.png">
<div id="contract"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
"""

# The contract names the platform's host; what is tried on this page goes to this server.
_DOCS_SCRIPT = """fetch("/openapi.json").then((reply) => reply.json()).then((contract) => {{
  contract.servers = [{{ url: "{base}" }}];
  const toTry = {{ tryItOutEnabled: true, docExpansion: "full" }};
  SwaggerUIBundle({{ spec: contract, dom_id: "#contract", validatorUrl: null, ...toTry }});
}});
"""


class _Pages:
    """The handlers of the pages.

    Args:
        service: The service whose contract and store they show.
        metrics: The numbers of the calls.
    """

    def __init__(self, service: Service, metrics: Metrics) -> None:
        self.service = service
        self.contract = service.contract
        self.registry = CollectorRegistry()
        self.registry.register(metrics)

    async def start(self, _: Request) -> Response:
        return HTMLResponse(_START.format(path=html.escape(self.contract.path)), headers=_ONLY_HERE)

    async def docs(self, _: Request) -> Response:
        return HTMLResponse(_DOCS, headers=_ONLY_HERE)

    async def docs_script(self, _: Request) -> Response:
        return Response(_DOCS_SCRIPT.format(base=self.contract.base_path), media_type="text/javascript")

    async def docs_file(self, request: Request) -> Response:
        return FileResponse(_UI / request.url.path.rpartition("/")[2])

    async def contract_as_yaml(self, _: Request) -> Response:
        return Response(self.contract.as_yaml(), media_type="application/yaml")

    async def contract_as_json(self, _: Request) -> Response:
        return Response(self.contract.as_json(), media_type="application/json")

    async def healthy(self, _: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(self, _: Request) -> Response:
        store = self.service.store
        try:
            await store.ask(lambda: store.has_profile(_NOBODY))
        except StoreUnavailableError:
            return PlainTextResponse("the store does not answer", UNAVAILABLE)
        return PlainTextResponse("ok")

    async def numbers(self, request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(self.registry), headers={"content-type": content_type})

    async def refuse(self, _: Request, error: Exception) -> Response:
        """Answers a path or a method that there is not."""
        status, headers = (error.status_code, error.headers) if isinstance(error, HTTPException) else (404, None)
        what = "there is no such page" if status == 404 else "this page is only there to be read"  # noqa: PLR2004 - HTTP's
        text = f"{what}; the endpoint is {self.contract.path}"
        reply = self.service.refuse(Refusal(status, text, transport=True))
        return Response(reply.content, reply.status, {**reply.headers, **(headers or {})})


def make_pages(service: Service, metrics: Metrics) -> Starlette:
    """Makes the application that serves every path but the endpoint's.

    Args:
        service: The service whose contract and store the pages show.
        metrics: The numbers of the calls.
    """
    pages = _Pages(service, metrics)
    routes = [
        Route("/", pages.start),
        Route("/docs", pages.docs),
        Route("/docs/start.js", pages.docs_script),
        *(Route(f"/docs/{name}", pages.docs_file) for name in _UI_FILES),
        Route("/openapi.yaml", pages.contract_as_yaml),
        Route("/openapi.json", pages.contract_as_json),
        Route("/healthz", pages.healthy),
        Route("/readyz", pages.ready),
        Route("/metrics", pages.numbers),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: pages.refuse})
    app.router.redirect_slashes = False
    return app
