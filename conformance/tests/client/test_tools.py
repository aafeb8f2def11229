"""What editors, notebooks, type checkers and shells show of the client."""

from __future__ import annotations

import inspect
import json
import os
import pydoc
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any, get_overloads

import profile_relations_client
import pytest
from profile_relations_client import AsyncRelationsClient, RelationsClient

from .conftest import TOKEN
from .drawing import COMPONENTS, FIELDS, OPERATION, ROOT, ROWS

if TYPE_CHECKING:
    from pathlib import Path

ARGUMENTS = {*FIELDS, "timeout"} - {"token"}
CLIENTS = pytest.mark.parametrize("client", [RelationsClient, AsyncRelationsClient])
MISTAKES = [
    'api.get_relations(rel_id=2, matching="phone")',
    'api.get_relations(rel_id="2", email="a")',
    'api.get_relations(rel_id=2, matching="EMAIL", email="a")',
    'api.get_relations(rel_id=2, emial="a")',
    "api.get_relations()",
]
SNIPPET = """
from profile_relations_client import RelationsClient

def call(api: RelationsClient) -> None:
    {}
"""


@CLIENTS
def test_a_signature_has_the_real_arguments(client: Any) -> None:  # noqa: ANN401
    signature = inspect.signature(client.get_relations)
    assert {*signature.parameters} - {"self", "request"} == ARGUMENTS
    assert signature.parameters["rel_id"].annotation == "int | Unset"
    shown = pydoc.plain(pydoc.render_doc(client.get_relations))
    for name in ARGUMENTS:
        assert f"{name}:" in shown


def test_an_overload_has_the_fields_of_its_row_and_no_others() -> None:
    _, *overloads = get_overloads(RelationsClient.get_relations)
    assert len(overloads) == len(ROWS)
    examples = [one["value"] for one in OPERATION["requestBody"]["content"]["application/json"]["examples"].values()]
    for overload, row in zip(overloads, ROWS, strict=True):
        fields = {*COMPONENTS[row]["properties"]} - {"token"}
        shown = {*inspect.signature(overload).parameters} - {"self", "timeout"}
        beside = {name for value in examples for name in value} & (shown - fields)
        assert shown == fields | beside
        assert beside == ({"profile_id"} if row == "DefaultEmailRequest" else set())


@pytest.mark.toolchain
def test_a_mistake_is_told_in_four_lines(tmp_path: Path) -> None:
    """This is pyright's. Mypy has a line for each overload, whatever they are."""
    for number, call in enumerate(MISTAKES):
        (tmp_path / f"call{number}.py").write_text(SNIPPET.format(call))
    configuration = {"extraPaths": [str(ROOT / "generated")], "typeCheckingMode": "standard"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(configuration))
    command = [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, "-p", str(tmp_path)]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    _, *told = re.split(r"^/.*\.py$", re.sub(r"^\d+ error.*", "", said, flags=re.MULTILINE), flags=re.MULTILINE)
    assert len(told) == len(MISTAKES), said
    for text in told:
        assert 1 <= len(text.strip().splitlines()) <= 4, text


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "profile_relations_client", *arguments]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RELATIONS_")}
    return subprocess.run(command, env=kept | environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--rel-id", "2", "--email", "john@example.com"],
        ["--rel-id", "2", "--profile-id", "669e6968ebf4ac52b623a997", "--matching", "profile_id", "--timeout", "5"],
        ["--rel-id", "2", "--matching", "custom", "--field-name", "CRM_ID", "--field-value", "123420"],
    ],
)
def test_a_command_prints_json(arguments: list[str], reference_url: str) -> None:
    done = run("get", *arguments, RELATIONS_URL=reference_url, RELATIONS_TOKEN=TOKEN)
    assert (done.returncode, done.stderr) == (0, "")
    value = json.loads(done.stdout)
    assert value["data"][0]["profile_id_b"] == "6751b8f1c5e3db9bcb75befa"


def test_a_command_says_what_went_wrong_and_never_the_token(reference_url: str) -> None:
    refused = run("get", "--rel-id", "2", "--email", "x", "--url", reference_url, RELATIONS_TOKEN="canary-5f3c9a")
    assert refused.returncode == 1
    assert refused.stderr.startswith("TokenRequiredError: ")
    without = run("get", "--rel-id", "2", "--email", "x", "--url", reference_url)
    assert (without.returncode, without.stderr) == (1, "ConfigurationError: token is None: is the variable set?\n")
    invalid = run("get", "--rel-id", "2", "--url", reference_url, RELATIONS_TOKEN="canary-5f3c9a")
    assert invalid.stderr.startswith("InvalidRequestError: get_relations: without matching, ")
    assert run("get", "--rel-id", "two").returncode == 2
    for done in (refused, without, invalid):
        assert "canary" not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr


def test_the_version_is_shown_and_sent() -> None:
    assert run("--version").stdout == f"profile_relations_client {profile_relations_client.__version__}\n"
    assert re.fullmatch(r"\d+\.\d+\.\d+", profile_relations_client.__version__)
