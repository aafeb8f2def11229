"""The steps that decide whether a request may be carried out: its token, and what the contract says of its fields."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from profile_relations_server.service.messages import INCORRECT_REQUEST, NO_ACCESS, TOKEN_REQUIRED, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from profile_relations_server.contract import Contract, Row
    from profile_relations_server.service.messages import Body
    from profile_relations_server.service.state import State
    from profile_relations_server.service.variants import Variants


class ValidateSteps:
    """Steps that accept or refuse a request. Each of them can be overridden alone."""

    contract: Contract
    variants: Variants
    state: State
    _tokens: tuple[bytes, ...]

    def authenticate(self, body: Body) -> None:
        """Refuses a request without a valid token.

        Raises:
            Refusal: If the token is missing, no text, empty, or unknown, or nobody is let in any more.
        """
        counts = self.variants.lock_out != "none"
        if counts and self.state.is_locked:
            raise Refusal(NO_ACCESS, "too many wrong tokens came, try again later")
        token = body.get("token")
        if not isinstance(token, str) or not self.is_known(token):
            if counts and token:
                self.state.count_wrong_token()
            raise Refusal(TOKEN_REQUIRED, "the token is missing or unknown")

    def is_known(self, token: str) -> bool:
        """Says whether a token is valid, in a time that does not tell how much of it is right."""
        given = token.encode("utf-8", "surrogatepass")
        return any([hmac.compare_digest(given, known) for known in self._tokens])  # noqa: C419 - all are compared, always

    def validate(self, body: Body) -> Row:
        """Finds the row of the decision table that the request fits.

        Args:
            body: The request's object. Whole numbers that are written as 2.0 become integers in it.

        Raises:
            Refusal: If the contract forbids the request.
        """
        try:
            row = self.contract.row_of(body)
        except UnicodeEncodeError:
            raise Refusal(INCORRECT_REQUEST, "the request has half of a surrogate pair") from None
        if row is None:
            raise Refusal(INCORRECT_REQUEST, self.contract.objection(body))
        self.check_whole_floats(row, body)
        self.check_unused_fields(row.unused, body)
        self.check_unknown_fields(body.keys() - self.contract.known_fields)
        return row

    def check_whole_floats(self, row: Row, body: Body) -> None:
        """Makes integers of the floats that JSON Schema counts among them, or refuses them."""
        for name, value in body.items():
            if isinstance(value, float) and name in row.fields:
                if self.variants.whole_float == "refused":
                    raise Refusal(INCORRECT_REQUEST, f"{name} must be written without a fraction")
                body[name] = int(value)

    def check_unused_fields(self, unused: Iterable[str], body: Body) -> None:
        """Refuses fields that the row does not use, where the variant says so."""
        if self.variants.unused_fields == "ignored":
            return
        for name in unused:
            if name in body and (self.variants.unused_fields == "refused" or not self.contract.fits(name, body[name])):
                raise Refusal(INCORRECT_REQUEST, f"{name} does not go with this request")

    def check_unknown_fields(self, names: AbstractSet[str]) -> None:
        """Refuses fields that the contract does not know, where the variant says so."""
        if names and self.variants.unknown_fields == "refused":
            raise Refusal(INCORRECT_REQUEST, "the request has a field that is not known here")
