"""What a check has in its hands: the contract, what is known of the target, requests to send, and ways to judge."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from profile_relations_conformance.checks.second_look import SecondLook
from profile_relations_conformance.judging.assertions import judge, judge_refused, judge_same
from profile_relations_conformance.judging.baselines import Baselines
from profile_relations_conformance.judging.matching_grid import Grid
from profile_relations_conformance.judging.oracle import Expectation, expect
from profile_relations_conformance.judging.results import Case
from profile_relations_conformance.target.known_data import Known, Origin, Selector
from profile_relations_conformance.target.placeholders import TOKEN
from profile_relations_conformance.transport.exchange import JSON_TYPE, Exchange, Request, Room, encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from profile_relations_conformance.checks.effort import Effort
    from profile_relations_conformance.contract.document import Contract
    from profile_relations_conformance.judging.matching_grid import Cell
    from profile_relations_conformance.target.model import KnownProfile, Target
    from profile_relations_conformance.transport.client import Client

Json = Any
T = TypeVar("T")


class CheckContext:
    """Asks the target on behalf of the checks, and judges what it says.

    Args:
        contract: The contract.
        target: The target.
        client: What sends the requests.
        effort: How much to ask.
        seed: Seed of all that is drawn.

    Attributes:
        known: What is known of the target's data.
        baselines: The known profiles' relations, as the server lists them.
        asked_cells: What became of each cell of the matching grid that was asked, by its place.
        drawn: Bodies that Schemathesis drew, those that the contract allows and those that it forbids.
        round: How often bodies have been drawn anew.
    """

    def __init__(self, *, contract: Contract, target: Target, client: Client, effort: Effort, seed: int) -> None:
        self.contract = contract
        self.target = target
        self.effort = effort
        self.seed = seed
        self.known = Known(contract, target)
        self.baselines = Baselines(contract.relation["properties"])
        self.asked_cells: dict[tuple[str, str, str], Case] = {}
        self.drawn: dict[bool, list[Json]] = {}
        self.round = 0
        self._client = client
        self._room = Room()
        self._second_look = SecondLook(self)
        self._answered: Exchange | None = None

    # --- How much to ask ---------------------------------------------------------------------------------------------

    @property
    def is_thorough(self) -> bool:
        """Whether every cell of the grid is asked, and so what is like another question too."""
        return self.effort.cells is None

    def some(self, cases: Sequence[T]) -> Sequence[T]:
        """Gives all cases, or as many of them as the effort allows, spread over the whole sequence."""
        return spread(cases, self.effort.cases)

    def draw_anew(self) -> None:
        """Lets what is drawn from now on be other than what was drawn before."""
        self.round += 1
        self.drawn.clear()

    # --- Requests ----------------------------------------------------------------------------------------------------

    @property
    def token(self) -> str:
        """The target's token, for the body of a request."""
        return self.target.token.reveal()

    @property
    def sent(self) -> int:
        """Number of requests sent so far."""
        return self._client.pace.sent

    def body(self, profile: KnownProfile, fields: Mapping[str, Json], **changes: Json) -> dict[str, Json]:
        """Writes a request with the token and the profile's relation type."""
        return {"token": self.token, "rel_id": profile.rel_id} | dict(fields) | changes

    def send(self, request: Request, *, fresh: bool = False) -> Exchange:
        """Sends a request; where it was sent before and `fresh` is not set, gives what came of it then.

        Raises:
            BudgetSpentError: If no further request may be sent.
        """
        return self._client.send(request, fresh=fresh)

    def request(self, body: Json, mutation: str, *, wrong_token: bool = False, apart: bool = False) -> Request:
        """Makes a POST of a JSON value, whose `token` goes where the target takes it."""
        made = Request.of(body, mutation, wrong_token=wrong_token, apart=apart)
        if not self.target.takes_header:
            return made
        return replace(made, content=self.written(body), bearer=self._bearer(body))

    def raw(
        self, content: bytes, mutation: str, *, method: str = "POST", content_type: str | None = JSON_TYPE
    ) -> Request:
        """Makes a request of bytes; where the target takes the token in the header, the right one is there."""
        bearer = self.token if self.target.takes_header else None
        return Request(content, mutation, method=method, content_type=content_type, bearer=bearer)

    def written(self, body: Json) -> bytes:
        """Gives the bytes that write a body; it has no `token` where the target takes it in the header."""
        if self.target.takes_header and isinstance(body, dict):
            body = {name: value for name, value in body.items() if name != TOKEN}
        return encode(body)

    def _bearer(self, body: Json) -> str | None:
        """Gives the token that the header carries: that of the body, or the right one beside what is no object."""
        token = body.get(TOKEN) if isinstance(body, dict) else self.token
        return token if isinstance(token, str) and self.carries(token) else None

    @property
    def other_place(self) -> str:
        """Where the target does not take the token, in words."""
        return "in the body" if self.target.takes_header else "in the header"

    def carries(self, token: str) -> bool:
        """Says whether a token can be sent as it is where the target takes it (RFC 9110, section 5.5, for a header)."""
        return not self.target.takes_header or (token.isascii() and token.isprintable() and token == token.strip())

    def post(self, body: Json, mutation: str, *, fresh: bool = False) -> Exchange:
        """Sends a JSON value as a POST."""
        return self.send(self.request(body, mutation), fresh=fresh)

    def together(self, requests: Sequence[Request]) -> list[Exchange]:
        """Sends all requests at the same time."""
        return self._client.together(requests)

    def has_sent(self, body: Json) -> bool:
        """Says whether this very POST was sent before."""
        return self._client.has_sent(self.request(body, ""))

    def hold(self, seconds: float) -> None:
        """Lets the next request go no sooner than in so many seconds."""
        self._client.pace.hold(seconds)

    # --- Judged requests ---------------------------------------------------------------------------------------------

    def finds(self, selector: Selector, mutation: str = "") -> Case:
        """Asks for a selector's profile and judges that its relations, and nobody else's, come back."""
        body = self.body(selector.profile, selector.fields)
        exchange = self.post(body, mutation or f"{selector.row.title}, by {selector.key}")
        if self._answered is None and exchange.reply is not None and exchange.reply.is_success:
            self._answered = exchange
        return self.judged(exchange, Expectation(profiles=(selector.profile,)))

    def refuses(self, body: Json, mutation: str, *, wrong_token: bool = False) -> Case:
        """Sends a body that must be refused."""
        exchange = self.send(self.request(body, mutation, wrong_token=wrong_token))
        return Case(exchange, judge_refused(exchange))

    def answers_rightly(self, body: Mapping[str, Json], mutation: str, *, first_row_decides: bool = False) -> Case:
        """Sends a body with the right token and judges the answer by what the contract and the target's data allow."""
        expectation = expect(self.known, body, first_row_decides=first_row_decides)
        return self.judged(self.post(body, mutation), expectation)

    def judged(self, exchange: Exchange, expectation: Expectation) -> Case:
        """Holds an exchange against an expectation."""
        body = exchange.request.body
        profiles = expectation.profiles
        own_type = isinstance(body, dict) and all(body.get("rel_id") == item.rel_id for item in profiles)
        failure = judge(exchange, expectation, self.baselines, own_type=own_type)
        if (
            failure is not None
            and own_type
            and any(self._second_look.explains(exchange, profile) for profile in profiles)
        ):
            failure = None
        return Case(exchange, failure)

    def is_locked_out(self) -> bool:
        """Says whether the server refuses now what it answered with a success before."""
        if self._answered is None or not self._client.wrong_tokens:
            return False
        request = replace(self._answered.request, mutation="a request that was answered before, once more")
        reply = self.send(request, fresh=True).reply
        return reply is not None and not reply.is_success

    def same_answer(self, first: Exchange, again: Exchange) -> Case:
        """Judges that two replies say the same: the same relations, or both a refusal."""
        if self._second_look.same(first, again):
            return Case(again)
        return Case(again, judge_same(first, again, self.baselines))

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """The matching grid for this target."""
        return tuple(Grid(self.known, self.token).cells())

    def of_grid(self, requirement: str) -> Iterator[Case]:
        """Asks the cells of the matching grid that belong to a requirement."""
        cells = [cell for cell in self.cells if cell.requirement == requirement]
        for cell in cells if self.effort.cells is None else spread(cells, self.effort.cells):
            if cell.body is not None and cell.expectation is not None:
                case = self.judged(self.post(cell.body, cell.mutation), cell.expectation)
                self.asked_cells[cell.place] = case if self._room.takes(case.exchange) else case.condensed()
                yield case

    def learn_baselines(self) -> None:
        """Asks for the known profiles by their selectors, so that every check can compare with what comes back."""
        for number, profile in enumerate(self.known.profiles):
            votes = number < self.effort.voters
            selectors = self.known.of(profile) if votes else self.known.of(profile, Origin.IDENTIFIER)
            self._second_look.learn(profile, [(item, self.finds(item).exchange.reply) for item in selectors])


def spread(items: Sequence[T], most: int) -> Sequence[T]:
    """Gives all items, or as many as are wanted, spread over the whole sequence."""
    if len(items) <= most:
        return items
    return [items[number * (len(items) - 1) // max(1, most - 1)] for number in range(most)]
