"""The pages for people, and what stands in them: blocks of code, commands and options."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[3]
JUDGE, CALL, SERVER, CONTRACT = (
    ROOT / "docs" / f"{name}.md"
    for name in ("judge-a-server", "call-the-api", "reference-server", "change-the-contract")
)
README = ROOT / "README.md"
PAGES = [
    *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    JUDGE,
    CALL,
    SERVER,
    CONTRACT,
]


def name_of(page: Path) -> str:
    """Gives the path of a page within the project."""
    return str(page.relative_to(ROOT))


def blocks(page: Path, *languages: str) -> list[str]:
    """Gives the blocks of code in any of these languages, in order, without their indentation."""
    found = re.findall(r"^( *)```(\w+)\n(.*?)^ *```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [re.sub(f"^{indent}", "", text, flags=re.MULTILINE) for indent, name, text in found if name in languages]


def commands(page: Path) -> list[str]:
    """Gives the commands of all blocks for a shell, each on one line, in order."""
    lines = "".join(blocks(page, "sh")).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip()]


def arguments_of(program: str, page: Path) -> list[list[str]]:
    """Gives the arguments of each printed call of a program: in blocks, and in a sentence unless it is a mere name."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    in_blocks = [_arguments(program, line) for line in commands(page)]
    in_sentences = [_arguments(program, line) for line in re.findall(r"`([^`\n]+)`", text)]
    return [item for item in in_blocks if item is not None] + [item for item in in_sentences if item and len(item) > 1]


def _arguments(program: str, line: str) -> list[str] | None:
    words = shlex.split(line, comments=True)
    while words and re.match(r"[A-Z_]+=", words[0]):  # a variable for this command alone
        words.pop(0)
    if words[:2] == ["uvx", "--from"]:
        words = words[3:]
    return words[1:] if words and words[0].rpartition("/")[2] == program else None
