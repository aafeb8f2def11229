"""Requests about a generated world with their right answers, worked out from the world alone, without any store."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from profile_relations_server.world.model import Channel
from xxhash import xxh64_hexdigest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from profile_relations_server.world.generator import Plan
    from profile_relations_server.world.model import Profile, Relation

TOKEN = "a-token-of-the-benchmarks"  # noqa: S105 - of servers that live as long as a benchmark
NO_TYPE = 99
_CODES = {"no profile": 404, "no token": 401, "no selector": 400}
# Many profiles share the values of these.
_SHARED_FIELDS = ("CITY", "POINTS")


@dataclass(frozen=True, slots=True)
class Question:
    """One request.

    Attributes:
        kind: What finds the profile, or why nothing is found.
        body: The request's object.
        answer: What the envelope must hold; a refusal may say more.
    """

    kind: str
    body: Mapping[str, Any]
    answer: Mapping[str, Any]

    def is_answered_by(self, envelope: Mapping[str, Any]) -> bool:
        """Says whether an envelope is right."""
        whole = {name: envelope.get(name) for name in self.answer} if self.answer["error"] else envelope
        return whole == self.answer


def selectors(profile: Profile) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields everything that finds a profile and no other one, each with its kind."""
    yield "profile_id", {"matching": "profile_id", "profile_id": profile.profile_id}
    yield "profile_id by default", {"profile_id": profile.profile_id}
    if profile.email:
        yield "email", {"matching": "email", "email": profile.email}
        yield "email by default", {"email": profile.email, "profile_id": "ignored"}
        yield "email_profile", {"matching": "email_profile", "email": profile.email}
    for phone in profile.phones:
        yield "phone", {"matching": "phone", "phone": phone}
    for item in profile.subscriptions:
        mode = "email" if item.channel is Channel.EMAIL else "phone"
        yield f"{mode} of a subscription", {"matching": mode, mode: item.address}
        yield f"{mode} of a resource", {"matching": mode, mode: item.address, "resource_id": item.resource_id}
    for name, value in profile.fields.items():
        if name not in _SHARED_FIELDS:
            kind = {str: "text", int: "number"}.get(type(value), "tags")
            text = ", ".join(value) if isinstance(value, tuple) else value
            yield f"custom {kind}", {"matching": "custom", "field_name": name, "field_value": text}


def _success(relations: Iterable[Relation]) -> dict[str, Any]:
    data = [
        {
            "profile_id_a": item.profile_id_a,
            "xxh_a": xxh64_hexdigest(item.profile_id_a.encode()),
            "profile_id_b": item.profile_id_b,
            "xxh_b": xxh64_hexdigest(item.profile_id_b.encode()),
            "db_b": item.db_b,
            "props": item.props,
        }
        for item in relations
    ]
    return {"error": 0, "error_text": "Successful operation", "data": data, "total_count": len(data)}


def questions(plan: Plan, *, every: int = 1) -> Iterator[Question]:
    """Yields every question about the profiles of a plan: all that finds each, for all types of relation.

    Args:
        plan: What the server was told to generate.
        every: Take one profile of this many.
    """
    first = 0
    for profiles, relations in plan.batches():
        for index in range(-first % every, len(profiles), every):
            yield from _about(profiles[index], relations[index * plan.relations : (index + 1) * plan.relations])
        first += len(profiles)


def _about(profile: Profile, relations: Iterable[Relation]) -> Iterator[Question]:
    by_type = defaultdict(list)
    for relation in relations:
        by_type[relation.rel_id].append(relation)
    answers = {rel_id: _success(some) for rel_id, some in by_type.items()} | {NO_TYPE: _success(())}
    for rel_id, answer in answers.items():
        common = {"token": TOKEN, "rel_id": rel_id}
        for kind, selector in selectors(profile):
            yield Question(kind, common | selector, answer)
    refused = {
        "no profile": {"token": TOKEN, "rel_id": 2, "profile_id": profile.profile_id[::-1]},
        "no token": {"rel_id": 2, "profile_id": profile.profile_id},
        "no selector": {"token": TOKEN, "rel_id": 2, "matching": "phone", "email": profile.email},
    }
    for kind, body in refused.items():
        yield Question(kind, body, {"error": _CODES[kind]})
