"""One request and its reply: sent over pooled connections, within time, rate and number, and recorded.

Nothing here judges. A reply that never came is recorded as trouble; only what can't be asked any more is an exception.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

import httpcore
import httpx

from profile_relations_conformance import __version__
from profile_relations_conformance.errors import CannotJudgeError
from profile_relations_conformance.transport.body import CODING, UnreadableBodyError, read_body
from profile_relations_conformance.transport.connection import DIRECT, ConnectionOptions
from profile_relations_conformance.transport.deadline import Deadline
from profile_relations_conformance.transport.exchange import JSON_TYPE, Exchange, Request, Room
from profile_relations_conformance.transport.pace import BudgetSpentError, ThrottledError
from profile_relations_conformance.transport.pool import CONNECTIONS, make_transport
from profile_relations_conformance.transport.reply import TOO_FAST, Reply
from profile_relations_conformance.transport.trouble import CONNECT_ERRORS, is_about_tls, trouble_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profile_relations_conformance.transport.pace import Pace

TRIES = 3
"""How often a request is sent where a connection kept from before turns out to be closed."""
PATIENCE = 8
"""How often a request is sent where the server says that requests come too fast."""
WRONG_TOKENS = 15
"""A run sends no more requests with a wrong token, since a live server may lock the account."""
SILENT_REQUESTS = 5
"""After so many time-outs in a row the server does not answer any more."""
LOST_CONNECTIONS = 5
"""After so many refused connections in a row the server is gone."""


_Key = tuple[str, str | None, bytes, str | None]


class Client:
    """Sends requests to one URL, and keeps what came of each.

    Args:
        url: The endpoint.
        timeout: Seconds that one request may take, from its start to the end of its reply.
        pace: Rate and budget.
        transport: Carries the requests; connections of its own where it is None.
        connection: How the server is reached.

    Raises:
        UsageError: If the server can't be reached in this way.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float,
        pace: Pace,
        transport: httpx.BaseTransport | None = None,
        connection: ConnectionOptions = DIRECT,
    ) -> None:
        self.url = url
        self.timeout = timeout
        self.pace = pace
        self.wrong_tokens = 0
        self._lost = 0
        self._silent = 0
        self._refused = 0
        self._first: dict[_Key, Exchange] = {}
        self._room = Room()
        self._new: list[Exchange] = []
        self._lock = threading.Lock()
        self._client = httpx.Client(
            transport=transport or make_transport(connection, url),
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # a session might open what no token does
            headers={
                "user-agent": f"profile-relations-conformance/{__version__}",
                "accept": JSON_TYPE,
                "accept-encoding": CODING,
                **connection.header_values(),
            },
        )

    def __repr__(self) -> str:
        return f"Client({self.url!r})"

    def close(self) -> None:
        """Closes all connections."""
        self._client.close()

    def send(self, request: Request, *, fresh: bool = False) -> Exchange:
        """Sends one request and waits for its reply; one that was sent before is not sent again.

        Args:
            request: The request.
            fresh: Whether it is sent in any case, and not answered by what was recorded.

        Raises:
            BudgetSpentError: If no further request may be sent, or the server keeps saying 429.
            CannotJudgeError: If the server is gone.
        """
        key = _key(request)
        if not fresh and key in self._first:
            return self._first[key]
        exchange = self._carry_out(request, self._begin(request))
        self._new.append(exchange)
        if key not in self._first and self._room.takes(exchange):
            self._first[key] = exchange
        return exchange

    def together(self, requests: Sequence[Request]) -> list[Exchange]:
        """Sends requests at the same time, as far as the pace allows, and gives the exchanges in their order.

        They are numbered and begun in that order too, so that a run can be repeated. Those that the server refuses for
        their speed are sent again, fewer at a time.

        Raises:
            BudgetSpentError: As send.
            CannotJudgeError: As send.
        """
        exchanges: dict[int, Exchange] = {}
        at_once = CONNECTIONS
        while left := [place for place in range(len(requests)) if place not in exchanges]:
            with ThreadPoolExecutor(min(at_once, len(left))) as pool:
                attempt = self._carry_out if at_once == 1 else self._try
                begun = [(place, pool.submit(attempt, requests[place], self._begin(requests[place]))) for place in left]
            found = [(place, future.result()) for place, future in begun]
            exchanges |= {place: exchange for place, exchange in found if not is_throttled(exchange)}
            at_once = max(1, at_once // 2)
        ordered = [exchanges[place] for place in range(len(requests))]
        self._new += ordered
        return ordered

    def has_sent(self, request: Request) -> bool:
        """Says whether this very request was sent before, and alone."""
        return _key(request) in self._first

    def take_new(self) -> list[Exchange]:
        """Gives the exchanges since the last call, in the order in which they ended."""
        taken, self._new = self._new, []
        return taken

    def _carry_out(self, request: Request, number: int) -> Exchange:
        """Sends a request until it gets an answer; a refusal for its speed is none."""
        exchange = self._try(request, number)
        for _ in range(PATIENCE - 1):
            if not is_throttled(exchange):
                return exchange
            exchange = self._try(request, self.pace.next())
        if is_throttled(exchange) and exchange.reply is not None:
            raise ThrottledError(f"the server keeps throttling requests (HTTP {exchange.reply.status})")
        return exchange

    def _try(self, request: Request, number: int) -> Exchange:
        """Sends a request, again where a kept connection was closed; slows the run down where the server asks."""
        asked_at = time.monotonic()
        exchange = self._attempt(number, request)
        for _ in range(TRIES - 1):
            if not exchange.stale:
                break
            exchange = self._attempt(self.pace.next(), request)
        if is_throttled(exchange) and exchange.reply is not None:
            self.pace.slow_down(exchange.reply.headers.get("retry-after"), asked_at)
        return exchange

    def _begin(self, request: Request) -> int:
        if request.wrong_token:
            with self._lock:
                if self.wrong_tokens >= WRONG_TOKENS:
                    raise BudgetSpentError(f"a run sends at most {WRONG_TOKENS} requests with a wrong token")
                self.wrong_tokens += 1
        return self.pace.next()

    def _attempt(self, number: int, request: Request) -> Exchange:
        self._check_silence()
        deadline = Deadline.after(min(self.timeout, self.pace.seconds_left()))
        try:
            reply = self._exchange(request, deadline)
        except CONNECT_ERRORS as error:
            return self._lost_connection(number, request, error)
        except httpcore.TimeoutException:
            self.pace.check()
            self._note_silence()
            return Exchange(number, request, None, f"no reply within {self.timeout:g} s (--timeout)")
        except UnreadableBodyError as error:
            return Exchange(number, request, None, str(error))
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            if is_about_tls(error):
                return self._lost_connection(number, request, error)
            trouble = f"the connection broke off ({type(error).__name__})"
            return Exchange(number, request, None, trouble, stale=not deadline.connected)
        self._note_reply(reply)
        return Exchange(number, request, reply)

    def _note_reply(self, reply: Reply) -> None:
        with self._lock:
            self._lost = self._silent = 0
            self._refused += reply.is_refusal

    def _note_silence(self) -> None:
        with self._lock:
            self._silent += 1

    def _check_silence(self) -> None:
        """Fails where the server has been silent so often that it does not answer any more."""
        if self._silent >= SILENT_REQUESTS:
            asked = f"{self._refused} refused requests" if self._refused != 1 else "one refused request"
            raise CannotJudgeError(
                f"the server stopped answering after {asked}: {self._silent} time-outs in a row of {self.timeout:g} s",
                "Look whether refused requests keep a connection, a thread or a lock of the server",
            )

    def _exchange(self, request: Request, deadline: Deadline) -> Reply:
        start = time.monotonic()
        headers = {} if request.content_type is None else {"content-type": request.content_type}
        headers |= {} if request.bearer is None else {"authorization": f"Bearer {request.bearer}".rstrip()}
        content = request.content if request.content or request.method == "POST" else None
        with self._client.stream(
            request.method, self.url, content=content, headers=headers, extensions=deadline.extensions()
        ) as response:
            received = read_body(response.iter_raw(), response.headers.get("content-encoding"))
        return Reply.of(response.status_code, response.headers, received, (time.monotonic() - start) * 1000)

    def _lost_connection(self, number: int, request: Request, error: Exception) -> Exchange:
        self._lost += 1
        if self._lost >= LOST_CONNECTIONS:
            raise CannotJudgeError(f"{self.url} can't be reached any more", "Is the server still running?")
        kind, words = trouble_of(error)
        return Exchange(number, request, None, f"{kind.value} ({words})", unreachable=kind)


def is_throttled(exchange: Exchange) -> bool:
    """Says whether a request was refused for its speed, which is no answer to it."""
    return exchange.reply is not None and exchange.reply.status in TOO_FAST


def _key(request: Request) -> _Key:
    return request.method, request.content_type, request.content, request.bearer
