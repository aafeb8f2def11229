"""Results are read as what they are: a reply is the list of its relations, and properties are a mapping."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping, MutableMapping
from typing import Any

import pytest
from profile_relations_client import models

from .drawing import OPERATION

PAGE: dict[str, Any] = OPERATION["responses"]["200"]["content"]["application/json"]["examples"]["page"]["value"]


@pytest.fixture
def found() -> models.RelationsFound:
    return models.RelationsFound.from_dict(PAGE)


def test_a_reply_is_the_list_of_its_relations(found: models.RelationsFound) -> None:
    assert len(found) == 1
    assert [*found] == found.data
    assert [relation.profile_id_b for relation in found] == ["6751b8f1c5e3db9bcb75befa"]
    assert found.data[0] in found
    assert models.Relation.from_dict(PAGE["data"][0] | {"db_b": 1}) not in found
    empty = models.RelationsFound.from_dict(PAGE | {"data": [], "total_count": 0})
    assert not empty
    assert found


def test_properties_are_a_mapping(found: models.RelationsFound) -> None:
    props = found.data[0].props
    assert isinstance(props, MutableMapping)
    assert list(props) == ["exr"]
    assert len(props) == 1
    assert "exr" in props
    assert "none" not in props
    assert props["exr"].value == 11323123
    assert {name: one.value for name, one in props.items()} == {"exr": 11323123}
    assert [one.value for one in props.values()] == [11323123]
    assert props.get("none") is None
    with pytest.raises(KeyError):
        props["none"]


def test_a_property_can_be_set_and_taken_out(found: models.RelationsFound) -> None:
    props = found.data[0].props
    props["more"] = models.RelationProperty(value=True)
    assert found.to_dict()["data"][0]["props"] == {"exr": {"value": 11323123}, "more": {"value": True}}
    assert props.pop("more").value is True
    assert found == models.RelationsFound.from_dict(PAGE)


def test_every_part_becomes_plain_data_again(found: models.RelationsFound) -> None:
    assert found.to_dict() == PAGE
    (relation,) = found
    assert relation.to_dict() == PAGE["data"][0]
    assert relation.props.to_dict() == {"exr": {"value": 11323123}}
    assert relation.props["exr"].to_dict() == {"value": 11323123}


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])  # noqa: S301
def test_a_mapping_survives_being_copied(again: Any, found: models.RelationsFound) -> None:  # noqa: ANN401
    props: Mapping[str, Any] = again(found.data[0].props)
    assert props == found.data[0].props
    assert props["exr"].value == 11323123
