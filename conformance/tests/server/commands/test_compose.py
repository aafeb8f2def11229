"""The file for containers starts the server with options that it has."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from profile_relations_server.commands.main import main

ROOT = Path(__file__).parents[4]


def test_the_options_in_the_file_for_containers_are_the_servers(capsys: pytest.CaptureFixture[str]) -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    program, *options = services["server"]["command"]
    assert program == "relations-server"
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    options = [option for option in options if option.startswith("--")]
    names = [option for option in options if option.startswith("--")]
    assert names == ["--host", "--port", "--database"]
    assert all(name in text for name in names)
    assert (ROOT / "Containerfile").is_file()
