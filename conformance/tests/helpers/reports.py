"""Reports for tests: of real runs, of a server that errs wherever it can, and of whatever the schema allows."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from profile_relations_conformance.contract.ledger import load_ledger
from profile_relations_conformance.contract.selection import select
from profile_relations_conformance.judging.verdict import draw
from profile_relations_conformance.report.document import document
from profile_relations_conformance.report.schema import schema
from profile_relations_conformance.run.reference_server import bundled_target
from profile_relations_conformance.run.runner import Runner
from profile_relations_conformance.run.settings import RunSettings
from profile_relations_conformance.run.setup import RunParts, run_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profile_relations_conformance.judging.verdict import Run

HOSTILE = "<script>alert(1)</script>\x1b[31m\x07\u202e{{profiles[0].email}}\x00 ' \" & ]]> `--`"
"""What a server may say to get at whoever reads the report."""


class _Echo(BaseHTTPRequestHandler):
    """Calls everything a success, shows a stranger, and says back what it was asked, as it is and in capitals."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet, or each reply would wait for an acknowledgement

    def answer(self) -> None:
        asked = self.rfile.read(int(self.headers.get("content-length") or 0)).decode("utf-8", "replace")
        entry = {"profile_id_a": "<b>", "xxh_a": 1, "profile_id_b": HOSTILE, "props": {"x": asked}}
        body = {"error": 0, "error_text": f"{HOSTILE}{asked}{asked.upper()}", "data": [entry], "total_count": -1}
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-type", "text/html; x=<script>")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_POST = do_GET = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_HEAD = answer  # noqa: N815 - names of the library

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def echo_server() -> Iterator[str]:
    """Serves replies that break as much as they can, and gives the base URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/v1.1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def asking(url: str, **changes: Any) -> Iterator[RunParts]:  # noqa: ANN401 - settings of any type
    """Gives the parts of a quick run against a server, with changes of its settings."""
    with bundled_target() as path:
        chosen: dict[str, Any] = {"target": path, "base_url": url, "effort": "quick"}
        with run_parts(RunSettings(**chosen | changes)) as parts:
            yield parts


def report_of(run: Run, parts: RunParts) -> dict[str, Any]:
    """Writes a run down."""
    ledger = load_ledger()
    verdict = draw(run, ledger, strict=parts.settings.strict)
    return document(parts.record(run, ledger, verdict, datetime(2026, 11, 23, 12, 30, tzinfo=UTC)))


def judged(url: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - settings of any type
    """Judges a server and gives the report."""
    with asking(url, **changes) as parts:
        chosen = select(load_ledger(), parts.settings.select, parts.settings.skip)
        return report_of(Runner(parts, chosen)(), parts)


# --- Whatever the schema allows ---------------------------------------------------------------------------------------

TEXTS = st.one_of(st.text(max_size=12), st.just(HOSTILE), st.just("\ud800"), st.just("x" * 300))


def documents() -> st.SearchStrategy[dict[str, Any]]:
    """Draws reports that the published schema allows."""
    return _drawn(schema())


def _drawn(part: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "$ref" in part:
        return _drawn(schema()["$defs"][part["$ref"].rpartition("/")[2]])
    if "anyOf" in part:
        return st.one_of([_drawn(item) for item in part["anyOf"]])
    if "const" in part:
        return st.just(part["const"])
    if "enum" in part:
        return st.sampled_from(part["enum"])
    kinds = part["type"] if isinstance(part["type"], list) else [part["type"]]
    return st.one_of([_of_type(kind, part) for kind in kinds])


def _of_type(kind: str, part: dict[str, Any]) -> st.SearchStrategy[Any]:
    least = part.get("minimum")
    plain: dict[str, st.SearchStrategy[Any]] = {
        "null": st.none(),
        "boolean": st.booleans(),
        "integer": st.integers(least, 10**9) if least is not None else st.integers(),
        "number": st.floats(least, 1e9, allow_nan=False, allow_infinity=False),
    }
    if kind in plain:
        return plain[kind]
    if kind == "string":
        return st.from_regex(part["pattern"], fullmatch=True) if "pattern" in part else TEXTS
    if kind == "array":
        return st.lists(_drawn(part["items"]), max_size=2)
    if "properties" in part:
        return st.fixed_dictionaries({name: _drawn(item) for name, item in part["properties"].items()})
    names = _drawn(part["propertyNames"]) if "propertyNames" in part else TEXTS
    return st.dictionaries(names, _drawn(part["additionalProperties"]), max_size=2)
