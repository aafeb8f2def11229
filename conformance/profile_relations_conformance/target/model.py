"""What the tester knows of the server under test, as plain data; no repr shows the token."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_TOKEN_ENV = "RELATIONS_TOKEN"  # noqa: S105 - the name of a variable


class Token:
    """An API token that no repr, log or traceback shows.

    Args:
        value: The token itself.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Gives the token itself, for the wire alone."""
        return self._value

    def __repr__(self) -> str:
        return "Token(…)"

    def __reduce__(self) -> str:
        raise TypeError("a token is not pickled")


@dataclass(frozen=True)
class Subscription:
    """An address of a profile that only a subscription holds."""

    resource_id: int
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class CustomField:
    """A custom field of a profile: a value, or tags."""

    name: str
    value: str | int | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class KnownProfile:
    """A profile of database A that the tester knows."""

    index: int
    profile_id: str
    rel_id: int
    other_rel_id: int | None = None
    expected_total: int | None = None
    email: str | None = None
    phone: str | None = None
    subscriptions: tuple[Subscription, ...] = ()
    custom_fields: tuple[CustomField, ...] = ()
    selectors: tuple[Mapping[str, Any], ...] = field(default=(), hash=False)

    @property
    def key(self) -> str:
        """The place in the target file, which stands for the profile in reports."""
        return f"profiles[{self.index}]"


@dataclass(frozen=True)
class Target:
    """A server under test and what is known of its data."""

    base_url: str
    token_env: str
    token: Token
    profiles: tuple[KnownProfile, ...]
    source: str = ""
    token_in: str = "body"  # noqa: S105 - a place, no token

    @property
    def takes_header(self) -> bool:
        """Whether the token goes into the `Authorization` header, and not into the body."""
        return self.token_in == "header"  # noqa: S105 - see above
