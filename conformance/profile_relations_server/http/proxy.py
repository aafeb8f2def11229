"""What stands between a client and a server, and answers in its own words: a proxy, a firewall, a framework."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from profile_relations_server.http.trouble import proxys_reply
from profile_relations_server.service.messages import Reply

if TYPE_CHECKING:
    from profile_relations_server.service.variants import Variants

_MOST_BYTES = 16 * 1024
_MOST_NESTED = 100
_SUSPECT = re.compile(rb"(?i)'\s*(or|and|union|;)\s|<\s*script|\bunion\s+select\b|\.\./\.\.")
_OPENING = re.compile(rb"[\[{]")


@dataclass(frozen=True)
class Rate:
    """How many requests are let through.

    Attributes:
        per_second: In the long run.
        burst: At once, after a pause.
    """

    per_second: float
    burst: int = 1


class _Bucket:
    """Lets requests through at a rate."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._left = float(rate.burst)
        self._at = monotonic()

    def take(self) -> float:
        """Takes a turn; gives 0, or the seconds until there is one."""
        now = monotonic()
        self._left = min(self._rate.burst, self._left + (now - self._at) * self._rate.per_second)
        self._at = now
        if self._left < 1:
            return (1 - self._left) / self._rate.per_second
        self._left -= 1
        return 0.0


class Proxy:
    """Answers some requests before they come to the server; most servers have none, and `is_there` is false.

    Args:
        variants: What it takes offence at.
        rate: What it lets through; None leaves that to the variants.
    """

    def __init__(self, variants: Variants, rate: Rate | None = None) -> None:
        self._variants = variants
        self._status = 503 if variants.throttling == "503" else 429
        if rate is None and variants.throttling != "none":
            rate = Rate(100, 20)
        self._bucket = _Bucket(rate) if rate else None
        offences = (variants.large_body != "read", variants.firewall != "none", variants.nesting != "envelope")
        self.is_there = rate is not None or any(offences)

    def answer(self, raw: bytes) -> Reply | None:
        """Answers a request by its body; None passes it on."""
        if self._bucket is not None and (wait := self._bucket.take()):
            reply = proxys_reply(self._status)
            return Reply(reply.status, reply.content, {**reply.headers, "retry-after": str(math.ceil(wait))})
        if self._variants.large_body == "html" and len(raw) > _MOST_BYTES:
            return proxys_reply(413)
        if self._variants.firewall == "html" and _SUSPECT.search(raw):
            return proxys_reply(403)
        if self._variants.nesting == "own-words" and len(_OPENING.findall(raw)) > _MOST_NESTED:
            return Reply(400, b"request body is nested too deeply", {"content-type": "text/plain"})
        return None
