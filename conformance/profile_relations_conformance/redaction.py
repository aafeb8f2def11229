"""Keeps the token, and every value made from it, out of whatever is written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from profile_relations_conformance.target import Token

Json = Any

SHORTEST_SECRET = 4
"""Below this length a value is too common to be looked for in a text."""


class Redactor:
    """Replaces secrets by labels, in texts and in JSON values.

    Args:
        token: The token, which is written as its label wherever it stands.
    """

    def __init__(self, token: Token) -> None:
        self._labels: dict[str, str] = {}
        self.hide(token.reveal(), "<token>")

    def __repr__(self) -> str:
        return f"Redactor({len(self._labels)} secrets)"

    def hide(self, secret: str, label: str) -> None:
        """Adds a secret; what is shorter than SHORTEST_SECRET is replaced only where it is a whole string."""
        if secret:
            self._labels.setdefault(secret, label)

    def text(self, text: str) -> str:
        """Gives the text without any secret; escaped as in JSON, a secret is found too."""
        for secret in sorted(self._labels, key=len, reverse=True):
            for form in _written_forms(secret):
                if len(form) >= SHORTEST_SECRET:
                    text = text.replace(form, self._labels[secret])
        return text

    def value(self, value: Json) -> Json:
        """Gives a copy of a JSON value without any secret, in names as in values."""
        if isinstance(value, str):
            return self._labels.get(value) or self.text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {self.value(name): self.value(item) for name, item in value.items()}
        return value


def _written_forms(secret: str) -> Iterable[str]:
    escaped = (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    return dict.fromkeys((secret, *escaped))
