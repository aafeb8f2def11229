"""What the suite itself can get wrong; a server's faults are never exceptions of this tree.

SuiteError
├── UsageError                  the call can't be carried out: exit code 2
│   ├── TargetFileError         the target file is missing, broken or incomplete
│   └── KnownFailingFileError   the list of known failures is broken
├── CannotJudgeError            nothing can be said of the server: exit code 2
│   └── TokenRefusedError       it answers, and lets nobody in with this token
└── LeakedTokenError            the token stands in something that the run wrote: exit code 3
"""


class SuiteError(Exception):
    """Base of all errors that the command line shows as one line, with a hint where there is one.

    Args:
        message: What was wrong and where.
        hint: What to do about it.
    """

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}. {self.hint}" if self.hint else self.message


class UsageError(SuiteError):
    """The call, or a file that it names, can't be used."""


class TargetFileError(UsageError):
    """The target file is missing, is not TOML, or does not tell what it must tell."""


class KnownFailingFileError(UsageError):
    """The list of known failures is not what it must be."""


class CannotJudgeError(SuiteError):
    """The server can't be reached, does not take the token, or is no server of this endpoint."""


class TokenRefusedError(CannotJudgeError):
    """The server refuses what carries the token as it refuses a made-up one."""


class LeakedTokenError(SuiteError):
    """The token was found in something that the run wrote."""

    exit_code = 3
