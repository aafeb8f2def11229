"""A world file is read whole or refused with the place of the mistake and what to do about it."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from profile_relations_server.errors import WorldError
from profile_relations_server.world.model import Channel, Profile, Relation, Subscription
from profile_relations_server.world.reader import load_world, read_world

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Json = Any

A = "669e6968ebf4ac52b623a997"
B = "6751b8f1c5e3db9bcb75befa"
SECRET = "a-token-that-no-error-shows"

WORLD: dict[str, Any] = {
    "tokens": [SECRET],
    "profiles": [
        {
            "profile_id": A,
            "database": 5,
            "email": "john@example.com",
            "phones": ["+79000000000"],
            "fields": {"CRM_ID": "123420", "LOYALTY": 7, "TAGS": ["vip", "north"]},
            "subscriptions": [{"resource_id": 24, "channel": "email", "address": "john.news@example.com"}],
        },
        {"profile_id": B, "database": 5, "email": None},
    ],
    "relations": [
        {"rel_id": 2, "profile_id_a": A, "profile_id_b": B, "db_b": 9, "props": {"exr": {"value": [1, None]}}}
    ],
}


def test_every_value_of_a_world_is_read() -> None:
    world = read_world(WORLD)
    assert world.tokens == (SECRET,)
    assert world.profiles == (
        Profile(
            profile_id=A,
            database=5,
            email="john@example.com",
            phones=("+79000000000",),
            fields={"CRM_ID": "123420", "LOYALTY": 7, "TAGS": ("vip", "north")},
            subscriptions=(Subscription(24, Channel.EMAIL, "john.news@example.com"),),
        ),
        Profile(profile_id=B, database=5),
    )
    assert world.relations == (Relation(2, A, B, 9, {"exr": {"value": [1, None]}}),)


@pytest.mark.parametrize(("name", "dump"), [("world.json", json.dumps), ("world.yaml", str)])
def test_a_file_is_read_by_its_ending(tmp_path: Path, name: str, dump: Callable[[Json], str]) -> None:
    # What Python writes for this world is YAML in flow style too, but for the null.
    text = dump(WORLD) if name.endswith("json") else dump(WORLD).replace("None", "null")
    (tmp_path / name).write_text(text, "utf-8")
    assert load_world(tmp_path / name) == read_world(WORLD)


def changed(path: tuple[str | int, ...], value: Json) -> dict[str, Any]:
    """Gives the world with one value set, or removed where the value is `...`."""
    world = copy.deepcopy(WORLD)
    node: Any = world
    for step in path[:-1]:
        node = node[step]
    if value is ...:
        del node[path[-1]]
    elif isinstance(node, list) and path[-1] == len(node):
        node.append(value)
    else:
        node[path[-1]] = value
    return world


PROFILE, RELATION = ("profiles", 0), ("relations", 0)
SUBSCRIPTION = (*PROFILE, "subscriptions", 0)
MISTAKES: list[tuple[tuple[str | int, ...], Any, str]] = [
    (("tokens",), ..., "tokens is missing; add it"),
    (("tokens",), [], "tokens: is empty"),
    (("tokens",), SECRET, "tokens: must be a list, not this value"),
    (("tokens", 0), 5, "tokens[0]: must be a text"),
    (("tokens", 0), "", "tokens[0]: is empty"),
    (("profiles",), {}, "profiles: must be a list, not a mapping"),
    (("peoples",), [], "peoples: is not a known key"),
    (PROFILE, "john", "profiles[0]: must be a mapping"),
    ((*PROFILE, "profile_id"), A.upper(), "write it in lower case"),
    ((*PROFILE, "profile_id"), "123", "profiles[0].profile_id: '123' is no identifier of 24"),
    ((*PROFILE, "profile_id"), 123456789012345678901234, "profiles[0].profile_id: must be a text"),
    ((*PROFILE, "profile_id"), A + "\n", "is no identifier"),
    (("profiles", 1, "profile_id"), A, f"profiles[1].profile_id: {A} is also the identifier of another profile"),
    ((*PROFILE, "database"), "5", "profiles[0].database: must be a whole number, not '5'; remove the quotes"),
    ((*PROFILE, "database"), True, "profiles[0].database: must be a whole number, not True"),
    ((*PROFILE, "database"), 5.0, "profiles[0].database: must be a whole number"),
    ((*PROFILE, "email"), 5, "profiles[0].email: must be a text, not 5; write it in quotes"),
    ((*PROFILE, "email"), "", "profiles[0].email: is empty"),
    ((*PROFILE, "email"), "\ud800", "profiles[0].email: has half of a surrogate pair"),
    ((*PROFILE, "emial"), "john@example.com", "profiles[0].emial: is not a known key; did you mean email?"),
    ((*PROFILE, "phones"), "+79000000000", "profiles[0].phones: must be a list"),
    (
        (*PROFILE, "phones", 0),
        79000000000,
        "profiles[0].phones[0]: must be a text, not 79000000000; write it in quotes",
    ),
    ((*PROFILE, "phones", 1), "+79000000000", "profiles[0].phones[1]: '+79000000000' stands in this list twice"),
    ((*PROFILE, "fields"), [], "profiles[0].fields: must be a mapping"),
    ((*PROFILE, "fields", "LOYALTY"), 7.5, "profiles[0].fields.LOYALTY: must be a whole number"),
    ((*PROFILE, "fields", "LOYALTY"), True, "profiles[0].fields.LOYALTY: must be a whole number"),
    ((*PROFILE, "fields", 5), "x", "profiles[0].fields.5: must be a text"),
    ((*PROFILE, "fields", "TAGS", 1), "a,b", "profiles[0].fields.TAGS[1]: 'a,b' can't be searched"),
    ((*PROFILE, "fields", "TAGS", 1), " a", "can't be searched"),
    ((*PROFILE, "fields", "TAGS", 1), "vip", "profiles[0].fields.TAGS[1]: 'vip' stands in this list twice"),
    (
        (*SUBSCRIPTION, "channel"),
        "fax",
        "profiles[0].subscriptions[0].channel: 'fax' is no channel; write email or sms",
    ),
    ((*SUBSCRIPTION, "resource_id"), "24", "profiles[0].subscriptions[0].resource_id: must be a whole number"),
    ((*SUBSCRIPTION, "address"), ..., "profiles[0].subscriptions[0]: address is missing; add it"),
    ((*RELATION, "rel_id"), None, "relations[0].rel_id: must be a whole number, not null"),
    ((*RELATION, "profile_id_a"), "0" * 24, f"relations[0].profile_id_a: {'0' * 24} is not a profile in this file"),
    ((*RELATION, "profile_id_b"), "x", "relations[0].profile_id_b: 'x' is no identifier"),
    ((*RELATION, "db_b"), ..., "relations[0]: db_b is missing; add it"),
    ((*RELATION, "props"), [], "relations[0].props: must be a mapping"),
    ((*RELATION, "props", "exr"), 5, "relations[0].props.exr: must be a mapping, not 5; write {value: …}"),
    ((*RELATION, "props", "exr"), {"valve": 5}, "write {value: …}"),
    (
        (*RELATION, "props", "exr"),
        {"value": float("nan")},
        "relations[0].props.exr.value: nan has a type that JSON does not have",
    ),
    ((*RELATION, "props", "exr"), {"value": [{1: 2}]}, "relations[0].props.exr.value[0].1: must be a text"),
    (("relations", 1), WORLD["relations"][0], "relations[1]: repeats an earlier relation"),
]


@pytest.mark.parametrize(("path", "value", "message"), MISTAKES, ids=lambda item: str(item)[:40])
def test_a_mistake_is_told_with_its_place(path: tuple[str | int, ...], value: Json, message: str) -> None:
    with pytest.raises(WorldError) as caught:
        read_world(changed(path, value))
    assert message in str(caught.value)


def test_a_property_that_is_nested_too_deeply_is_told() -> None:
    value: Json = 0
    for _ in range(500):
        value = [value]
    with pytest.raises(WorldError, match="is nested more than 64 times; flatten it"):
        read_world(changed((*RELATION, "props", "exr"), {"value": value}))


def test_the_same_two_profiles_may_be_linked_under_two_types() -> None:
    second = WORLD["relations"][0] | {"rel_id": 3}
    assert len(read_world(changed(("relations", 1), second)).relations) == 2


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("w.yaml", b"tokens: [a]\nprofiles: []\ntokens: [b]\n", "line 3: the key 'tokens' stands here a second time"),
        ("w.json", b'{"tokens": ["a"], "tokens": ["b"]}', "the key 'tokens' stands in one object twice"),
        ("w.yaml", b"tokens: [a\n", "line 2: "),
        ("w.json", b"{", "does not parse"),
        ("w.yaml", b"\xff", "is not UTF-8 at byte 0"),
        ("w.yaml", b"", "must be a mapping"),
        ("w.json", b"[" * 100_000, "does not parse"),
        ("w.yaml", b"tokens: !!python/object:os.system [a]\n", "line 1: "),
    ],
)
def test_a_file_that_does_not_parse_is_told_by_name(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(WorldError) as caught:
        load_world(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match=r"can't be read .*; name a file that exists"):
        load_world(tmp_path / "none.yaml")


def test_a_date_stays_the_text_that_it_is_written_as(tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(
        f"tokens: [a]\nprofiles: [{{profile_id: {A}, database: 5}}]\nrelations:\n"
        f"- {{rel_id: 2, profile_id_a: {A}, profile_id_b: {B}, db_b: 9, props: {{at: {{value: 2024-02-29}}}}}}"
    )
    assert load_world(path).relations[0].props == {"at": {"value": "2024-02-29"}}


YAML = "tokens: [a]\nprofiles:\n- profile_id: 669e6968ebf4ac52b623a997\n  database: 5\n"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("no", "no"),
        ("On", "On"),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("2024-02-29", "2024-02-29"),
        ("=", "="),
        ("'010'", "010"),
        ("-7", -7),
        ("0", 0),
        ("0x1F", 31),
        ("0o17", 15),
    ],
)
def test_a_plain_value_of_yaml_means_what_it_looks_like(tmp_path: Path, written: str, read: Json) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(f"{YAML}  fields: {{X: {written}}}\n")
    assert load_world(path).profiles[0].fields == {"X": read}


@pytest.mark.parametrize("written", ["0123420", "010", "-010", "00", "+79000000000"])
def test_what_may_be_a_number_or_a_text_has_to_be_quoted(tmp_path: Path, written: str) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(f"{YAML}  fields: {{X: {written}}}\n")
    with pytest.raises(WorldError) as caught:
        load_world(path)
    assert f'line 5: {written} may be a number or a text; write "{written}" for a text' in str(caught.value)


LAUGHS = "\n".join(["  a0: &a0 [x]", *(f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 100_000, "line 1: it is nested more than 200 times; flatten it"),
        ("- " * 100_000, "line 1: it is nested more than 200 times; flatten it"),
        (f"{YAML}  fields:\n{LAUGHS}\n", "its aliases expand to more than a million values"),
        (f"{YAML}  fields: &again {{X: *again}}\n", "is nested more than 64 times"),
        (f"{YAML}  fields: {{X: !!binary aGk=}}\n", "line 5: could not determine a constructor"),
        (f"{YAML}  phones: !!set {{a, b}}\n", "line 5: could not determine a constructor"),
        (f"{YAML}  fields: {{X: !!int x}}\n", "line 5: this is no whole number that can be read"),
        (f"{YAML}  fields: {{X: .nan}}\n", "profiles[0].fields.X: nan has a type that JSON does not have"),
    ],
    ids=lambda item: item[-30:],
)
def test_yaml_that_harms_a_reader_is_told_in_a_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(text)
    with pytest.raises(WorldError) as caught:
        load_world(path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_byte_order_mark_before_a_world_is_read_over(tmp_path: Path) -> None:
    for name, text in (("w.yaml", YAML), ("w.json", json.dumps(WORLD))):
        path = tmp_path / name
        path.write_text(text, "utf-8-sig")
        assert load_world(path).profiles[0].profile_id == A


def test_no_token_stands_in_a_repr_or_an_error() -> None:
    assert SECRET not in repr(read_world(WORLD))
    for path in (("tokens",), ("tokens", 0)):
        for value in ({SECRET: 1}, [[SECRET]], SECRET + "\ud800", 31415926535):
            with pytest.raises(WorldError) as caught:
                read_world(changed(path, value))
            assert SECRET not in str(caught.value)
            assert "31415926535" not in str(caught.value)
