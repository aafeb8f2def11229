"""The process that a command runs in: its standard streams, its signals, and what it leaves in the working folder."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn, TextIO

from profile_relations_conformance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import ReadableBuffer

_READER_GONE = {errno.EPIPE, errno.EIO}
"""A pipe that is closed, and a terminal that was closed."""
_STDIN, _STDOUT, _STDERR = range(3)


class _Output(io.FileIO):
    """Standard output or standard error, which lets a command go on to its verdict where nobody reads it any more.

    Raises:
        UsageError: Once, where standard output can't be written for another reason, such as a full disk.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number, "w", closefd=False)
        self._number = number
        self._lost = False

    def write(self, data: ReadableBuffer, /) -> int:
        if not self._lost:
            try:
                return super().write(data)
            except OSError as error:
                self._lost = True
                if self._number == _STDOUT and error.errno not in _READER_GONE:
                    raise UsageError(
                        f"standard output can't be written ({error.strerror})", "Send it elsewhere, or make room"
                    ) from None
        return memoryview(data).nbytes


def _text(number: int, stream: TextIO | None) -> TextIO:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    raw = _Output(number)
    lines = number == _STDERR or raw.isatty()
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, "backslashreplace", line_buffering=lines)


def use_lasting_streams() -> None:
    """Makes the standard streams such that none of them can end the process: a closed one goes nowhere."""
    for number in (_STDIN, _STDOUT, _STDERR):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # takes the lowest free number, which is this one
    sys.stdin = sys.stdin or open(_STDIN, encoding="utf-8", closefd=False)  # noqa: SIM115 - for as long as the process
    sys.stdout, sys.stderr = _text(_STDOUT, sys.stdout), _text(_STDERR, sys.stderr)


@contextmanager
def broken_off_by_signals() -> Iterator[None]:
    """Lets SIGTERM and SIGHUP break off what is under way as Ctrl-C does, also in the first process of a container.

    One that is ignored, as SIGHUP is under nohup, stays so.
    """
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]  # Windows has no SIGHUP
    caught = [number for name in names if signal.getsignal(number := signal.Signals[name]) is signal.SIG_DFL]

    def break_off(*_: object) -> NoReturn:
        for number in caught:
            signal.signal(number, signal.SIG_IGN)  # the reports are still to be written
        raise KeyboardInterrupt

    for number in caught:
        signal.signal(number, break_off)
    try:
        yield
    finally:
        for number in caught:
            signal.signal(number, signal.SIG_DFL)


def check_working_folder() -> None:
    """Makes sure that there is a working folder, which Python itself relies on.

    Raises:
        UsageError: If it was removed.
    """
    try:
        os.getcwd()  # noqa: PTH109 - asks for it alone
    except OSError:
        raise UsageError("the working folder no longer exists", "Change to another one") from None
