"""What a server keeps between calls, where a variant has it keep something; a correct answer never depends on it."""

from __future__ import annotations

import secrets
from time import monotonic

MOST_WRONG_TOKENS = 5
_LOCKED_SECONDS = 300.0
_MOST_SESSIONS = 1000


class State:
    """Counts wrong tokens and calls, and knows the sessions that were begun."""

    def __init__(self) -> None:
        self.calls = 0
        self._wrong_tokens = 0
        self._locked_until = 0.0
        self._sessions: dict[str, str] = {}

    def count_wrong_token(self) -> None:
        """Counts a token that is unknown; the last of too many locks everybody out."""
        self._wrong_tokens += 1
        if self._wrong_tokens >= MOST_WRONG_TOKENS:
            self._wrong_tokens = 0
            self._locked_until = monotonic() + _LOCKED_SECONDS

    @property
    def is_locked(self) -> bool:
        """Whether nobody is let in now."""
        return monotonic() < self._locked_until

    def begin_session(self, token: str) -> str:
        """Names a new session, which stands for a token from now on; the oldest of too many are forgotten."""
        name = secrets.token_hex(16)
        self._sessions[name] = token
        if len(self._sessions) > _MOST_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        return name

    def token_of(self, session: str) -> str | None:
        """Gives the token that a session stands for; None where there is no such session."""
        return self._sessions.get(session)
