"""Writes target files with comments; see init-target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from profile_relations_conformance.commands.toml_text import comment, line
from profile_relations_conformance.errors import UsageError
from profile_relations_conformance.target.file import check_raw, check_url, read_target_file
from profile_relations_conformance.target.model import DEFAULT_TOKEN_ENV

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from profile_relations_conformance.run.survey import Survey

NOTES = {
    "other_rel_id": "another type of relation, with other links or none",
    "expected_total": "how many relations of rel_id it has",
    "email": "in profile data",
    "phone": "in profile data",
    "subscriptions": "an address that only a subscription holds",
}
"""What is said of a key of the target file."""


@dataclass
class Draft:
    """A target file that is being written.

    Attributes:
        raw: Its tables so far.
        before: The text of the file where it is there already.
    """

    raw: dict[str, Any]
    before: str = ""

    @classmethod
    def begin(cls, path: Path, base_url: str | None, token_env: str | None) -> Self:
        """Begins a file, or goes on with one.

        Raises:
            UsageError: If the file is there and can't be read, or is about another server.
        """
        if not path.exists():
            url = check_url(base_url) if base_url else None
            return cls({"base_url": url, "token_env": token_env or DEFAULT_TOKEN_ENV, "profiles": []})
        raw = read_target_file(path)
        for name, given in (("base_url", base_url), ("token_env", token_env)):
            if given not in {None, raw.get(name)}:
                raise UsageError(f"{path}: is there already, with another {name}", "Name another file with --output")
        return cls(raw, path.read_text("utf-8"))

    def with_profile(self, profile: dict[str, Any]) -> dict[str, Any]:
        """Gives the tables with a further profile.

        Raises:
            TargetFileError: If it is not what a target file can tell.
        """
        raw = self.raw | {"profiles": [*self.raw["profiles"], profile]}
        check_raw(raw, "the profile")
        return raw

    def text(self, profile: Mapping[str, Any], found: Survey) -> str:
        """Writes the file with a further profile; what does not find it stands in comments."""
        key = f"profiles[{len(self.raw['profiles'])}]"
        before = self.before.rstrip("\n") or "\n".join(self._head())
        return "\n".join([before, "", *_profile_lines(profile, found, key)]) + "\n"

    def _head(self) -> Iterator[str]:
        yield "# What a tester knows of the server under test."
        yield ""
        yield line("base_url", self.raw["base_url"])
        yield from comment("The environment variable that holds the token, which itself never stands in a file.")
        yield line("token_env", self.raw["token_env"])


def profile_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Makes a profile of a target file from what was answered.

    Args:
        answers: The answers by option, see init-target.

    Raises:
        UsageError: If one is not of its form.
    """
    profile: dict[str, Any] = {"profile_id": answers["profile_id"], "rel_id": _number("--rel-id", answers["rel_id"])}
    profile |= {name: answers[name] for name in ("email", "phone") if answers[name]}
    subscriptions = [_pair("--subscription", text) for text in answers["subscription"]]
    profile["subscriptions"] = [
        {"resource_id": _number("--subscription", name), "email" if "@" in value else "phone": value}
        for name, value in subscriptions
    ]
    texts = [{"name": name, "value": value} for name, value in (_pair("--field", text) for text in answers["field"])]
    numbers = [
        {"name": name, "value": _number("--number", value)}
        for name, value in (_pair("--number", text) for text in answers["number"])
    ]
    tags = [
        {"name": name, "tags": [tag.strip() for tag in value.split(",")]}
        for name, value in (_pair("--tags", text) for text in answers["tags"])
    ]
    profile["custom_fields"] = [*texts, *numbers, *tags]
    return profile


def _pair(option: str, text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name.strip() and equals and value.strip()):
        raise UsageError(
            f"{option} {text!r} is not of the form NAME=VALUE", "Write the name, an equals sign, the value"
        )
    return name.strip(), value.strip()


def _number(option: str, text: str | int) -> int:
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"{option}: {text!r} is no whole number", "Write digits alone") from None


def _profile_lines(profile: Mapping[str, Any], found: Survey, key: str) -> Iterator[str]:
    yield from comment(f"Asked for on {datetime.now(UTC).date()}; what did not find the profile stands in comments.")
    yield "[[profiles]]"
    told = {"profile_id": profile["profile_id"], "rel_id": profile["rel_id"]}
    told |= {} if found.other_rel_id is None else {"other_rel_id": found.other_rel_id}
    told |= {} if found.total is None else {"expected_total": found.total}
    told |= {name: profile[name] for name in ("email", "phone") if name in profile}
    for name, value in told.items():
        lost = found.lost.get(f"{key}.{name}")
        note = f"  # {NOTES[name]}" if name in NOTES else ""
        yield from _unless_lost([f"{line(name, value)}{note}"], lost)
    for name in ("subscriptions", "custom_fields"):
        for number, item in enumerate(profile[name]):
            head = [f"  [[profiles.{name}]]", *(f"  {line(part, value)}" for part, value in item.items())]
            reasons = [reason for place, reason in found.lost.items() if place.startswith(f"{key}.{name}[{number}].")]
            yield ""
            yield from _unless_lost(head, next(iter(reasons), None))


def _unless_lost(lines: list[str], reason: str | None) -> Iterator[str]:
    if reason is None:
        yield from lines
        return
    yield from comment(f"Does not find the profile; {reason}")
    yield from (f"# {item.strip()}" for item in lines)
