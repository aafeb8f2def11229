"""Writes the contract's example requests for those who send them by hand: a file for editors and one for Postman.

The token is a variable in both: an editor takes it from the environment, Postman from its own store.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from openapi.tools.document import read_contract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openapi.tools.document import Schema

HTTP_FILE, POSTMAN_FILE = "requests.http", "postman_collection.json"
TOKEN = "token"  # noqa: S105 - the name of a field
POSTMAN_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


class Example(NamedTuple):
    """One example request of the contract."""

    name: str
    summary: str
    method: str
    path: str
    media_type: str
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """The body, with a variable in place of the token."""
        return json.dumps({TOKEN: "{{token}}"} | _without_token(self.body), indent=2, ensure_ascii=False)


def _without_token(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != TOKEN}


def examples(document: Schema) -> Iterator[Example]:
    """Yields the example requests of every operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            for media_type, media in content.items():
                for name, example in media.get("examples", {}).items():
                    summary = example.get("summary", name)
                    yield Example(name, summary, method.upper(), path, media_type, example["value"])


def _title(document: Schema) -> str:
    return f"{document['info']['title']} {document['info']['version']}"


def base_url(document: Schema) -> str:
    """Gives the URL of the first server, with the defaults of its variables."""
    server = document["servers"][0]
    values = {name: variable["default"] for name, variable in server.get("variables", {}).items()}
    return str(server["url"].format(**values))


def http_file(document: Schema) -> str:
    """Writes the requests as the extension REST Client of Visual Studio Code sends them."""
    head = [
        f"# The example requests of {_title(document)}; `make generate` wrote them.",
        "# Write your host into the next line. The token is that of the environment variable RELATIONS_TOKEN.",
        f"@baseUrl = {base_url(document)}",
        "@token = {{$processEnv RELATIONS_TOKEN}}",
    ]
    parts = [
        f"### {item.summary}\n# @name {item.name}\n{item.method} {{{{baseUrl}}}}{item.path}\n"
        f"Content-Type: {item.media_type}\nAccept: application/json\n\n{item.text}\n"
        for item in examples(document)
    ]
    return "\n".join([*head, "", *parts])


def postman_file(document: Schema) -> str:
    """Writes the requests as a Postman collection; its variable `token` is a secret and empty."""
    collection = {
        "info": {
            "name": _title(document),
            "description": document["info"]["summary"],
            "schema": POSTMAN_SCHEMA,
        },
        "variable": [
            {"key": "baseUrl", "value": base_url(document), "type": "string"},
            {"key": TOKEN, "value": "", "type": "secret"},
        ],
        "item": [
            {
                "name": item.summary,
                "request": {
                    "method": item.method,
                    "header": [
                        {"key": "Content-Type", "value": item.media_type},
                        {"key": "Accept", "value": "application/json"},
                    ],
                    "url": f"{{{{baseUrl}}}}{item.path}",
                    "body": {"mode": "raw", "raw": item.text, "options": {"raw": {"language": "json"}}},
                },
            }
            for item in examples(document)
        ],
    }
    return f"{json.dumps(collection, indent=1, ensure_ascii=False)}\n"


def main() -> int:
    """Writes the two files into a folder, or compares those that stand there.

    Returns:
        1 where a comparison found a difference, otherwise 0.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["compare", "synchronise"])
    parser.add_argument("contract", type=Path, help="the OpenAPI document")
    parser.add_argument("folder", type=Path, help="where the files are kept")
    options = parser.parse_args()
    document = read_contract(options.contract)
    wanted = {HTTP_FILE: http_file(document), POSTMAN_FILE: postman_file(document)}
    off = [name for name, text in wanted.items() if _text(options.folder / name) != text]
    for name in off:
        path = options.folder / name
        if options.command == "compare":
            sys.stderr.write(f"{path} isn't what the contract has: run `make generate`\n")
        else:
            path.write_text(wanted[name], "utf-8")
            sys.stdout.write(f"{path}\n")
    return bool(off) and options.command == "compare"


def _text(path: Path) -> str | None:
    return path.read_text("utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main())
