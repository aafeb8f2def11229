"""The server's choices where the API documentation leaves one: a switch or more for each freedom; all are correct.

A choice never changes what the documentation states. What a wrong server does is in the faults.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Self, get_args, get_type_hints

from profile_relations_server.errors import OptionError
from profile_relations_server.store.search_terms import Form

if TYPE_CHECKING:
    from collections.abc import Iterable


def _choice(default: str, freedom: str, says: str) -> Any:  # noqa: ANN401 - dataclasses.field itself is typed as its default
    return dataclasses.field(default=default, metadata={"freedom": freedom, "says": says})


@dataclass(frozen=True, kw_only=True)
class Variants:
    """What the server does where it may do either; each attribute's values are in its type."""

    refuse_with: Literal["200", "4xx", "422"] = _choice(
        "200", "REFUSAL-STATUS-EITHER", "HTTP status of a refusal: 200, a fitting 4xx, or always 422"
    )
    refuse_get: Literal["405", "200", "bare"] = _choice(
        "405", "REFUSAL-STATUS-EITHER", "a method other than POST: the envelope under 405 or 200, or 405 with no body"
    )
    error_code: Literal["guide", "own", "negative"] = _choice(
        "guide", "REFUSAL-STATUS-EITHER", "`error` of a refusal: the platform's numbers, others, or negative ones"
    )
    error_text: Literal["english", "other"] = _choice(
        "english",
        "REFUSAL-STATUS-EITHER",
        "text of a refusal: the reason in English, or one sentence in another script",
    )
    unknown_profile: Literal["error", "empty"] = _choice(
        "error", "NOT-FOUND-EITHER", "a profile that is not found: a refusal, or a success with no relation"
    )
    refusal_members: Literal["omitted", "null", "empty", "zero"] = _choice(
        "omitted", "REFUSAL-MEMBERS", "`data` and `total_count` of a refusal: left out, null, [] and 0, or 0 alone"
    )
    extra_members: Literal["none", "some"] = _choice(
        "none", "EXTRA-MEMBERS", "whether replies and their entries have members that are not documented"
    )
    entry_order: Literal["stable", "reversed", "shuffled"] = _choice(
        "stable", "ENTRY-ORDER", "order of entries: the world's, the other way round, or another one at each call"
    )
    charset: Literal["none", "utf-8"] = _choice(
        "none", "CHARSET", "whether the content type of a reply names its charset"
    )
    other_content_type: Literal["read", "refused"] = _choice(
        "read", "OTHER-CONTENT-TYPES", "a request whose content type is not JSON: read all the same, or refused"
    )
    letter_case: Literal["exact", "ignored"] = _choice(
        "exact", "ADDRESS-CASE-AND-SPACE", "whether an address matches in other letter case"
    )
    spaces: Literal["exact", "trimmed"] = _choice(
        "exact", "ADDRESS-CASE-AND-SPACE", "whether an address matches with space around it"
    )
    shared_address: Literal["first", "last", "refused"] = _choice(
        "first", "SHARED-ADDRESS", "where several profiles match: the world's first, its last, or a refusal"
    )
    unused_fields: Literal["ignored", "typed", "refused"] = _choice(
        "ignored", "UNUSED-FIELDS", "fields that the mode does not use: ignored, refused where mistyped, or refused"
    )
    unknown_fields: Literal["ignored", "refused"] = _choice(
        "ignored", "UNKNOWN-FIELDS", "fields that the contract does not know: ignored or refused"
    )
    resource_and_profile_data: Literal["both", "subscriptions"] = _choice(
        "both", "RESOURCE-AND-PROFILE-DATA", "beside `resource_id`, whether an address in profile data matches too"
    )
    some_tags: Literal["find", "nothing"] = _choice(
        "find", "SOME-TAGS", "whether some of a profile's tags find it, or nothing but all of them"
    )
    digits: Literal["find", "nothing"] = _choice(
        "find", "NUMBER-AS-DIGITS", "whether its digits as a string find a number in a custom field"
    )
    whole_float: Literal["read", "refused"] = _choice(
        "read", "WHOLE-FLOAT", "a whole number written as 2.0: an integer, or refused"
    )
    duplicate_keys: Literal["last", "first", "refused"] = _choice(
        "last", "DUPLICATE-KEYS", "a key that stands in a body twice: the last counts, the first, or it is refused"
    )
    nan: Literal["refused", "read"] = _choice("refused", "NOT-A-NUMBER", "NaN and Infinity in a body: refused or read")
    byte_order_mark: Literal["refused", "read"] = _choice(
        "refused", "BYTE-ORDER-MARK", "a byte-order mark before the body: refused or read"
    )

    xml: Literal["json", "xml"] = _choice(
        "json", "OTHER-CONTENT-TYPES", "a request in XML: answered in JSON, or in XML"
    )
    phones: Literal["as-written", "digits"] = _choice(
        "as-written", "ADDRESS-NORMAL-FORM", "phone numbers are compared as they are written, or by their digits alone"
    )
    accents: Literal["exact", "folded"] = _choice(
        "exact", "ADDRESS-NORMAL-FORM", "whether an address matches with or without its accents"
    )
    member_names: Literal["exact", "any-case"] = _choice(
        "exact", "MEMBER-NAME-CASE", "whether the names of a request's members are read in any letter case"
    )
    empty_fields: Literal["as-given", "not-given"] = _choice(
        "as-given", "EMPTY-FIELDS", 'null, "" and a `resource_id` of 0 in an optional field: as they are, or not given'
    )
    success_text: Literal["documented", "empty"] = _choice(
        "documented", "EMPTY-SUCCESS-TEXT", "text of a success: the documented one, or none"
    )
    repeated_pairs: Literal["none", "some"] = _choice(
        "none", "SEVERAL-RELATIONS", "whether two profiles are linked by several relations of one type"
    )
    throttling: Literal["none", "429", "503"] = _choice(
        "none", "PROXY-REFUSALS", "a proxy that refuses more than 100 requests a second, with this status"
    )
    large_body: Literal["read", "html"] = _choice(
        "read", "PROXY-REFUSALS", "a body over 16 KiB: read, or refused by a proxy with 413 and HTML"
    )
    firewall: Literal["none", "html"] = _choice(
        "none", "PROXY-REFUSALS", "whether a firewall refuses what looks like SQL or markup with 403 and HTML"
    )
    nesting: Literal["envelope", "own-words"] = _choice(
        "envelope", "PROXY-REFUSALS", "a deeply nested body: refused with the envelope, or by the framework in text"
    )
    lock_out: Literal["none", "after-5"] = _choice(
        "none", "LOCK-OUT", "whether five wrong tokens lock everybody out for five minutes"
    )
    token_in: Literal["body", "header", "either"] = _choice(
        "body", "TOKEN-PLACE", "where the token is read: in the body, in the header, or in the header before the body"
    )
    cookies: Literal["none", "session"] = _choice(
        "none", "COOKIES", "whether a success begins a session, whose cookie stands for the token"
    )
    moving: Literal["none", "props", "relations", "both"] = _choice(
        "none", "MOVING-DATA", "whether numbers in `props` count up at every call, relations come and go each second"
    )

    @classmethod
    def parse(cls, options: Iterable[str]) -> Self:
        """Makes variants of options as the command line takes them.

        Args:
            options: `name=value`, or `name` alone for the first value that is not the default; later ones win.

        Raises:
            OptionError: If there is no such variant or value.
        """
        chosen: dict[str, Any] = {}
        for option in options:
            name, _, value = option.partition("=")
            variant = next((item for item in list_variants() if item.name == name), None)
            if variant is None:
                raise OptionError(f"there is no variant {name!r}; --list-variants lists them")
            if value and value not in variant.values:
                raise OptionError(f"the variant {name} has no value {value!r}; choose {', '.join(variant.values)}")
            chosen[variant.attribute] = value or variant.values[1]
        return cls(**chosen)

    @cached_property
    def seek_token(self) -> bool:
        """Whether the token may stand elsewhere than in the body."""
        return self.token_in != "body" or self.cookies != "none"  # noqa: S105 - a place, and no token

    @cached_property
    def change_data(self) -> bool:
        """Whether relations are shown otherwise than they stand in the world."""
        return self.moving != "none" or self.repeated_pairs != "none"

    @property
    def form(self) -> Form:
        """The form in which two addresses are compared."""
        return Form(
            caseless=self.letter_case == "ignored",
            trimmed=self.spaces == "trimmed",
            accentless=self.accents == "folded",
            digits=self.phones == "digits",
        )


@dataclass(frozen=True)
class Variant:
    """One switch, described.

    Attributes:
        attribute: Its attribute of Variants.
        freedom: The freedom of the ledger that allows its values.
        says: What it decides.
        values: What it can be; the first is the default.
    """

    attribute: str
    freedom: str
    says: str
    values: tuple[str, ...]

    @property
    def name(self) -> str:
        """How the command line calls it."""
        return self.attribute.replace("_", "-")


def list_variants() -> tuple[Variant, ...]:
    """Describes every switch, in the order of the ledger."""
    types = get_type_hints(Variants)
    return tuple(
        Variant(item.name, item.metadata["freedom"], item.metadata["says"], get_args(types[item.name]))
        for item in dataclasses.fields(Variants)
    )
