"""Calls that the contract allows: a type checker has nothing to say about them."""

from __future__ import annotations

from typing import Any, assert_type

from profile_relations_client import (
    ApiError,
    AsyncRelationsClient,
    ClientError,
    NoAccessError,
    RelationsClient,
    Reply,
    Retries,
    models,
)


def rows(api: RelationsClient, number: int, text: str) -> None:
    assert_type(api.get_relations(rel_id=number, email=text), models.RelationsFound)
    api.get_relations(rel_id=2, email="a", resource_id=24)
    api.get_relations(rel_id=2, email="a", profile_id="b")
    api.get_relations(rel_id=2, profile_id=text)
    api.get_relations(rel_id=2, matching="email", email="a")
    api.get_relations(rel_id=2, matching="email", email="a", resource_id=24)
    api.get_relations(rel_id=2, matching="email_profile", email="a")
    api.get_relations(rel_id=2, matching="phone", phone="+7", resource_id=24)
    api.get_relations(rel_id=2, matching="profile_id", profile_id="a")
    api.get_relations(rel_id=2, matching="custom", field_name="CRM_ID", field_value="123420")
    api.get_relations(rel_id=2, matching="custom", field_name="LOYALTY", field_value=7, timeout=1.5)
    api.get_relations(rel_id=2, email="a", timeout=None)


def request_models(api: RelationsClient, token: str) -> None:
    api.get_relations(models.EmailRequest(rel_id=2, matching="email", email="a"))
    api.get_relations(models.DefaultProfileIdRequest(rel_id=2, profile_id="a", token=token), timeout=3)
    api.get_relations(models.CustomRequest.from_dict({"rel_id": 2}))


def replies(api: RelationsClient) -> None:
    for relation in api.get_relations(rel_id=2, email="a").data:
        assert_type(relation, models.Relation)
        assert_type(relation.profile_id_b, str)
        assert_type(relation.db_b, int)
        assert_type(relation.props["exr"].value, Any)
        assert_type(relation.additional_properties, dict[str, Any])
    whole = api.with_raw_response.get_relations(rel_id=2, email="a")
    assert_type(whole, Reply[models.RelationsFound])
    assert_type((whole.status, whole.body, whole.parsed.total_count), tuple[int, bytes, int])
    assert_type(whole.headers["Date"], str)


async def coroutines(url: str, token: str) -> None:
    async with AsyncRelationsClient(url, token=token, timeout=5, retries=Retries(count=1, first_wait=0.1)) as api:
        assert_type(await api.get_relations(rel_id=2, email="a"), models.RelationsFound)
        whole = await api.with_raw_response.get_relations(models.PhoneRequest(rel_id=2, matching="phone", phone="a"))
        assert_type(whole.parsed.data[0].xxh_a, str)
    await api.close()


def errors(url: str, token: str) -> int:
    with RelationsClient(url, token=token, max_reply_size=1 << 20, verify=False, proxy="http://localhost:1") as api:
        try:
            api.get_relations(rel_id=2, email="a")
        except NoAccessError as error:
            assert_type(error.code, int)
            return error.status
        except ApiError as error:
            assert_type((error.text, error.reply.body), tuple[str, bytes])
        except ClientError:
            raise
    return 0
