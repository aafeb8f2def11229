"""The page of the client does what it says, and names nothing that isn't there."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import profile_relations_client
import pytest
from profile_relations_client import RelationsClient, errors

from .conftest import TOKEN
from .drawing import COMPONENTS, REQUEST_EXAMPLES, ROOT

PAGE = (ROOT / "generated" / "README.md").read_text("utf-8")
SNIPPETS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
ROOT_SNIPPETS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
CODES = COMPONENTS["Refusal"]["properties"]["error"]["x-error-codes"]


@pytest.mark.parametrize(("token", "words"), [(TOKEN, "6751b8f1c5e3db9bcb75befa"), ("wrong", "refused, code 401: ")])
def test_the_snippet_of_the_project_page_runs(token: str, words: str, reference_url: str) -> None:
    (snippet,) = ROOT_SNIPPETS
    environment = os.environ | {"RELATIONS_URL": reference_url, "RELATIONS_TOKEN": token}
    done = subprocess.run([sys.executable, "-c", snippet], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert words in done.stdout


@pytest.mark.parametrize(
    ("token", "words"), [(TOKEN, "profile_id_b='6751b8f1c5e3db9bcb75befa'"), ("wrong", "refused, code 401: ")]
)
def test_the_first_snippet_runs(token: str, words: str, reference_url: str) -> None:
    environment = os.environ | {"RELATIONS_URL": reference_url, "RELATIONS_TOKEN": token}
    done = subprocess.run(
        [sys.executable, "-c", SNIPPETS[0]], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert words in done.stdout


def test_the_calls_that_are_said_to_fit_do(reference_url: str) -> None:
    calls = [line for line in SNIPPETS[1].splitlines() if line and not line.startswith("#")]
    assert len(calls) >= len(REQUEST_EXAMPLES)
    with RelationsClient(reference_url, token=TOKEN) as api:
        exec(SNIPPETS[1], {"api": api})  # noqa: S102  (the page's own snippet)


def test_the_table_has_every_error_of_a_call_and_no_other() -> None:
    table = set(re.findall(r"^\| .* \| `(\w+)`(?:, an `ApiError`)? \|$", PAGE, re.MULTILINE))
    assert table == set(errors.__all__) - {"MismatchError", "UnexpectedStatus"}
    assert {f"{code['name']}Error" for code in CODES} < table


def test_whatever_is_imported_from_the_package_is_exported() -> None:
    assert len(set(profile_relations_client.__all__)) == len(profile_relations_client.__all__)
    for name in profile_relations_client.__all__:
        assert getattr(profile_relations_client, name) is not None
