"""The first steps: from the bytes of a call to a JSON object.

Whatever the bytes are, the outcome is an object or a refusal.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from profile_relations_server.contract import MODE_FIELD
from profile_relations_server.service.messages import INCORRECT_REQUEST, WRONG_CONTENT_TYPE, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from profile_relations_server.contract import Contract, Row
    from profile_relations_server.service.messages import Body, Call, Json
    from profile_relations_server.service.state import State
    from profile_relations_server.service.variants import Variants

SESSION = "session"
"""Name of the cookie."""
_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
# Python does not turn longer ones into integers, for the time that it takes.
_MOST_DIGITS = 4000


def read_integer(digits: str) -> int:
    """Reads an integer; one that is too long to be anybody's becomes another one that is too long to be anybody's."""
    if len(digits) <= _MOST_DIGITS:
        return int(digits)
    beyond = int(10**_MOST_DIGITS)
    return -beyond if digits.startswith("-") else beyond


def make_decoder(variants: Variants) -> json.JSONDecoder:
    """Makes the JSON decoder of a server; one serves for all calls, which are too many to make one each."""
    hooks: dict[str, Callable[[list[tuple[str, Json]]], Body]] = {"first": _first_of_each, "refused": _one_of_each}
    return json.JSONDecoder(
        parse_int=read_integer,
        parse_constant=float if variants.nan == "read" else _no_constant,
        object_pairs_hook=hooks.get(variants.duplicate_keys),
    )


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _first_of_each(pairs: list[tuple[str, Json]]) -> Body:
    return dict(reversed(pairs))


def _one_of_each(pairs: list[tuple[str, Json]]) -> Body:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands in an object twice")
    return found


class ReadSteps:
    """Steps that read the request's body. Each of them can be overridden alone."""

    contract: Contract
    variants: Variants
    state: State
    decoder: json.JSONDecoder

    def read(self, call: Call) -> Body:
        """Reads the body of a call.

        Raises:
            Refusal: If the body is no JSON object.
        """
        self.check_content_type(call.content_type)
        body = self.check_object(self.parse(self.decode(call.raw)))
        if self.variants.member_names == "any-case":
            body = self.in_lower_case(body)
        self.place_token(call, body)
        if self.variants.empty_fields == "not-given":
            self.leave_out_empty(body)
        return body

    def check_content_type(self, content_type: str | None) -> None:
        """Refuses a content type that is not JSON's, where the variant says so."""
        if content_type is None or self.variants.other_content_type == "read":
            return
        if content_type.partition(";")[0].strip().lower() != "application/json":
            raise Refusal(WRONG_CONTENT_TYPE, "the content type must be application/json", transport=True)

    def decode(self, raw: bytes) -> str:
        """Reads the bytes as UTF-8, the encoding of JSON."""
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            raise Refusal(INCORRECT_REQUEST, "the body is not encoded in UTF-8") from None
        if text.startswith(_BYTE_ORDER_MARK):
            if self.variants.byte_order_mark == "refused":
                raise Refusal(INCORRECT_REQUEST, "the body begins with a byte-order mark")
            return text[1:]
        return text

    def parse(self, text: str) -> Json:
        """Parses the text as JSON."""
        try:
            return self.decoder.decode(text)
        except RecursionError:
            raise Refusal(INCORRECT_REQUEST, "the body is nested too deeply") from None
        except ValueError:
            raise Refusal(INCORRECT_REQUEST, "the body is not JSON") from None

    def check_object(self, parsed: Json) -> Body:
        """Refuses what is no object."""
        if not isinstance(parsed, dict):
            raise Refusal(INCORRECT_REQUEST, "the body must be a JSON object")
        return parsed

    def in_lower_case(self, body: Body) -> Body:
        """Reads the names of the contract's fields in any letter case; the last of several that are the same counts."""
        known = self.contract.known_fields
        return {name.lower() if name.lower() in known else name: value for name, value in body.items()}

    def place_token(self, call: Call, body: Body) -> None:
        """Puts the token that counts into the body, wherever the request has it."""
        if not self.variants.seek_token:
            return
        place = self.variants.token_in
        if place == "header":
            body.pop("token", None)
        token = None if place == "body" else _bearer(call.authorization)
        if token is None and "token" not in body and self.variants.cookies == "session":
            token = self.state.token_of(_session(call.cookie))
        if token is not None:
            body["token"] = token

    def leave_out_empty(self, body: Body) -> None:
        """Leaves out optional fields that hold nothing, as languages read them that have no other word for nothing."""
        for name in (MODE_FIELD, *self._optional(self.contract.rows)):
            if name in body and self._is_empty(name, body[name]):
                del body[name]
        rows = [row for row in self.contract.rows if row.mode == body.get(MODE_FIELD)]
        whole = [row for row in rows if not any(self._is_empty(name, body.get(name)) for name in row.selectors)]
        if whole:
            kept = {*whole[0].selectors, *self.contract.common}
            for name in self.contract.known_fields - kept:
                if name in body and self._is_empty(name, body[name]):
                    del body[name]

    def _optional(self, rows: Iterable[Row]) -> set[str]:
        """Gives the fields that no row requires."""
        return set(self.contract.field_schemas).difference(*(row.required for row in rows))

    def _is_empty(self, name: str, value: Json) -> bool:
        if value is None or value == "":
            return True
        is_number = self.contract.resolve(self.contract.field_schemas.get(name, {})).get("type") == "integer"
        return is_number and value == 0 and not isinstance(value, bool)


def _bearer(authorization: str | None) -> str | None:
    """Gives the token of a header `Authorization: Bearer …`; None where it is none."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _session(cookie: str | None) -> str:
    pairs = (part.strip().partition("=") for part in (cookie or "").split(";"))
    return next((value for name, _, value in pairs if name == SESSION), "")
