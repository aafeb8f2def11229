"""A copy of the client says whether its contract has moved since, and which of the changes break it."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from profile_relations_client import doctor

from .drawing import CONTRACT, CONTRACT_PATH, ROOT
from .hostile import HostileServer
from .hostile_scripts import sends

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Schemas = dict[str, Any]


def new_mode(schemas: Schemas) -> None:
    schemas["CardRequest"] = copy.deepcopy(schemas["PhoneRequest"])
    schemas["RelationsRequest"]["oneOf"].append({"$ref": "#/components/schemas/CardRequest"})


CHANGES: dict[str, tuple[Callable[[Schemas], object], str, bool]] = {
    "words": (
        lambda schemas: schemas["Email"].update(description="Another"),
        "says the same as that of this copy",
        False,
    ),
    "a new mode": (new_mode, "compatible POST /relations/get request: CardRequest is new", False),
    "a new member of a reply": (
        lambda schemas: schemas["Relation"]["properties"].update(since={"type": "string"}),
        "compatible Relation.since is new",
        False,
    ),
    "a new field": (
        lambda schemas: schemas["PhoneRequest"]["properties"].update(since={"type": "string"}),
        "compatible PhoneRequest.since is new",
        False,
    ),
    "a field that is required": (
        lambda schemas: schemas["PhoneRequest"]["required"].append("resource_id"),
        "breaking: PhoneRequest.resource_id is required now",
        True,
    ),
    "a mode that is gone": (
        lambda schemas: schemas["RelationsRequest"]["oneOf"].pop(2),
        "breaking: POST /relations/get request: PhoneRequest is gone",
        True,
    ),
    "a mode with another name": (
        lambda schemas: schemas["PhoneRequest"]["properties"]["matching"].update(const="telephone"),
        "breaking: PhoneRequest.matching: value was 'phone' and is 'telephone'",
        True,
    ),
    "a narrower type of a request": (
        lambda schemas: schemas["FieldValue"].update(type="string"),
        "breaking: CustomRequest.field_value: type was integer or string and is string",
        True,
    ),
    "a wider type of a reply": (
        lambda schemas: schemas["Relation"]["properties"]["db_b"].update(type=["integer", "string"]),
        "breaking: Relation.db_b: type was integer and is integer or string",
        True,
    ),
    "a member of a reply that is gone": (
        lambda schemas: schemas["Relation"]["properties"].pop("xxh_a"),
        "breaking: Relation.xxh_a is gone",
        True,
    ),
    "a member that may be left out": (
        lambda schemas: schemas["Relation"]["required"].remove("xxh_a"),
        "breaking: Relation.xxh_a may be left out now",
        True,
    ),
    "a tighter limit": (
        lambda schemas: schemas["Token"].update(minLength=40),
        "minLength was 1 and is 40",
        True,
    ),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("written", [json.dumps, yaml.safe_dump], ids=["JSON", "YAML"])
def test_a_change_is_told_and_whether_it_breaks(name: str, written: Callable[..., str], tmp_path: Path) -> None:
    change, words, breaks = CHANGES[name]
    contract = copy.deepcopy(CONTRACT)
    change(contract["components"]["schemas"])
    path = tmp_path / "contract"
    path.write_text(written(contract), "utf-8")
    described, wrong = doctor.moved(str(path))
    assert any(words in line for line in (wrong if breaks else described)), described + wrong
    assert bool(wrong) is breaks


def test_an_unchanged_contract_is_called_so() -> None:
    described, wrong = doctor.moved(str(CONTRACT_PATH))
    assert (len(described), wrong) == (1, [])
    assert described[0].endswith("says the same as that of this copy")


def test_an_operation_and_a_way_to_send_the_token_may_be_gone(tmp_path: Path) -> None:
    contract = copy.deepcopy(CONTRACT)
    contract["paths"]["/relations/get"]["post"]["security"] = [{"bearerToken": []}]
    path = tmp_path / "contract.json"
    path.write_text(json.dumps(contract))
    assert doctor.moved(str(path))[1] == [
        "breaking: POST /relations/get: the body can't carry the credential any more",
    ]
    contract["paths"] = {}
    path.write_text(json.dumps(contract))
    assert doctor.moved(str(path))[1] == ["breaking: POST /relations/get is gone"]


def test_the_other_edition_may_be_at_a_url_and_may_be_none(tmp_path: Path) -> None:
    body = json.dumps(CONTRACT).encode()
    script = sends(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    with HostileServer(script) as server:
        command = [sys.executable, "-m", "profile_relations_client", "doctor", "--against", server.url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        # It reads no request body, so the script never sees the end of one; the head is enough here.
        assert "says the same as that of this copy" in done.stdout or "can't be compared" in done.stderr
    broken = tmp_path / "broken"
    for text in ("[1", "[]", "a: b: c"):
        broken.write_text(text)
        described, (line,) = doctor.moved(str(broken))
        assert described == []
        assert "can't be compared" in line
    assert "can't be compared" in doctor.moved(str(tmp_path / "none"))[1][0]


BROKEN: dict[str, tuple[Callable[[str], str], str]] = {
    "a slip": (lambda text: text.replace("info:\n", "info:\n\t- x: [\n", 1), "line 3, column 1: "),
    "a dangling reference": (
        lambda text: text.replace('schemas/RelId"}', 'schemas/Nope"}', 1),
        "components.schemas.DefaultEmailRequest.properties.rel_id: $ref leads to #/components/schemas/Nope, which is",
    ),
    "rows that overlap": (
        lambda text: text.replace("      not: {required: [matching]}\n", "", 1),
        "EmailRequest and DefaultEmailRequest overlap: a request may fit both",
    ),
    "a mode without an example": (
        lambda text: text.replace("rel_id: 3, matching: phone, phone:", "rel_id: 3, email: a, phone:", 1),
        "PhoneRequest has no example of a request",
    ),
    "an example of nothing": (
        lambda text: text.replace("rel_id: 3, matching: phone, phone:", "rel_id: 3, matching: fax, phone:", 1),
        "the example phone is no request of EmailRequest, ",
    ),
    "no OpenAPI": (lambda _: "[]", "it is no OpenAPI document"),
    "a wrong part": (lambda text: text.replace("paths:\n", "paths: 5\nx-paths:\n", 1), "paths: 5 is not"),
    "nothing": (lambda _: "", "it is no OpenAPI document"),
}


@pytest.mark.toolchain
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_contract_is_answered_with_one_line_that_says_where(name: str, tmp_path: Path) -> None:
    breaking, words = BROKEN[name]
    before = CONTRACT_PATH.read_text("utf-8")
    path = tmp_path / "broken.openapi.yaml"
    path.write_text(breaking(before), "utf-8")
    assert path.read_text("utf-8") != before
    command = ["make", "generate", f"CONTRACT={path}", f"GENERATED={tmp_path / 'made'}"]
    # The tests may run under make themselves, which would tell a make below it of its level.
    environment = {
        name: value for name, value in os.environ.items() if name not in {"MAKELEVEL", "MAKEFLAGS", "MFLAGS"}
    }
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode != 0
    line, *rest = [line for line in done.stderr.splitlines() if not line.startswith("make: ***")]
    assert rest == []
    assert line.startswith(f"{path}: {words}")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "made").exists()
