"""What init-target has under its hands: the target file that it writes, and the server that it asks."""

from __future__ import annotations

import shlex
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from profile_relations_conformance.commands.called_as import called_as
from profile_relations_conformance.commands.options import connection_words
from profile_relations_conformance.commands.target_writer import Draft, profile_of
from profile_relations_conformance.contract.document import load_contract
from profile_relations_conformance.errors import CannotJudgeError, LeakedTokenError, TokenRefusedError, UsageError
from profile_relations_conformance.report.files import write
from profile_relations_conformance.run.settings import RunSettings, connection_of
from profile_relations_conformance.run.setup import make_parts
from profile_relations_conformance.run.survey import Survey, check_server, check_token, look_up, survey
from profile_relations_conformance.target.file import check_url, make_target, read_token
from profile_relations_conformance.target.model import DEFAULT_TOKEN_ENV
from profile_relations_conformance.target.secret import Secret

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from profile_relations_conformance.commands.target_questions import Answers
    from profile_relations_conformance.run.setup import RunParts
    from profile_relations_conformance.target.model import Target
    from profile_relations_conformance.target.redaction import Redactor

T = TypeVar("T")
PLACE = "token_in"
"""The key of a target file that says where the token goes."""


class TargetWork:
    """Writes one profile into a target file, and asks the server about it.

    Args:
        options: The options of init-target.
        base_url: The server; that of the file where it is None.

    Attributes:
        path: The file.
        key: The place of the profile in the file.

    Raises:
        SuiteError: If the file can't be added to, or there is no token.
    """

    def __init__(self, options: argparse.Namespace, base_url: str | None) -> None:
        self.path = options.output
        self._options = options
        self._draft = Draft.begin(self.path, base_url, options.token_env)
        self.key = f"profiles[{len(self._draft.raw['profiles'])}]"
        # Nobody answers questions to learn that the token is missing.
        self._token = read_token(self._draft.raw.get("token_env", DEFAULT_TOKEN_ENV))

    def known(self, name: str) -> Any:  # noqa: ANN401 - any value of TOML
        """Gives what the top of the file tells, or None."""
        return self._draft.raw.get(name)

    def check_url(self, url: str) -> None:
        """Makes sure that the endpoint is there, and keeps the URL.

        Raises:
            SuiteError: If it is no URL, or the endpoint does not answer.
        """
        self._draft.raw["base_url"] = check_url(url)
        with self._parts(make_target(self._draft.raw, str(self.path))) as parts:
            check_server(parts)

    def check_token(self) -> None:
        """Makes sure that the token is taken.

        Raises:
            CannotJudgeError: If it is not.
        """

        def check() -> None:
            with self._parts(make_target(self._draft.raw, str(self.path))) as parts:
                check_token(parts)

        self._in_either_place(check)

    def look_up(self, answers: Answers) -> Survey:
        """Asks for the profile by what was answered.

        Raises:
            SuiteError: If an answer is not of its form, or the profile is not found.
        """
        profile = profile_of(answers)

        def ask() -> Survey:
            target = make_target(self._draft.with_profile(profile), str(self.path))
            with self._parts(target) as parts:
                return look_up(parts, target.profiles[-1])

        return self._in_either_place(ask)

    def write(self, answers: Answers) -> Survey:
        """Asks for the profile by all that was answered, and writes the file.

        Raises:
            SuiteError: As `look_up`, or if the token would stand in the file.
        """
        url = answers["base_url"] or self.known("base_url")
        self._draft.raw["base_url"] = url and check_url(url)
        profile = profile_of(answers)
        other = self._options.other_rel_id

        def ask() -> tuple[Survey, Redactor]:
            target = make_target(self._draft.with_profile(profile), str(self.path))
            if other == target.profiles[-1].rel_id:
                raise UsageError("--other-rel-id is the same as --rel-id", "Name another type, or leave it out")
            with self._parts(target) as parts:
                return survey(parts, target.profiles[-1], other_rel_id=other), parts.redactor

        found, redactor = self._in_either_place(ask)
        text = self._draft.text(profile, found)
        if redactor.leaks(text):
            raise LeakedTokenError("the token stands in the file that would have been written", "Nothing was written")
        write({self.path: text})
        return found

    def _in_either_place(self, act: Callable[[], T]) -> T:
        """Asks with the token in the body, and where it is refused there, in the header; a place that works is kept."""
        raw = self._draft.raw
        try:
            return act()
        except TokenRefusedError as refused:
            if raw["profiles"] or PLACE in raw:  # a file that is there says where
                raise
            raw[PLACE] = "header"
            try:
                return act()
            except CannotJudgeError:
                del raw[PLACE]
                raise refused from None

    def line(self, command: str, *words: str) -> str:
        """Gives a line for a shell that carries out a command on the same server, as this program was called.

        Credentials are left out: the token, and those of a proxy.
        """
        token = self._token.reveal()
        secret = Secret(token, "…")
        kept = ["…" if token in word or secret.stands_in(word) else word for word in words]
        return f"{called_as()} {shlex.join([command, *kept, *connection_words(self._options)])}"

    @contextmanager
    def _parts(self, target: Target) -> Iterator[RunParts]:
        options = self._options
        settings = RunSettings(rate=options.rate, timeout=options.timeout, connection=connection_of(options))
        parts = make_parts(settings, load_contract(), target)
        with closing(parts.client):
            yield parts
