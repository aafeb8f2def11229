"""Makes a recorded request again: its bytes, and the line for a shell that sends it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.target.placeholders import (
    PLACEHOLDER,
    TOKEN,
    escaped,
    quoted_text,
)
from profile_relations_conformance.target.shown_text import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from profile_relations_conformance.target.model import Target

SHORTEST_REPEATED = 64
"""Repeated so often, a text is left to `fill`, so that the line stays readable."""


class ShellLine:
    """Writes lines for a POSIX shell that send a recorded request again.

    Neither the token nor a body stands among the arguments of a program, where other users of the machine could see it.

    Args:
        url: The endpoint.
        target: The target.
        target_file: The path of the target file as the user gave it, or None for the bundled one.
        command: What the user calls the command line by.
    """

    def __init__(self, url: str, target: Target, target_file: Path | str | None, command: str = PROGRAM) -> None:
        self._command = command
        self._url = shlex.quote(url)
        self._variable = target.token_env
        self._token_is_plain = escaped(target.token.reveal()) == target.token.reveal()
        self._file = "" if target_file is None else f"--target {shlex.quote(str(target_file))} "

    def __call__(self, request: dict[str, Any]) -> str:
        """Gives the line, or an empty text where the bytes that were sent can't be made again."""
        if not request["exact"]:
            return ""
        curl = " ".join([*self._curl(request), self._url])
        line = f"{self._print(request['body'])} | {curl}" if request["body"] else curl
        if "bearer" not in request:
            return line
        # The header comes over a descriptor of its own, since the body has standard input.
        header = self._print(f"authorization: Bearer {request['bearer']}")
        return f"{header} | {{ {line}; }} 3<&0"

    def _print(self, text: str) -> str:
        """Writes the command that prints a text with the values of its placeholders."""
        printed = self._printf(text) if self._token_is_plain else None
        return printed or self._fill(text)

    def _curl(self, request: dict[str, Any]) -> Iterator[str]:
        method, body, kind = request["method"], request["body"], request["content_type"]
        yield "curl -sS"
        if method != ("POST" if body else "GET"):
            # A reply to HEAD announces a body that never comes.
            yield "--max-time 10 -X HEAD" if method == "HEAD" else f"-X {shlex.quote(method)}"
        if kind is not None:
            yield f"-H {shlex.quote(f'content-type: {kind}')}"
        elif body:
            yield "-H content-type:"  # else curl sends one of its own
        if "bearer" in request:
            yield "-H @/dev/fd/3"
        if body:
            yield "--data-binary @-"
        elif method == "POST":
            yield "--data-binary ''"

    def _fill(self, body: str) -> str:
        return f"{self._command} fill {self._file}--token-env {self._variable} {shlex.quote(body)}"

    def _printf(self, body: str) -> str | None:
        """Writes the body with the shell's own means, or gives None where it has values of the target file."""
        pieces, arguments, end = [], [], 0
        for found in PLACEHOLDER.finditer(body):
            text = quoted_text(found.group(1))
            if found.group(1) == TOKEN:
                arguments.append(f'"${self._variable}"')
            elif text is None or len(text) >= SHORTEST_REPEATED:
                return None
            pieces += [_in_format(body[end : found.start()]), "%s" if text is None else _in_format(text)]
            end = found.end()
        return " ".join([f"printf {shlex.quote(''.join([*pieces, _in_format(body[end:])]))}", *arguments])


def _in_format(text: str) -> str:
    """Writes a text so that printf of any shell prints its bytes."""
    return "".join(
        f"\\{byte:03o}" if not ord(" ") <= byte <= ord("~") else {"%": "%%", "\\": "\\\\"}.get(chr(byte), chr(byte))
        for byte in text.encode("utf-8", "surrogateescape")
    )
