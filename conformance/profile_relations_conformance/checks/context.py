"""What a check has in its hands: the contract, what is known of the target, and requests to send.

A request is sent once in a run; a check that asks the same gets the recorded exchange, unless it wants a fresh one.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from profile_relations_conformance.judging.assertions import describe, judge, judge_refused
from profile_relations_conformance.judging.baselines import Answers
from profile_relations_conformance.judging.matching_grid import Grid
from profile_relations_conformance.judging.oracle import Expectation, expect
from profile_relations_conformance.judging.relations_diff import discrepancy
from profile_relations_conformance.judging.results import Case, Failure
from profile_relations_conformance.target.known_data import Known, Origin, Selector
from profile_relations_conformance.transport.exchange import Exchange, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from profile_relations_conformance.checks.effort import Effort
    from profile_relations_conformance.contract.document import Contract
    from profile_relations_conformance.judging.matching_grid import Cell
    from profile_relations_conformance.target.model import KnownProfile, Target
    from profile_relations_conformance.target.redaction import Redactor
    from profile_relations_conformance.transport.client import Client
    from profile_relations_conformance.transport.pace import Pace

Json = Any
T = TypeVar("T")


class CheckContext:
    """Asks the target on behalf of the checks.

    Args:
        contract: The contract.
        target: The target.
        exchanger: What sends the requests.
        redactor: What keeps secrets out of reports; values made from the token are added to it.
        effort: How much to ask.
        seed: Seed of all that is drawn.
    """

    def __init__(  # noqa: PLR0913 - the parts of a run, put together in one place
        self,
        *,
        contract: Contract,
        target: Target,
        exchanger: Client,
        redactor: Redactor,
        effort: Effort,
        seed: int,
    ) -> None:
        self.contract = contract
        self.target = target
        self.known = Known(contract, target)
        self.effort = effort
        self.seed = seed
        self.answers = Answers(contract.relation["properties"])
        self.redactor = redactor
        self.on_exchange: Callable[[Exchange], None] = lambda _: None
        self._exchanger = exchanger
        self.asked_cells: dict[tuple[str, str, str], Case] = {}
        self.drawn: dict[bool, list[Json]] = {}
        self.round = 0
        self._sent: dict[tuple[str, str | None, bytes], Exchange] = {}

    @property
    def pace(self) -> Pace:
        """How many requests were sent, and how many more may be."""
        return self._exchanger.pace

    def draw_anew(self) -> None:
        """Lets what is drawn from now on be other than what was drawn before."""
        self.round += 1
        self.drawn.clear()

    @property
    def is_thorough(self) -> bool:
        """Whether every cell of the grid is asked, and so what is like another question too."""
        return self.effort.cells is None

    @property
    def sent(self) -> int:
        """Number of requests sent so far."""
        return self.pace.sent

    @property
    def url(self) -> str:
        """The endpoint's URL."""
        return self._exchanger.url

    @property
    def token(self) -> str:
        """The target's token, for the body of a request."""
        return self.target.token.reveal()

    def body(self, profile: KnownProfile, fields: Mapping[str, Json], **changes: Json) -> dict[str, Json]:
        """Writes a request with the token and the profile's relation type."""
        return {"token": self.token, "rel_id": profile.rel_id} | dict(fields) | changes

    def send(self, request: Request, *, fresh: bool = False) -> Exchange:
        """Sends a request, or gives the exchange that it had already: the first one, where it was sent several times.

        Raises:
            BudgetSpentError: If no further request may be sent.
        """
        key = request.method, request.content_type, request.content
        if not fresh and key in self._sent:
            return self._sent[key]
        exchange = self._record(self._exchanger.send(request))
        self._sent.setdefault(key, exchange)
        return exchange

    def has_sent(self, body: Json) -> bool:
        """Says whether this very POST was sent before."""
        request = Request.of(body, "")
        return (request.method, request.content_type, request.content) in self._sent

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Every exchange so far, but for those of a request that was sent again."""
        return tuple(self._sent.values())

    def together(self, requests: Sequence[Request]) -> list[Exchange]:
        """Sends all requests at the same time."""
        return [self._record(exchange) for exchange in self._exchanger.together(requests)]

    def _record(self, exchange: Exchange) -> Exchange:
        self.on_exchange(exchange)
        return exchange

    def post(self, body: Json, mutation: str, *, fresh: bool = False) -> Exchange:
        """Sends a JSON value as a POST."""
        return self.send(Request.of(body, mutation), fresh=fresh)

    def some(self, cases: Sequence[T]) -> Sequence[T]:
        """Gives all cases, or as many of them as the effort allows, spread over the whole sequence."""
        return spread(cases, self.effort.cases)

    def finds(self, selector: Selector, mutation: str = "") -> Case:
        """Asks for a selector's profile and judges that its relations, and nobody else's, come back."""
        body = self.body(selector.profile, selector.fields)
        exchange = self.post(body, mutation or f"{selector.row.title}, by {selector.key}")
        return self.judged(exchange, Expectation(profiles=(selector.profile,)))

    def refuses(self, body: Json, mutation: str, *, wrong_token: bool = False) -> Case:
        """Sends a body that must be refused."""
        exchange = self.send(Request.of(body, mutation, wrong_token=wrong_token))
        return Case(exchange, judge_refused(exchange))

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
                self.asked_cells[cell.place] = case
                yield case

    def answers_rightly(self, body: Mapping[str, Json], mutation: str, *, first_row_decides: bool = False) -> Case:
        """Sends a body with the right token and judges the answer by what the contract and the target's data allow."""
        expectation = expect(self.known, body, first_row_decides=first_row_decides)
        return self.judged(self.post(body, mutation), expectation)

    def judged(self, exchange: Exchange, expectation: Expectation) -> Case:
        """Holds an exchange against an expectation."""
        body = exchange.request.body
        profiles = expectation.profiles
        own_type = isinstance(body, dict) and all(body.get("rel_id") == item.rel_id for item in profiles)
        return Case(exchange, judge(exchange, expectation, self.answers, own_type=own_type))

    def same_answer(self, first: Exchange, again: Exchange) -> Case:
        """Judges that two replies say the same: the same relations, or both a refusal."""
        if first.reply is None:
            return Case(again)
        known = self.answers.relations(first.reply)
        reply = again.reply
        if reply is not None and reply.is_success == first.reply.is_success and self.answers.relations(reply) == known:
            return Case(again)
        listed = Counter() if reply is None or not reply.entries else self.answers.relations(reply)
        differs = f"; {discrepancy(listed, known)}" if listed and known else ""
        words = f"the answer given before: {describe(first)}"
        return Case(again, Failure(words, f"{describe(again)}{differs}", again))

    def learn_baselines(self) -> None:
        """Asks for each profile by all its selectors, and takes what most of them show for its relations.

        A server that errs in one mode is then blamed for that mode. Identifiers come first, so they win a tie.
        """
        for number, profile in enumerate(self.known.profiles):
            votes = number < self.effort.voters
            self._learn_baseline(
                profile, self.known.of(profile) if votes else self.known.of(profile, Origin.IDENTIFIER)
            )

    def _learn_baseline(self, profile: KnownProfile, selectors: Sequence[Selector]) -> None:
        replies = [self.finds(selector).exchange.reply for selector in selectors]
        by_identifier = [
            reply for item, reply in zip(selectors, replies, strict=True) if item.origin is Origin.IDENTIFIER
        ]
        found = any(reply and reply.entries and self.answers.shows_owner(reply, profile) for reply in by_identifier)
        if not found and profile.expected_total != 0:
            self.answers.doubt(profile)
        shown = [reply for reply in replies if reply is not None and reply.is_success and reply.entries is not None]
        votes = Counter(frozenset(self.answers.relations(reply).items()) for reply in shown)
        if not votes:
            return
        most = max(votes.values())
        self.answers.set_baseline(
            profile, next(r for r in shown if votes[frozenset(self.answers.relations(r).items())] == most)
        )


def spread(items: Sequence[T], most: int) -> Sequence[T]:
    """Gives all items, or as many as are wanted, spread over the whole sequence."""
    if len(items) <= most:
        return items
    return [items[number * (len(items) - 1) // max(1, most - 1)] for number in range(most)]
