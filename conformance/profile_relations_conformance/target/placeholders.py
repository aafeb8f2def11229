"""What stands in reports for the token and for values of the target file, and how a request is made of it again.

A placeholder stands in double braces:

    placeholder = "{{", ( value | quoted ), "}}"
    value       = key, [ change | beginning ]
    key         = "token" | a place of the target file, such as profiles[0].email
    change      = "[:-1]" | "[1:]" | "|lower" | "|upper" | "|swapcase" | "|xxh64"      of a text
                | "|+1"                                                                of a number
    beginning   = "[:", number, "]"                                                    so many characters of it
    quoted      = a JSON string, [ " * ", number ]                                     its text, so many times

So `{{token[:-1]}}` is the token without its last character, `{{profiles[0].email|upper}}` an address in capital
letters, and `{{"x" * 1000}}` a thousand times x.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import xxhash

from profile_relations_conformance.errors import UsageError
from profile_relations_conformance.target.known_data import ADDRESSES, FIELD_VALUE, IDENTIFIER, TAG_SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from profile_relations_conformance.target.model import CustomField, KnownProfile, Target, Token

TOKEN = "token"  # noqa: S105 - the name of a field
LARGEST_BODY = 16 * 1024 * 1024
"""Characters of a body that is filled in; a report from elsewhere may ask for any number."""

PLACEHOLDER = re.compile(r"\{\{([^{}]+)\}\}")
_QUOTED = re.compile(r'(?P<json>"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*")(?: \* (?P<times>[0-9]{1,9}))?')
_VALUE = re.compile(r"(?P<key>.+?)(?:\[:(?P<length>[0-9]{1,9})\]|(?P<change>\[:-1\]|\[1:\]|\|[a-z0-9+]+))?", re.DOTALL)
_REPEATED = re.compile(r"(.{1,16}?)\1{63,}", re.DOTALL)

_TEXT_CHANGES: Mapping[str, Callable[[str], str]] = {
    "": lambda value: value,
    "[:-1]": lambda value: value[:-1],
    "[1:]": lambda value: value[1:],
    "|lower": str.lower,
    "|upper": str.upper,
    "|swapcase": str.swapcase,
    "|xxh64": lambda value: xxhash.xxh64_hexdigest(value.encode("utf-8", "surrogatepass")),
}
_NUMBER_CHANGES: Mapping[str, Callable[[int], str]] = {"": str, "|+1": lambda value: str(value + 1)}


@dataclass(frozen=True)
class Hidden:
    """A value that reports do not show.

    Attributes:
        key: What stands for it.
        value: The value.
        field: The field of a request that takes it.
    """

    key: str
    value: str | int
    field: str

    def __repr__(self) -> str:
        return f"Hidden({self.key})"

    def changed(self) -> Iterator[tuple[str, str]]:
        """Yields what stands for the value and for each change of it that a request can have, with the text."""
        if isinstance(self.value, int):
            for change, make in _NUMBER_CHANGES.items():
                yield f"{self.key}{change}", make(self.value)
        else:
            for change, make_text in _TEXT_CHANGES.items():
                yield f"{self.key}{change}", make_text(self.value)


def personal_values(target: Target) -> Iterator[Hidden]:
    """Yields every value of the target file that tells something of a person.

    These are identifiers, addresses, numbers and tags, and what else finds a profile. Relation types, resources and
    names of custom fields tell of the database and not of a person.
    """
    for profile in target.profiles:
        yield Hidden(f"{profile.key}.profile_id", profile.profile_id, IDENTIFIER)
        for name in ADDRESSES:
            yield from _hidden(f"{profile.key}.{name}", getattr(profile, name), name)
            for number, item in enumerate(profile.subscriptions):
                yield from _hidden(f"{profile.key}.subscriptions[{number}].{name}", getattr(item, name), name)
        for number, field in enumerate(profile.custom_fields):
            yield from _of_custom_field(f"{profile.key}.custom_fields[{number}]", field)
        yield from _of_selectors(profile)


def _hidden(key: str, value: Any, field: str) -> Iterator[Hidden]:  # noqa: ANN401 - any JSON value
    if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
        yield Hidden(key, value, field)


def _of_custom_field(key: str, field: CustomField) -> Iterator[Hidden]:
    yield from _hidden(f"{key}.value", field.value, FIELD_VALUE)
    yield from _hidden(f"{key}.tags", TAG_SEPARATOR.join(field.tags), FIELD_VALUE)
    for number, tag in enumerate(field.tags):
        yield from _hidden(f"{key}.tags[{number}]", tag, FIELD_VALUE)


def _of_selectors(profile: KnownProfile) -> Iterator[Hidden]:
    for number, selector in enumerate(profile.selectors):
        for name, value in selector.items():
            yield from _hidden(f"{profile.key}.selectors[{number}].{name}", value, name)


def escaped(text: str) -> str:
    """Writes a text as it stands in a JSON string of a request."""
    return json.dumps(text)[1:-1]


def spellings(text: str) -> Iterator[str]:
    """Yields how a text can be written: as in a request, as it is, as in other JSON or twice so, in URLs and HTML."""
    written = escaped(text)
    found = (written, text, escaped(written), json.dumps(text, ensure_ascii=False)[1:-1], written.replace("/", "\\/"))
    addressed = quote(text.encode("utf-8", "replace"), safe="")
    yield from dict.fromkeys((*found, addressed, html.escape(text), html.escape(text).replace("&#x27;", "&#39;")))


def literal(text: str) -> str:
    """Writes a text so that no part of it reads as a placeholder; long repetitions and odd characters become some."""
    pieces, end = [], 0
    for found in _REPEATED.finditer(text):
        unit = found.group(1)
        pieces += [_plain(text[end : found.start()]), _quoted(unit, len(found.group(0)) // len(unit))]
        end = found.end()
    return "".join([*pieces, _plain(text[end:])])


def _plain(text: str) -> str:
    return re.sub(r"\{\{|[^ -~]+", lambda found: _quoted(found.group(0)), text)


def _quoted(text: str, times: int = 1) -> str:
    written = json.dumps(text).replace("{", "\\u007b").replace("}", "\\u007d")
    return f"{{{{{written} * {times}}}}}" if times > 1 else f"{{{{{written}}}}}"


class Filling:
    """Puts values in the place of placeholders.

    Args:
        values: The values that placeholders stand for; the token is one of them.
    """

    def __init__(self, *values: Hidden) -> None:
        self._values = {hidden.key: hidden for hidden in values}

    def fill(self, template: str) -> bytes:
        """Gives the body that a template stands for.

        Raises:
            UsageError: If a placeholder stands for nothing, or the body would be too large.
        """
        size, pieces, end = 0, [], 0
        for found in PLACEHOLDER.finditer(template):
            pieces += [template[end : found.start()], self._text(found.group(1))]
            end = found.end()
            size += len(pieces[-1])
            if size > LARGEST_BODY:
                raise UsageError("the request would be too large", f"A body has {LARGEST_BODY} characters at most")
        try:
            return "".join([*pieces, template[end:]]).encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            raise UsageError(
                "the request has characters that a body cannot have", "Give it as the report has it"
            ) from None

    def _text(self, name: str) -> str:
        """Gives what a placeholder stands for, as it stands in a JSON string; what it quotes, as it is."""
        text = quoted_text(name)
        if text is None:
            text = self._value(name)
        if text is None:
            raise UsageError(f"{{{{{name}}}}} has no value", "Name the target file that the run was made with")
        return text

    def _value(self, name: str) -> str | None:
        parts = _VALUE.fullmatch(name)
        hidden = self._values.get(parts["key"]) if parts else None
        if parts is None or hidden is None:
            return None
        if parts["length"]:
            return escaped(str(hidden.value))[: int(parts["length"])]
        text = dict(hidden.changed()).get(name)
        return None if text is None else escaped(text)


def quoted_text(name: str) -> str | None:
    """Gives the text that a placeholder quotes, or None where it quotes none.

    Raises:
        UsageError: If the text would be too large.
    """
    quoted = _QUOTED.fullmatch(name)
    if quoted is None:
        return None
    times = int(quoted["times"] or 1)
    if len(quoted["json"]) * times > LARGEST_BODY:
        raise UsageError("the request would be too large", f"A body has {LARGEST_BODY} characters at most")
    return str(json.loads(quoted["json"]) * times)


def resolve(request: dict[str, Any], target: Target, token: Token) -> bytes:
    """Gives the body that a recorded request was sent with.

    Args:
        request: The request, as the report has it.
        target: The target file that the run was made with.
        token: The token, which takes the place of the one that the run was made with.

    Raises:
        UsageError: If the target file does not tell what the request needs.
    """
    return fill(request["body"], target, token)


def fill(template: str, target: Target, token: Token) -> bytes:
    """Puts the token and the values of a target file in the place of placeholders; see `resolve`."""
    return Filling(Hidden(TOKEN, token.reveal(), TOKEN), *personal_values(target)).fill(template)
