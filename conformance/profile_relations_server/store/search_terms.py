"""What a request can search a profile by, each as one whole number: the terms of the store's inverted index.

A number is the digest of what it stands for, so that no database's collation, text length, reserved character or
integer size has a say in what matches, and every search is the same look-up in the same index. Digests have 64 bits:
among the twenty million terms of a large world, the odds that any two of them are equal are one in a hundred thousand.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from itertools import product
from typing import TYPE_CHECKING
from unicodedata import combining, normalize

from profile_relations_server.world.model import Channel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from profile_relations_server.world.model import Profile

EMAIL, PHONE, TEXT, NUMBER, TAG, ALL_TAGS = "email", "phone", "text", "number", "tag", "all-tags"
_DIGEST_BYTES = 8


@dataclass(frozen=True)
class Form:
    """A form in which two addresses are compared.

    Attributes:
        caseless: Whether letter case makes no difference.
        trimmed: Whether space around an address makes none.
        accentless: Whether accents make none.
        digits: Whether phone numbers are compared by their digits alone.
    """

    caseless: bool = False
    trimmed: bool = False
    accentless: bool = False
    digits: bool = False

    def __call__(self, address: str, *, is_phone: bool = False) -> str:
        """Brings an address to this form."""
        if self.digits and is_phone and (digits := digits_of(address)):
            return digits
        if self.trimmed:
            address = address.strip()
        if self.accentless and not address.isascii():
            address = "".join(char for char in normalize("NFD", address) if not combining(char))
        return address.casefold() if self.caseless else address

    @property
    def mark(self) -> str:
        """Keeps the terms of one form apart from those of another."""
        marks = {"i": self.caseless, "t": self.trimmed, "a": self.accentless}
        return "".join(mark for mark, is_set in marks.items() if is_set)


EXACT = Form()
_LOOSE = tuple(
    Form(caseless=caseless, trimmed=trimmed, accentless=accentless)
    for caseless, trimmed, accentless in product((False, True), repeat=3)
    if caseless or trimmed or accentless
)
_DIGITS_MARK = "d"


def digits_of(number: str) -> str:
    """Gives the digits of a phone number."""
    return "".join(char for char in number if char in "0123456789")


def term(kind: str, name: str, value: str) -> int:
    """Gives the term of a value.

    Args:
        kind: What the value is, such as a tag.
        name: Which one it is, where there are several: the custom field, the resource.
        value: The value; any text, lone surrogates included.

    Returns:
        A signed integer of 64 bits.
    """
    # The length of the name tells where it ends, whatever stands in it.
    spelled = f"{kind} {len(name)} {name}{value}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(spelled, digest_size=_DIGEST_BYTES).digest(), "big", signed=True)


def subscription_kind(channel: Channel) -> str:
    """Gives the kind of the addresses in subscriptions of a channel."""
    return f"{channel} subscription"


def resource_name(resource_id: int | None) -> str:
    """Gives the name under which subscriptions to a resource are found; None stands for any."""
    return "" if resource_id is None else str(resource_id)


_PHONES = {PHONE, subscription_kind(Channel.SMS)}


def address_terms(kind: str, name: str, address: str) -> Iterator[int]:
    """Gives the terms that find an address: its own, and those of the forms that it does not have already."""
    yield term(kind, name, address)
    if kind in _PHONES and (digits := digits_of(address)):
        yield term(kind + _DIGITS_MARK, name, digits)
    if not address.isascii() or address.casefold().strip() != address:
        for form in _LOOSE:
            folded = form(address)
            if folded != address:
                yield term(kind + form.mark, name, folded)


def terms_sought(kind: str, name: str, address: str, form: Form) -> tuple[int, ...]:
    """Gives the terms that find an address in a form; one of them is enough."""
    if form.digits and kind in _PHONES and (digits := digits_of(address)):
        return (term(kind + _DIGITS_MARK, name, digits),)
    folded = form(address)
    own = term(kind, name, folded)
    return (own, term(kind + form.mark, name, folded)) if form.mark else (own,)


def all_tags_term(name: str, tags: Iterable[str]) -> int:
    """Gives the term of a tag field by the whole set of its tags, in whatever order; a tag has no comma."""
    return term(ALL_TAGS, name, ",".join(sorted(tags)))


def terms_of(profile: Profile) -> set[int]:
    """Gives every term that finds a profile, but for its identifier."""
    found: set[int] = set()
    if profile.email is not None:
        found.update(address_terms(EMAIL, "", profile.email))
    for phone in profile.phones:
        found.update(address_terms(PHONE, "", phone))
    for item in profile.subscriptions:
        # The term without a resource answers a request that names none.
        for resource in (item.resource_id, None):
            found.update(address_terms(subscription_kind(item.channel), resource_name(resource), item.address))
    for name, value in profile.fields.items():
        if isinstance(value, tuple):
            found.update(term(TAG, name, tag) for tag in value)
            found.add(all_tags_term(name, value))
        else:
            found.add(term(TEXT, name, value) if isinstance(value, str) else term(NUMBER, name, str(value)))
    return found
