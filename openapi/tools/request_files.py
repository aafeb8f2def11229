"""Writes the contract's example requests for those who send them by hand: a file for editors and one for Postman.

The token is a variable in both: an editor takes it from the environment, Postman from its own store.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from openapi.tools.document import read_contract
from openapi.tools.facts import Facts

if TYPE_CHECKING:
    from openapi.tools.document import Schema

HTTP_FILE, POSTMAN_FILE = "requests.http", "postman_collection.json"
POSTMAN_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


class Example(NamedTuple):
    """One example request of the contract; its body has variables in place of credentials."""

    name: str
    summary: str
    method: str
    path: str
    media_type: str
    body: str


class RequestFiles:
    """The two files.

    Args:
        document: The contract.
    """

    def __init__(self, document: Schema) -> None:
        facts = Facts(document).all()
        info = document["info"]
        self._title, self._summary = f"{info['title']} {info['version']}", info["summary"]
        self._base_url: str = facts["base_url"]
        self._credentials: list[str] = [item["name"] for item in facts["credentials"]]
        self._examples = [
            Example(name, item.get("summary", name), method.upper(), path, media_type, self._written(item["value"]))
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            for media_type, media in operation.get("requestBody", {}).get("content", {}).items()
            for name, item in media.get("examples", {}).items()
        ]

    def _written(self, body: dict[str, Any]) -> str:
        hidden = {name: f"{{{{{name}}}}}" for name in self._credentials if name in body}
        return json.dumps(body | hidden, indent=2, ensure_ascii=False)

    def http_file(self) -> str:
        """Writes the requests as the extension REST Client of Visual Studio Code sends them."""
        head = [
            f"# The example requests of {self._title}; `make generate` wrote them.",
            "# Write your host into the next line. What is secret comes from the environment.",
            f"@baseUrl = {self._base_url}",
            *(f"@{name} = {{{{$processEnv RELATIONS_{name.upper()}}}}}" for name in self._credentials),
        ]
        parts = [
            f"### {item.summary}\n# @name {item.name}\n{item.method} {{{{baseUrl}}}}{item.path}\n"
            f"Content-Type: {item.media_type}\nAccept: application/json\n\n{item.body}\n"
            for item in self._examples
        ]
        return "\n".join([*head, "", *parts])

    def postman_file(self) -> str:
        """Writes the requests as a Postman collection; its variables for credentials are secret and empty."""
        secrets = [{"key": name, "value": "", "type": "secret"} for name in self._credentials]
        collection = {
            "info": {"name": self._title, "description": self._summary, "schema": POSTMAN_SCHEMA},
            "variable": [{"key": "baseUrl", "value": self._base_url, "type": "string"}, *secrets],
            "item": [{"name": item.summary, "request": _postman_request(item)} for item in self._examples],
        }
        return f"{json.dumps(collection, indent=1, ensure_ascii=False)}\n"


def _postman_request(item: Example) -> dict[str, Any]:
    headers = {"Content-Type": item.media_type, "Accept": "application/json"}
    return {
        "method": item.method,
        "header": [{"key": name, "value": value} for name, value in headers.items()],
        "url": f"{{{{baseUrl}}}}{item.path}",
        "body": {"mode": "raw", "raw": item.body, "options": {"raw": {"language": "json"}}},
    }


def main() -> None:
    """Writes the two files into a folder, which is made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("contract", type=Path, help="the OpenAPI document")
    parser.add_argument("folder", type=Path, help="where the files are written")
    options = parser.parse_args()
    files = RequestFiles(read_contract(options.contract))
    options.folder.mkdir(parents=True, exist_ok=True)
    (options.folder / HTTP_FILE).write_text(files.http_file(), "utf-8")
    (options.folder / POSTMAN_FILE).write_text(files.postman_file(), "utf-8")


if __name__ == "__main__":
    main()
