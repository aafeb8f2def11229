"""The questions that init-target asks on a terminal; each answer is checked as soon as it is given."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Protocol

from profile_relations_conformance.errors import CannotJudgeError, SuiteError, UsageError
from profile_relations_conformance.target.shown_text import shown_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from profile_relations_conformance.run.survey import Survey

Answers = dict[str, Any]
QUESTIONS = {
    "base_url": "Base URL of the server, such as https://example.com/api/v1.1",
    "profile_id": "Identifier of a profile that has relations",
    "rel_id": "Identifier of a type of relation that it has",
    "email": "E-mail address in its profile data",
    "phone": "Phone number in its profile data",
    "subscription": "Address that only a subscription holds, as RESOURCE=ADDRESS",
    "field": "Custom field that holds a text, as NAME=VALUE",
    "number": "Custom field that holds a number, as NAME=NUMBER",
    "tags": "Tag field, as NAME=TAG, TAG",
}
"""What is asked on a terminal, by option."""
REQUIRED = ("base_url", "profile_id", "rel_id")
SEVERAL = ("subscription", "field", "number", "tags")


def no_answers() -> Answers:
    """Gives the answers of a profile of which nothing is known yet."""
    return {name: [] if name in SEVERAL else None for name in QUESTIONS}


class Server(Protocol):
    """The server that the answers are about."""

    def check_url(self, url: str) -> None:
        """Makes sure that the endpoint is there; raises a SuiteError that says what is wrong."""

    def check_token(self) -> None:
        """Makes sure that the token is taken; raises a SuiteError where it is not."""

    def look_up(self, answers: Answers) -> Survey:
        """Asks for a profile by what was answered; raises a SuiteError where it can't be, or is not found."""


def ask_all(answers: Answers, server: Server) -> None:
    """Asks for what is not known yet, and puts it into the answers one by one, so that none is lost.

    Args:
        answers: What is known, by option.
        server: What the answers are checked with.

    Raises:
        SuiteError: If the token is not taken, or the input ends before a required answer.
    """
    if answers["base_url"]:
        server.check_url(answers["base_url"])
    else:
        _ask_for_server(answers, server)
    server.check_token()
    _ask_until_right(answers, ("profile_id", "rel_id"), server.look_up)
    for name in QUESTIONS:
        if name in SEVERAL and not answers[name]:
            while (value := _ask_checked(answers, name, server)) is not None:
                answers[name].append(value)
        elif name not in REQUIRED and not answers[name]:
            answers[name] = _ask_checked(answers, name, server)


def wants_another() -> bool:
    """Asks whether another profile is described."""
    return _line("Describe another profile? Two of the same rel_id catch a server that mixes them up (y/N)") in {
        "y",
        "Y",
        "yes",
    }


def _ask_for_server(answers: Answers, server: Server) -> None:
    """Asks for the base URL until the endpoint answers, or until one is given twice: its user may know better."""
    while True:
        url, before = _required("base_url"), answers["base_url"]
        answers["base_url"] = url
        try:
            server.check_url(url)
        except CannotJudgeError as error:
            if url == before:
                return
            _tell(f"  {error}", "  Give another one, or the same again to keep it")
        except UsageError as error:
            answers["base_url"] = before
            _tell(f"  {error}")
        else:
            return


def _ask_until_right(answers: Answers, names: tuple[str, ...], check: Callable[[Answers], object]) -> None:
    """Asks for required answers until they pass a check; what an option gave is asked only where it does not pass."""
    missing = [name for name in names if answers[name] in {None, ""}]
    while True:
        for name in missing:
            answers[name] = _required(name)
        try:
            check(answers)
        except SuiteError as error:
            _tell(f"  {error}")
            missing = list(names)
        else:
            return


def _ask_checked(answers: Answers, name: str, server: Server) -> str | None:
    """Asks for an answer that may be left out; one that finds nobody is kept where no other is given."""
    kept: str | None = None
    while value := _line(f"{QUESTIONS[name]} ({'empty: keep it' if kept else 'empty: none'})"):
        own = {part: answers[part] for part in REQUIRED}
        try:
            found = server.look_up(no_answers() | own | {name: [value] if name in SEVERAL else value})
        except UsageError as error:
            _tell(f"  {error}")
            continue
        for reason in found.lost.values():
            _tell(f"  not found: {reason}", "  Give another one. Kept, it stands in the file as a comment")
        if not found.lost:
            _tell("  found")
            return value
        kept = value
    return kept


def _required(name: str) -> str:
    while True:
        answer = _line(QUESTIONS[name], ends=name)
        if name == "rel_id" and answer and not answer.isdecimal():
            _tell(f"  {answer!r} is no whole number")
        elif answer:
            return answer


def _line(question: str, *, ends: str = "") -> str:
    """Asks a question and gives the line that answers it.

    Args:
        question: The question.
        ends: The option that the input may not end before; an end is an empty answer else.
    """
    sys.stderr.write(f"{question}: ")
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line and ends:
        option = f"--{ends.replace('_', '-')}"
        raise UsageError(f"{option} is missing", f"Give {option}, or answer the question")
    return line.strip()


def _tell(*lines: str) -> None:
    sys.stderr.write("".join(f"{shown_line(line)}\n" for line in lines))
