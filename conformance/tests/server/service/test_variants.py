"""Every choice is a correct server: its replies fit the contract, and it differs only where its freedom lets it."""

from __future__ import annotations

import json
import tomllib
from itertools import product
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from profile_relations_server.contract import Contract, contract_file
from profile_relations_server.errors import OptionError
from profile_relations_server.service.messages import Call
from profile_relations_server.service.variants import Variant, Variants, list_variants

from tests.helpers.asked_service import JOHN, LI, MARY, Asked, make_service

if TYPE_CHECKING:
    from profile_relations_server.world.model import World

TOKEN = "8a28168486844c8bae2673a51d4433ff"
DOCUMENT = yaml.safe_load(contract_file().read_bytes())
REPLY = jsonschema.Draft202012Validator(
    {"$ref": "#/components/schemas/RelationsReply", "components": DOCUMENT["components"]}
)

# What shows each choice, and whose relations each of its values shows, in their order; None is a refusal or nothing.
SHOWN: dict[str, tuple[bytes, list[str | None]]] = {
    "phones": (b'"matching": "phone", "phone": "7 (900) 000-00-00\\u0000"', [None, JOHN]),
    "accents": ('"email": "jöhn@example.com"'.encode(), [None, JOHN]),
    "member-names": (b'"Email": "john@example.com"', [None, JOHN]),
    "empty-fields": (
        b'"matching": "", "email": null, "profile_id": "%b", "resource_id": 0' % JOHN.encode(),
        [None, JOHN],
    ),
    "letter-case": (b'"email": "JOHN@Example.com"', [None, JOHN]),
    "spaces": (b'"email": " john@example.com "', [None, JOHN]),
    "shared-address": (
        b'"rel_id": 3, "email": "family@example.net"',
        ["630569c396b943081cb9ce32", "66f602a058930166c2b9e14c", None],
    ),
    "unused-fields": (b'"matching": "profile_id", "profile_id": "%b", "phone": 5' % JOHN.encode(), [JOHN, None, None]),
    "unknown-fields": (b'"email": "john@example.com", "colour": "red"', [JOHN, None]),
    "resource-and-profile-data": (b'"email": "john@example.com", "resource_id": 24', [JOHN, None]),
    "some-tags": (b'"matching": "custom", "field_name": "TAGS", "field_value": "vip, early-bird"', [MARY, None]),
    "digits": (b'"matching": "custom", "field_name": "LOYALTY", "field_value": "7"', [JOHN, None]),
    "whole-float": (b'"rel_id": 2.0, "email": "john@example.com"', [JOHN, None]),
    "duplicate-keys": (
        b'"email": "john@example.com", "email": "mary.hill@example.com"',
        [MARY, JOHN, None],
    ),
    "nan": (b'"email": "john@example.com", "colour": NaN', [None, JOHN]),
    "byte-order-mark": (b'"email": "john@example.com"', [None, JOHN]),
    "other-content-type": (b'"email": "john@example.com"', [JOHN, None]),
}
PLAIN: list[dict[str, Any]] = [
    {"profile_id": JOHN},
    {"email": "john.news@example.com"},
    {"matching": "phone", "phone": "+12025550161", "resource_id": 24},
    {"matching": "custom", "field_name": "TAGS", "field_value": "vip, early-bird, north"},
    {"matching": "custom", "field_name": "LOYALTY", "field_value": 1250},
    {"profile_id": "0" * 24},
    {"matching": "phone"},
    {"token": "wrong", "profile_id": JOHN},
    {},
]

EVERY_CHOICE = [(variant, value) for variant in list_variants() for value in variant.values]


def named(name: str) -> Variant:
    return next(item for item in list_variants() if item.name == name)


def extreme(number: int) -> Variants:
    """Gives the variants that have the value of this number everywhere."""
    return Variants.parse(f"{item.name}={item.values[number]}" for item in list_variants())


def with_choice(world: World, contract: Contract, variant: Variant, value: str) -> Asked:
    return make_service(world, contract, Variants.parse([f"{variant.name}={value}"]))


