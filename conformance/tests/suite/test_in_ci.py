"""What runs in a CI service is sound as far as it can be seen here: by schemas, and by running its scripts."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]
BIN = Path(sys.executable).parent
ACTION = ROOT / ".github/actions/conformance/action.yml"
BASH = shutil.which("bash") or ""


def fitting(kind: str, path: Path) -> None:
    """Holds a file against the schema that its service publishes."""
    command = [str(BIN / "check-jsonschema"), "--builtin-schema", f"vendor.{kind}", *_transforms(kind), str(path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def _transforms(kind: str) -> tuple[str, ...]:
    return ("--data-transform", "gitlab-ci") if kind == "gitlab-ci" else ()


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("github-actions", ACTION),
        ("github-workflows", ROOT / ".github/workflows/ci.yml"),
        ("dependabot", ROOT / ".github/dependabot.yml"),
        ("compose-spec", ROOT / "compose.yaml"),
    ],
)
def test_the_files_for_github_fit_its_schemas(kind: str, file: Path) -> None:
    fitting(kind, file)


def snippet(words: str, path: Path) -> Any:  # noqa: ANN401 - any YAML
    """Writes the one snippet of the page for implementers that has these words to a file, and gives what it says."""
    text = (ROOT / "docs/judge-a-server.md").read_text("utf-8")
    (found,) = [item for item in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if words in item]
    path.write_text(found, "utf-8")
    return yaml.safe_load(found)


def test_the_snippet_for_github_fits_its_schema_and_the_action(tmp_path: Path) -> None:
    file = tmp_path / "workflow.yml"
    workflow = snippet("runs-on:", file)
    fitting("github-workflows", file)
    used = workflow["jobs"]["conformance"]["steps"][-1]
    assert str(workflow).count("RELATIONS_TOKEN") == str(used).count("RELATIONS_TOKEN"), "one step has the token"
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert used["uses"].endswith(f"@v{version.partition('.dev')[0]}"), "what is referred to is a release"
    assert used["uses"].partition("@")[0].endswith(str(ACTION.parent.relative_to(ROOT)))
    assert set(used["with"]) <= set(yaml.safe_load(ACTION.read_text("utf-8"))["inputs"])


def test_the_snippet_for_gitlab_fits_its_schema_and_keeps_reports_of_a_failure(tmp_path: Path) -> None:
    file = tmp_path / "gitlab-ci.yml"
    (job,) = snippet("stage:", file).values()
    fitting("gitlab-ci", file)
    assert job["artifacts"]["when"] == "always"
    assert job["artifacts"]["reports"]["junit"] in " ".join(job["script"])
    assert "RELATIONS_TOKEN" not in str(job.get("variables", ""))


def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(ACTION.read_text("utf-8"))["runs"]["steps"]
    return found


def test_the_action_keeps_its_reports_also_where_the_run_fails() -> None:
    judged = next(number for number, step in enumerate(steps()) if "relations-conformance" in step.get("run", ""))
    after = steps()[judged + 1 :]
    assert any("GITHUB_STEP_SUMMARY" in step.get("run", "") for step in after)
    assert any(step.get("uses", "").startswith("actions/upload-artifact") for step in after)
    assert all(step.get("if") == "always()" for step in after)


def test_the_action_runs_no_input_as_code_and_takes_no_token() -> None:
    action = yaml.safe_load(ACTION.read_text("utf-8"))
    assert not [step for step in steps() if "${{" in step.get("run", "")]
    assert not [name for name in action["inputs"] if "token" in name]


def step_runner(tmp_path: Path, inputs: dict[str, str]) -> Callable[[dict[str, Any]], int]:
    """Runs a step's script as GitHub does, with the project's own programs in the place of those of a fresh install."""
    programs = tmp_path / "conformance" / "bin"
    programs.mkdir(parents=True)
    for name in ("python", "relations-conformance"):
        programs.joinpath(name).symlink_to(BIN / name)
    given = {name: item["default"] for name, item in yaml.safe_load(ACTION.read_text("utf-8"))["inputs"].items()}
    given |= inputs

    def run(step: dict[str, Any]) -> int:
        told = {
            name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: given[found.group(1)], text)
            for name, text in step.get("env", {}).items()
        }
        runner = {"RUNNER_TEMP": str(tmp_path), "GITHUB_STEP_SUMMARY": str(tmp_path / "step-summary.md")}
        shell = [BASH, "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        return subprocess.run(shell, cwd=tmp_path, env=os.environ | runner | told, check=False).returncode

    return run


def test_the_action_judges_and_shows_the_summary_of_a_failure(tmp_path: Path, target: Path, faulty: str) -> None:
    shutil.copy(target, tmp_path / "my server.toml")
    inputs = {"target": "my server.toml", "base-url": faulty, "arguments": "--profile quick --select TOTAL-COUNT-E*"}
    run = step_runner(tmp_path, inputs)
    judge, summarise = (
        step for step in steps() if "REPORTS" in step.get("env", {}) or "SUMMARY" in step.get("env", {})
    )
    assert run(judge) == 1
    assert run(summarise) == 0
    assert "TOTAL-COUNT-EXPECTED" in (tmp_path / "step-summary.md").read_text("utf-8")
    written = {item.name for item in (tmp_path / "conformance-reports").iterdir()}
    assert written == {"report.json", "report.html", "junit.xml", "summary.md", "badge.svg"}


def test_arguments_of_the_action_are_read_as_a_shell_reads_them_and_run_nothing(tmp_path: Path) -> None:
    written = tmp_path / "further.json"
    inputs = {
        "arguments": "--effort quick\n--select 'TOKEN-EMPTY' \"TOKEN-MISSING\"\n"
        f"--report-json '{written}' --skip '$(id) *'"
    }
    judge = next(step for step in steps() if "ARGUMENTS" in step.get("env", {}))
    run = step_runner(tmp_path, inputs)
    shown = tmp_path / "conformance" / "bin" / "relations-conformance"
    shown.unlink()
    shown.write_text("#!/bin/sh\nfor one; do printf '%s\\n' \"$one\"; done >shown\n", "utf-8")
    shown.chmod(0o755)
    assert run(judge) == 0
    given = (tmp_path / "shown").read_text("utf-8").splitlines()
    assert given[-9:] == [
        *("--effort", "quick", "--select", "TOKEN-EMPTY", "TOKEN-MISSING"),
        *("--report-json", str(written), "--skip", "$(id) *"),
    ]


@pytest.mark.parametrize("arguments", ["'open", 'a "b'])
def test_a_quote_of_the_arguments_that_is_not_closed_fails_the_action(tmp_path: Path, arguments: str) -> None:
    judge = next(step for step in steps() if "ARGUMENTS" in step.get("env", {}))
    assert step_runner(tmp_path, {"arguments": arguments})(judge) == 2


def test_what_others_made_is_named_by_its_exact_version() -> None:
    texts = [path.read_text("utf-8") for path in (*(ROOT / ".github").rglob("*.yml"), ROOT / "docs/judge-a-server.md")]
    used = {name for text in texts for name in re.findall(r"uses: ([^\s.][^\s]*)", text) if "OWNER" not in name}
    assert used
    assert [name for name in used if not re.search(r"@(v\d+\.\d+\.\d+|[0-9a-f]{40})$", name)] == []
    images = [value for name, value in instructions() if name == "FROM"]
    images += re.findall(r"image: (\S+)", (ROOT / "compose.yaml").read_text("utf-8"))
    assert [image for image in images if not re.search(r":\d+\.\d+[\w.-]*$", image)] == []


def test_every_python_that_is_supported_runs_the_gate() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))
    job = workflow["jobs"]["test"]
    assert {"run": ".ci/run"} in job["steps"]
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert set(workflow["jobs"]["gate"]["needs"]) == set(workflow["jobs"]) - {"gate"}


def hooks() -> dict[str, dict[str, Any]]:
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    return {hook["id"]: hook for hook in repository["hooks"]}


@pytest.mark.parametrize("name", hooks())
def test_a_hook_before_a_commit_calls_a_target_of_the_makefile(name: str) -> None:
    hook = hooks()[name]
    assert hook["entry"] == f"make {name}"
    assert re.search(rf"^{name}\b", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert not hook["pass_filenames"]


def test_the_hook_of_the_client_runs_when_the_contract_changes() -> None:
    hook = hooks()["check-generated"]
    for file in ("openapi/relations.openapi.yaml", "openapi/templates/model.py.jinja", "generated/README.md"):
        assert (ROOT / file).exists()
        assert re.search(hook["files"], file)
    assert not re.search(hook["files"], "conformance/README.md")


def instructions() -> list[tuple[str, str]]:
    text = (ROOT / "Containerfile").read_text("utf-8")
    lines = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines if line.strip()]


def test_the_container_runs_both_commands_without_rights() -> None:
    names = [name for name, _ in instructions()]
    assert names[0] == "FROM"
    (user,) = [value for name, value in instructions() if name == "USER"]
    assert user.isdecimal()
    assert int(user) > 0
    assert names.index("USER") < names.index("CMD")
    assert "RUN" not in names[names.index("USER") :]
    assert not {"ADD", "ARG", "ENV"} & set(names), "nothing is fetched or handed in beside the sources"
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    head = (ROOT / "Containerfile").read_text("utf-8").partition("FROM")[0]
    assert all(f"relations {script}" in head for script in scripts)


def test_the_container_has_all_that_an_installation_needs() -> None:
    copied = [part for name, value in instructions() if name == "COPY" for part in value.split()[:-1]]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    needed = {project["project"]["readme"], *project["project"]["license-files"], "pyproject.toml", "hashes"}
    needed |= {path.partition("/")[0] for path in project["tool"]["hatch"]["build"]["targets"]["sdist"]["only-include"]}
    assert needed == set(copied)
    allowed = (ROOT / ".containerignore").read_text("utf-8").splitlines()
    assert {line[1:] for line in allowed if line.startswith("!")} == set(copied)
