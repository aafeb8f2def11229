"""What the tester knows of the server under test: the target file, read and checked.

The token never stands in the file: the file names an environment variable, and the value is held so that no repr shows
it.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import httpx
from jsonschema import Draft202012Validator

from profile_relations_conformance.errors import TargetFileError
from profile_relations_conformance.target.disguise import TELLING
from profile_relations_conformance.target.model import (
    DEFAULT_TOKEN_ENV,
    CustomField,
    KnownProfile,
    Subscription,
    Target,
    Token,
)
from profile_relations_conformance.target.schema_messages import explain
from profile_relations_conformance.target.toml import read_toml

if TYPE_CHECKING:
    from pathlib import Path


_NO_TOKENS = {
    r"[\r\n]": "has a line break",
    r"""^(["']).*\1$""": "stands in quotes",
    r"^\s|\s$": "has a space at its beginning or end",
}
"""What a token can't be, as patterns, and what is said of it; files of settings bring such values about."""


def load_target(
    path: Path, *, base_url: str | None = None, token_env: str | None = None, token: Token | None = None
) -> Target:
    """Reads a target file.

    Args:
        path: The file, in TOML.
        base_url: Replaces the file's own.
        token_env: Replaces the file's own.
        token: Is taken instead of the variable's value.

    Raises:
        TargetFileError: If the file can't be read, is no TOML, tells something that can't be true, lacks a key, or
            names a variable that holds no token.
    """
    raw = read_target_file(path)
    raw |= {"base_url": base_url} if base_url else {}
    raw |= {"token_env": token_env} if token_env else {}
    return make_target(raw, str(path), token=token)


def named_server(path: Path) -> dict[str, str | None]:
    """Gives the server and the variable that a target file names: `base_url`, None where it is left out, `token_env`.

    Raises:
        TargetFileError: As `load_target`.
    """
    raw = read_target_file(path)
    url = raw.get("base_url")
    return {"base_url": check_url(url) if url else None, "token_env": raw.get("token_env") or DEFAULT_TOKEN_ENV}


def make_target(raw: dict[str, Any], source: str, *, token: Token | None = None) -> Target:
    """Makes a target of what a target file tells, which has been held against its schema.

    Args:
        raw: The file's tables.
        source: What messages call the file.
        token: Is taken instead of the variable's value.

    Raises:
        TargetFileError: If it lacks its base_url, which must not carry the token, or names a variable that holds none.
    """
    if not raw.get("base_url"):
        raise TargetFileError(
            f"{source}: base_url is missing", 'Write base_url = "https://…/api/v1.1" at its top, or give --base-url'
        )
    name = raw.get("token_env") or DEFAULT_TOKEN_ENV
    token, base_url = token or read_token(name), check_url(raw["base_url"])
    if len(token.reveal()) >= TELLING and token.reveal() in unquote(urlsplit(base_url).path):
        raise TargetFileError("base_url carries the token, which reports would show", "Leave it out; it is sent apart")
    return Target(
        base_url=base_url,
        token_env=name,
        token=token,
        profiles=tuple(_profile(number, item) for number, item in enumerate(raw["profiles"])),
        source=source,
        token_in=raw.get("token_in", "body"),
    )


def read_token(name: str) -> Token:
    """Takes the token from an environment variable.

    Raises:
        TargetFileError: If the variable is not set, or empty, or holds more than a token.
    """
    value = os.environ.get(name)
    if not value:
        raise TargetFileError(f"the environment variable {name} for the token is not set", f"Run: export {name}=…")
    for found, words in _NO_TOKENS.items():
        if re.search(found, value):
            raise TargetFileError(
                f"the token in the environment variable {name} {words}", "Set the variable to the token alone"
            )
    return Token(value)


@cache
def _validator() -> Draft202012Validator:
    text = files(__package__).joinpath("target.schema.json").read_text("utf-8")
    return Draft202012Validator(json.loads(text))


def _check_twins(source: str, profiles: list[dict[str, Any]]) -> None:
    seen: dict[str, int] = {}
    for number, item in enumerate(profiles):
        first = seen.setdefault(item["profile_id"], number)
        if first != number:
            raise TargetFileError(
                f"{source}: profiles[{number}].profile_id is that of profiles[{first}]", "Describe a profile once"
            )
        if item.get("other_rel_id") == item["rel_id"]:
            raise TargetFileError(
                f"{source}: profiles[{number}].other_rel_id is its rel_id",
                "Name another type of relation, or leave it out",
            )


def _profile(index: int, raw: dict[str, Any]) -> KnownProfile:
    parts = {
        "subscriptions": tuple(Subscription(**item) for item in raw.get("subscriptions", ())),
        "custom_fields": tuple(
            CustomField(**(item | {"tags": tuple(item.get("tags", ()))})) for item in raw.get("custom_fields", ())
        ),
        "selectors": tuple(raw.get("selectors", ())),
    }
    return KnownProfile(index=index, **(raw | parts))


def check_url(url: str) -> str:
    """Gives the URL without a slash at its end.

    Raises:
        TargetFileError: If it is no URL of a server, or carries credentials, a query or a fragment.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port, httpx.URL(url).host, (parts.hostname or "").encode("idna")  # all who read it later
    except (ValueError, httpx.InvalidURL) as error:
        raise TargetFileError(f"base_url is not a URL ({error})", "Write it as https://host/api/v1.1") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise TargetFileError("base_url is not an http or https URL", "Write it as https://host/api/v1.1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise TargetFileError(
            "base_url must have only a scheme, a host and a path", "Write it as https://host/api/v1.1"
        )
    return url.rstrip("/")


def read_target_file(path: Path) -> dict[str, Any]:
    """Reads the file and holds it against its schema.

    Raises:
        TargetFileError: Naming the file, the key and what to do, for the first thing that is wrong.
    """
    raw = read_toml(path, TargetFileError, "Write one with `relations-conformance init-target`")
    check_raw(raw, str(path))
    return raw


def check_raw(raw: dict[str, Any], source: str) -> None:
    """Holds what a target file tells against its schema.

    Raises:
        TargetFileError: Naming the source, the key and what to do, for the first thing that is wrong.
    """
    found = sorted(_validator().iter_errors(raw), key=lambda error: [str(part) for part in error.absolute_path])
    if found:
        raise TargetFileError(f"{source}: {explain(found[0])}")
    _check_twins(source, raw["profiles"])
