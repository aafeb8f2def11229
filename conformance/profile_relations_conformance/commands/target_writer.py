"""Writes target files with comments; see init-target."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import tomlkit
from tomlkit.items import AoT

from profile_relations_conformance.errors import UsageError
from profile_relations_conformance.target.file import check_raw, check_url, read_target_file
from profile_relations_conformance.target.model import DEFAULT_TOKEN_ENV
from profile_relations_conformance.target.toml import comments, read_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tomlkit import TOMLDocument
    from tomlkit.items import Table

    from profile_relations_conformance.run.survey import Survey

NOTES = {
    "other_rel_id": "another type of relation, with other links or none",
    "expected_total": "how many relations of rel_id the server lists; put your own count here",
    "email": "in profile data",
    "phone": "in profile data",
    "subscriptions": "an address that only a subscription holds",
}
"""What is said of a key of the target file."""


class Draft:
    """A target file that is being written.

    Args:
        raw: Its tables so far.
        document: The file with its comments, where it is there already.

    Attributes:
        raw: Its tables so far.
    """

    def __init__(self, raw: dict[str, Any], document: TOMLDocument | None = None) -> None:
        self.raw = raw
        self._document = document

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
                raise UsageError(f"{path} exists already, with another {name}", "Name another file with --output")
        return cls(raw, read_document(path))

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
        document = self._document or self._begun()
        table, profiles = _profile(profile, found, key), document["profiles"]
        # A list in one line has no room for comments.
        profiles.append(table if isinstance(profiles, AoT) else table.unwrap())
        return tomlkit.dumps(document).rstrip("\n") + "\n"

    def _begun(self) -> TOMLDocument:
        document = tomlkit.document()
        document.add(tomlkit.comment("What a tester knows of the server under test."))
        document.add(tomlkit.nl())
        document.add("base_url", self.raw["base_url"])
        document.add(
            tomlkit.comment("The environment variable that holds the token, which itself never stands in a file.")
        )
        document.add("token_env", self.raw["token_env"])
        if "token_in" in self.raw:
            document.add(tomlkit.comment("The server takes the token in the header Authorization; the body has none."))
            document.add("token_in", self.raw["token_in"])
        document.add(tomlkit.nl())
        document.add("profiles", tomlkit.aot())
        return document


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
        raise UsageError(f"{option}: {text!r} is not a whole number", "Write only digits") from None


def _profile(profile: Mapping[str, Any], found: Survey, key: str) -> Table:
    """Writes a profile as a table, with the reason in comments beside what does not find it."""
    table = tomlkit.table()
    _say(table, f"Asked for on {datetime.now(UTC).date()}; what did not find the profile stands in comments.")
    for name, value in _told(profile, found).items():
        reason = found.lost.get(f"{key}.{name}")
        if reason is not None:
            _say_lost(table, [tomlkit.dumps({name: value})], reason)
            continue
        table.add(name, value)
        if name in NOTES:
            table[name].comment(NOTES[name])
    kept = {name: tomlkit.aot() for name in ("subscriptions", "custom_fields")}
    for name, tables in kept.items():
        for number, item in enumerate(profile[name]):
            place = f"{key}.{name}[{number}]."
            reason = next((reason for lost, reason in found.lost.items() if lost.startswith(place)), None)
            if reason is None:
                tables.append(_indented(item))
            else:
                _say_lost(table, [f"[[profiles.{name}]]", tomlkit.dumps(item)], reason)
    for name, tables in kept.items():  # after all comments, since what follows such a table belongs to it
        if tables:
            table.add(name, tables)
    return table


def _told(profile: Mapping[str, Any], found: Survey) -> dict[str, Any]:
    """Gives what the profile's table says in lines of its own, in the order of the file."""
    surveyed = {"other_rel_id": found.other_rel_id, "expected_total": found.total}
    return {
        "profile_id": profile["profile_id"],
        "rel_id": profile["rel_id"],
        **{name: value for name, value in surveyed.items() if value is not None},
        **{name: profile[name] for name in ("email", "phone") if name in profile},
    }


def _indented(item: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    table.update(item)
    table.indent(2)
    return table


def _say(table: Table, text: str) -> None:
    for line in comments(text):
        table.add(line)


def _say_lost(table: Table, lines: Iterable[str], reason: str) -> None:
    _say(table, f"Does not find the profile; {reason}")
    for line in "\n".join(lines).split("\n"):
        if line:
            table.add(tomlkit.comment(line))
