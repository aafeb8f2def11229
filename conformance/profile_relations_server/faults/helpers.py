"""What several faults are made of: a reply that is no envelope, a memory between calls, and a look into JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profile_relations_server.service.messages import Refusal, Reply
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from profile_relations_server.contract import Contract
    from profile_relations_server.service.messages import Body, Json
    from profile_relations_server.service.variants import Variants
    from profile_relations_server.store.interface import Store

HTML = "text/html; charset=utf-8"
ERROR_PAGE = "<html><body><h1>500 Internal Server Error</h1></body></html>"


class Page(Refusal):
    """A reply that is no envelope, raised by a step.

    Args:
        status: HTTP status.
        content: The body.
        content_type: Its content type.
    """

    def __init__(self, status: int, content: str = ERROR_PAGE, content_type: str = HTML) -> None:
        super().__init__(status, content, transport=True)
        self.content_type = content_type


class WithPages(Service):
    """Sends the pages that its steps raise, as a web framework does that was left to answer by itself."""

    def refuse(self, refusal: Refusal) -> Reply:
        if isinstance(refusal, Page):
            return Reply(refusal.code, refusal.text.encode("utf-8", "replace"), {"content-type": refusal.content_type})
        return super().refuse(refusal)


class Remembering(Service):
    """Keeps something between calls."""

    def __init__(self, contract: Contract, store: Store, tokens: Iterable[str], variants: Variants) -> None:
        super().__init__(contract, store, tokens, variants)
        self.memory: dict[Hashable, Any] = {}


def texts_of(value: Json) -> Iterator[str]:
    """Yields every text in a JSON value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from texts_of(item)


def without(mapping: Body, *names: str) -> Body:
    """Copies an object without some of its members."""
    return {name: value for name, value in mapping.items() if name not in names}
