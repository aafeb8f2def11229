"""Calls that the contract refuses: each marked line is refused by a type checker, and no other line is."""

from __future__ import annotations

from profile_relations_client import AsyncRelationsClient, RelationsClient, models


def rows(api: RelationsClient, mode: str) -> None:
    api.get_relations()  # refused
    api.get_relations(rel_id=2)  # refused
    api.get_relations(email="a")  # refused
    api.get_relations(2, email="a")  # refused
    api.get_relations(rel_id="2", email="a")  # refused
    api.get_relations(rel_id=2.5, email="a")  # refused
    api.get_relations(rel_id=None, email="a")  # refused
    api.get_relations(rel_id=2, email=None)  # refused
    api.get_relations(rel_id=2, email=5)  # refused
    api.get_relations(rel_id=2, email="a", resource_id="24")  # refused
    api.get_relations(rel_id=2, profile_id=5)  # refused
    api.get_relations(rel_id=2, profile_id="a", email=None)  # refused
    api.get_relations(rel_id=2, profile_id="a", phone="+7")  # refused
    api.get_relations(rel_id=2, matching="email_profile", email="a", resource_id=24)  # refused
    api.get_relations(rel_id=2, phone="+7")  # refused
    api.get_relations(rel_id=2, field_name="A", field_value=1)  # refused
    api.get_relations(rel_id=2, matching="email")  # refused
    api.get_relations(rel_id=2, matching="email", profile_id="a")  # refused
    api.get_relations(rel_id=2, matching="email_profile", phone="a")  # refused
    api.get_relations(rel_id=2, matching="phone")  # refused
    api.get_relations(rel_id=2, matching="phone", email="a")  # refused
    api.get_relations(rel_id=2, matching="phone", phone=79000000000)  # refused
    api.get_relations(rel_id=2, matching="profile_id")  # refused
    api.get_relations(rel_id=2, matching="profile_id", email="a")  # refused
    api.get_relations(rel_id=2, matching="custom")  # refused
    api.get_relations(rel_id=2, matching="custom", field_name="A")  # refused
    api.get_relations(rel_id=2, matching="custom", field_value=1)  # refused
    api.get_relations(rel_id=2, matching="custom", field_name="A", field_value=1.5)  # refused
    api.get_relations(rel_id=2, matching="custom", field_name=1, field_value=1)  # refused
    api.get_relations(rel_id=2, matching="EMAIL", email="a")  # refused
    api.get_relations(rel_id=2, matching=None, email="a")  # refused
    api.get_relations(rel_id=2, matching=mode, email="a")  # refused
    api.get_relations(rel_id=2, emial="a", profile_id="b")  # refused
    api.get_relations(rel_id=2, email="a", token="t")  # refused
    api.get_relations(rel_id=2, email="a", timeout="5")  # refused
    api.with_raw_response.get_relations(rel_id=2, matching="phone")  # refused


def request_models(api: RelationsClient) -> None:
    api.get_relations({"rel_id": 2, "email": "a"})  # refused
    api.get_relations(models.Relation)  # refused
    api.get_relations(models.EmailRequest(rel_id=2, matching="email", email="a"), rel_id=2)  # refused
    models.EmailRequest(rel_id=2, matching="phone", email="a")  # refused
    models.PhoneRequest(rel_id=2, matching="phone")  # refused


async def coroutines(api: AsyncRelationsClient) -> None:
    await api.get_relations(rel_id=2, matching="custom")  # refused
    api.get_relations(rel_id=2, email="a").data  # refused  # noqa: B018


def clients(url: str) -> None:
    RelationsClient(url)  # refused
    RelationsClient(url, "token")  # refused
    RelationsClient(url, token=None)  # refused
    RelationsClient(url, token="t", retries="2")  # refused


def replies(api: RelationsClient) -> None:
    found = api.get_relations(rel_id=2, email="a")
    found.total_count.upper()  # refused
    found.data[0].profile_id_c  # refused  # noqa: B018
    found.parsed  # refused  # noqa: B018
