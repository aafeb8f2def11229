"""The service: a pipeline of small steps from a call to a reply, each step one method that can be overridden alone.

read → authenticate → validate → look up → succeed, and a refusal wherever a step objects. The steps stand in modules
that are named after what they do. A call leaves nothing behind in the service, but for variants that are about that.
"""

from __future__ import annotations

import logging
import traceback
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from profile_relations_server.errors import StoreUnavailableError
from profile_relations_server.service.match import MatchSteps
from profile_relations_server.service.messages import (
    INCORRECT_REQUEST,
    METHOD,
    SERVER_ERROR,
    UNAVAILABLE,
    Refusal,
    Reply,
)
from profile_relations_server.service.read import SESSION, ReadSteps, make_decoder
from profile_relations_server.service.render import RenderSteps
from profile_relations_server.service.state import State
from profile_relations_server.service.validate import ValidateSteps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from profile_relations_server.contract import Contract
    from profile_relations_server.service.messages import Call
    from profile_relations_server.service.variants import Variants
    from profile_relations_server.store.interface import Store

_log = logging.getLogger(__name__)


@cache
def _log_once(kind: str, place: str) -> None:
    # The message of an error could hold what the request held, so only its kind and place are logged; and once, since a
    # failure that every call meets would fill the log.
    _log.error("%s at\n%s", kind, place)


class Service(ReadSteps, ValidateSteps, MatchSteps, RenderSteps):
    """Answers calls of the endpoint.

    Args:
        contract: Which requests to accept.
        store: The data.
        tokens: The tokens that give access.
        variants: What to do where the API documentation leaves it open.
    """

    def __init__(self, contract: Contract, store: Store, tokens: Iterable[str], variants: Variants) -> None:
        self.contract = contract
        self.store = store
        self.variants = variants
        self.state = State()
        self.decoder = make_decoder(variants)
        self._tokens = tuple(token.encode() for token in tokens)

    async def answer(self, call: Call) -> Reply:
        """Answers a request to the endpoint, and also where the server itself fails."""
        try:
            if self.variants.xml == "xml" and "xml" in (call.content_type or "") and call.method == METHOD:
                call.trace.code = INCORRECT_REQUEST
                return self.answer_in_xml()
            return await (self.carry_out(call) if call.method == METHOD else self.refuse_method(call))
        except Refusal as refusal:
            call.trace.code = refusal.code
            return self.refuse(refusal)
        except StoreUnavailableError:
            call.trace.code = UNAVAILABLE
            return self.refuse(Refusal(UNAVAILABLE, "the store does not answer, try again later", transport=True))
        except Exception as error:  # noqa: BLE001 - every call is answered
            call.trace.code = SERVER_ERROR
            _log_once(type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
            return self.refuse_failure(error)

    async def carry_out(self, call: Call) -> Reply:
        """Does what a POST asks for.

        Raises:
            Refusal: If one of the steps objects.
        """
        body = self.read(call)
        self.authenticate(body)
        row = self.validate(body)
        call.trace.mode = row.searches_by
        reply = self.succeed(await self.look_up(row, body))
        return self.with_session(reply, body["token"]) if self.variants.cookies == "session" else reply

    def with_session(self, reply: Reply, token: str) -> Reply:
        """Begins a session, and adds its cookie to a reply."""
        cookie = f"{SESSION}={self.state.begin_session(token)}; Path=/; HttpOnly"
        return replace(reply, headers={**reply.headers, "set-cookie": cookie})

    def answer_in_xml(self) -> Reply:
        """Refuses a request in XML in its own language."""
        refusal = Refusal(INCORRECT_REQUEST, "this endpoint reads no XML")
        text = f"<response><error>{refusal.code}</error><error_text>{refusal.text}</error_text></response>"
        return Reply(self.refusal_status(refusal), text.encode(), {"content-type": "application/xml"})