@pytest.mark.parametrize(("variant", "value"), EVERY_CHOICE, ids=lambda item: getattr(item, "name", item))
def test_a_choice_answers_plain_requests_by_the_contract(
    world: World, contract: Contract, variant: Variant, value: str
) -> None:
    standard, server = make_service(world, contract), with_choice(world, contract, variant, value)
    for fields in PLAIN:
        reply = server.reply(**fields)
        REPLY.validate(json.loads(reply.content))
        assert reply.status == 200 or json.loads(reply.content)["error"]
        assert server.whose(**fields) == standard.whose(**fields)


def test_all_choices_at_once_answer_plain_requests_by_the_contract(world: World, contract: Contract) -> None:
    standard = make_service(world, contract)
    for number in (1, -1):
        server = make_service(world, contract, extreme(number))
        for fields in PLAIN:
            assert server.whose(**fields) == standard.whose(**fields)


@pytest.mark.parametrize("name", SHOWN)
def test_a_choice_about_requests_decides_whose_relations_are_shown(world: World, contract: Contract, name: str) -> None:
    variant, (inside, expected) = named(name), SHOWN[name]
    body = b'{"token": "%b", %b%b}' % (TOKEN.encode(), b"" if b"rel_id" in inside else b'"rel_id": 2, ', inside)
    if name == "byte-order-mark":
        body = b"\xef\xbb\xbf" + body
    content_type = "text/plain" if name == "other-content-type" else "application/json; charset=utf-8"
    shown = []
    for value in variant.values:
        envelope = json.loads(with_choice(world, contract, variant, value).raw(body, content_type).content)
        shown.append(envelope["data"][0]["profile_id_a"] if envelope["error"] == 0 else None)
    assert shown == expected


def refusals(world: World, contract: Contract, name: str, **fields: Any) -> list[tuple[int, dict[str, Any]]]:  # noqa: ANN401 - JSON
    """Gives status and envelope of the same refused request for every value of a choice."""
    replies = [with_choice(world, contract, named(name), value).reply(**fields) for value in named(name).values]
    return [(reply.status, json.loads(reply.content)) for reply in replies]


def test_refuse_with_decides_the_status(world: World, contract: Contract) -> None:
    assert [status for status, _ in refusals(world, contract, "refuse-with")] == [200, 400, 422]
    assert [status for status, _ in refusals(world, contract, "refuse-with", token="x")] == [200, 401, 422]
    assert [status for status, _ in refusals(world, contract, "refuse-with", profile_id="x")] == [200, 404, 422]


def test_the_error_code_is_never_zero(world: World, contract: Contract) -> None:
    assert [envelope["error"] for _, envelope in refusals(world, contract, "error-code")] == [400, 9400, -400]


def test_the_error_text_is_never_empty(world: World, contract: Contract) -> None:
    texts = [envelope["error_text"] for _, envelope in refusals(world, contract, "error-text")]
    assert all(texts)
    assert len(set(texts)) == 2


def test_a_profile_that_is_not_found_is_a_refusal_or_nothing(world: World, contract: Contract) -> None:
    found = [envelope for _, envelope in refusals(world, contract, "unknown-profile", profile_id="x")]
    assert found[0]["error"] == 404
    assert found[1] == {"data": [], "error": 0, "error_text": "Successful operation", "total_count": 0}


def test_refusal_members_decides_what_stands_beside_the_text(world: World, contract: Contract) -> None:
    members = [
        {key: value for key, value in envelope.items() if key not in {"error", "error_text"}}
        for _, envelope in refusals(world, contract, "refusal-members")
    ]
    assert members == [{}, {"data": None, "total_count": None}, {"data": [], "total_count": 0}, {"total_count": 0}]


def test_extra_members_stand_in_replies_entries_and_refusals(world: World, contract: Contract) -> None:
    server = with_choice(world, contract, named("extra-members"), "some")
    found = server.envelope(profile_id=JOHN)
    assert found.keys() == {"data", "error", "error_text", "total_count", "took"}
    assert "rel_id" in found["data"][0]
    assert server.envelope().keys() == {"error", "error_text", "hint"}


