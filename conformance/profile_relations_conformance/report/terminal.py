"""The report for a terminal, or for a log: failures first, then what was not tested, then one line of verdict."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 100
RED, GREEN, YELLOW, BOLD, RESET = "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[1m", "\x1b[0m"


def render(document: dict[str, Any], *, color: bool = False, width: int = WIDTH) -> str:
    """Writes the whole report.

    Args:
        document: The report document.
        color: Whether to use colours.
        width: Columns of the terminal.
    """
    paint = _paint if color else _plain
    requirements = document["requirements"]
    lines: list[str] = []
    for outcome, title, tint in (
        ("errored", "The suite itself erred", RED),
        ("failed", "Failed", RED),
        ("known failing", "Known failures", YELLOW),
    ):
        found = [item for item in requirements if item["outcome"] == outcome]
        if found:
            lines += [paint(f"{title} ({len(found)})", BOLD + tint), ""]
            lines += [line for item in found for line in _failing(item, paint, width)]
    lines += _untested(requirements, paint, width)
    lines += _closing(document, paint)
    return "\n".join(lines) + "\n"


def _paint(text: str, code: str) -> str:
    return f"{code}{text}{RESET}"


def _plain(text: str, code: str) -> str:
    del code
    return text


def _failing(item: dict[str, Any], paint: Any, width: int) -> Iterator[str]:  # noqa: ANN401 - one of two functions
    yield f"{paint(item['id'], BOLD)} ({item['level']}, {item['failed_cases']} of {item['cases']} cases)"
    yield from _field("page says", f"{item['statement']} [{item['page']}]", width)
    if item["known_failing"]:
        yield from _field("known", item["known_failing"]["reason"], width)
    for failure in item["failures"][:1]:
        yield from _field("asked", failure["mutation"], width)
        yield from _field("expected", failure["expected"], width)
        yield from _field("got", failure["actual"], width)
        yield f"  {'replay':<10}{failure['replay'] or '(the body is too long to show)'}"
    if item["outcome"] == "errored":
        yield textwrap.indent(item["reason"].rstrip(), "  ")
    yield ""


def _field(name: str, text: str, width: int) -> Iterator[str]:
    wrapped = textwrap.wrap(text, max(40, width - 12)) or [""]
    yield f"  {name:<10}{wrapped[0]}"
    yield from (f"{'':<12}{line}" for line in wrapped[1:])


def _untested(requirements: list[dict[str, Any]], paint: Any, width: int) -> Iterator[str]:  # noqa: ANN401
    by_reason: dict[str, list[str]] = {}
    for item in requirements:
        if item["outcome"] == "not tested":
            by_reason.setdefault(item["reason"] or "nothing could be asked", []).append(item["id"])
    if by_reason:
        yield paint(f"Not tested ({sum(map(len, by_reason.values()))})", BOLD)
        for reason, names in by_reason.items():
            yield from (f"  {line}" for line in textwrap.wrap(f"{reason}: {', '.join(names)}", max(40, width - 2)))
        yield ""


def _closing(document: dict[str, Any], paint: Any) -> Iterator[str]:  # noqa: ANN401
    verdict = document["verdict"]
    counts = ", ".join(f"{count} {label}" for label, count in verdict["counts"].items() if count)
    total = len(document["requirements"])
    tint = GREEN if verdict["exit_code"] == 0 else RED
    yield f"{total} requirements: {counts}; {document['requests']} requests in {document['seconds']:.1f} s"
    yield from (paint(line, RED) for line in verdict["stale"])
    versions = document["versions"]
    suite, contract = versions["suite"], versions["contract"]
    yield (
        f"seed {document['settings']['seed']}, profile {document['settings']['profile']}, suite {suite['version']}, "
        f"contract {contract['version']} ({contract['sha256'][:12]})"
    )
    yield paint(f"{document['target']['url']}: {verdict['sentence']}", BOLD + tint)