def test_entry_order_changes_the_order_alone(world: World, contract: Contract) -> None:
    stable, backwards, shuffled = (
        with_choice(world, contract, named("entry-order"), value) for value in ("stable", "reversed", "shuffled")
    )
    listed = stable.envelope(profile_id=MARY)["data"]
    assert backwards.envelope(profile_id=MARY)["data"] == listed[::-1]
    mixed = [shuffled.envelope(profile_id=MARY)["data"] for _ in range(3)]
    assert all(sorted(map(str, item)) == sorted(map(str, listed)) for item in mixed)
    assert mixed[0] != mixed[1] != mixed[2]


def test_charset_is_named_in_the_content_type(world: World, contract: Contract) -> None:
    types = [
        with_choice(world, contract, named("charset"), value).reply(profile_id=JOHN).headers["content-type"]
        for value in named("charset").values
    ]
    assert types == ["application/json", "application/json; charset=utf-8"]


def test_refuse_get_decides_how_another_method_is_answered(world: World, contract: Contract) -> None:
    replies = [
        with_choice(world, contract, named("refuse-get"), value).call(Call(b"", method="GET"))
        for value in named("refuse-get").values
    ]
    assert [reply.status for reply in replies] == [405, 200, 405]
    assert [bool(reply.content) for reply in replies] == [True, True, False]
    assert all(json.loads(reply.content)["error"] for reply in replies[:2])
    assert {reply.headers["allow"] for reply in replies} == {"POST"}


def test_phones_fold_and_narrow_as_emails_do(world: World, contract: Contract) -> None:
    trimmed = with_choice(world, contract, named("spaces"), "trimmed")
    assert trimmed.whose(matching="phone", phone=" +79000000017") == JOHN
    narrow = with_choice(world, contract, named("resource-and-profile-data"), "subscriptions")
    assert narrow.whose(matching="phone", phone="+79000000000", resource_id=31) is None
    assert narrow.whose(matching="phone", phone="+79000000017", resource_id=31) == JOHN
    assert narrow.whose(matching="phone", phone="+8613800000000", rel_id=3) == LI


def test_every_freedom_of_the_ledger_has_a_choice_and_every_choice_a_freedom() -> None:
    ledger = tomllib.loads(contract_file("requirements.toml").read_text("utf-8"))
    assert {item.freedom for item in list_variants()} == {item["id"] for item in ledger["freedom"]}


ELSEWHERE = {
    *(
        "success-text",
        "repeated-pairs",
        "xml",
        "lock-out",
        "token-in",
        "cookies",
        "moving",
    ),
    *("throttling", "large-body", "firewall", "nesting"),
}
"""What is tested in `test_variants_of_replies`, `test_variants_of_state` and, as a proxy's, in `http/test_proxy`."""


def test_every_choice_is_tested_for_what_it_decides() -> None:
    tested = {*SHOWN, "refuse-with", "error-code", "error-text", "unknown-profile", "refusal-members", "extra-members"}
    tested |= {"entry-order", "charset", "refuse-get", *ELSEWHERE}
    assert tested == {item.name for item in list_variants()}


def test_options_set_choices() -> None:
    chosen = Variants.parse(["refuse-with=4xx", "entry-order", "nan=read", "nan=refused"])
    assert chosen == Variants(refuse_with="4xx", entry_order="reversed")


@pytest.mark.parametrize(
    ("option", "message"),
    [("colour", "there is no variant 'colour'; --list-variants lists them"), ("nan=maybe", "choose refused, read")],
)
def test_an_option_that_is_none_is_told(option: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        Variants.parse([option])


def test_the_first_value_of_a_choice_is_its_default() -> None:
    assert extreme(0) == Variants()
    assert all(len(item.values) > 1 for item in list_variants())


def test_choices_combine(world: World, contract: Contract) -> None:
    for status, members, unknown in product(("200", "4xx"), ("null", "zero"), ("error", "empty")):
        options = [f"refuse-with={status}", f"refusal-members={members}", f"unknown-profile={unknown}"]
        server = make_service(world, contract, Variants.parse(options))
        REPLY.validate(server.envelope(profile_id="x"))
        assert server.whose(profile_id="x") is None
