"""The options that ask for trouble and for limits, and what their values mean."""

from __future__ import annotations

import argparse
import re
from http import HTTPStatus

from profile_relations_server.http.proxy import Rate
from profile_relations_server.http.trouble import MOST_SECONDS, Trouble

_SECONDS = {"ms": 0.001, "s": 1.0, "": 1.0}
_TIME = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|)")
_RATE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)/s(?::([0-9]{1,6}))?")
_LEAST_STATUS = 400


def add_trouble_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    group = parser.add_argument_group("trouble on demand", "Right answers that arrive badly.")
    group.add_argument("--delay", type=_span, metavar="200ms..2s", help="wait before each answer, at most a minute")
    group.add_argument(
        "--fail",
        type=_failure,
        action="append",
        default=[],
        metavar="CODE:SHARE",
        help="answer a share of the requests with this status, as a proxy does: 429:0.2; may be repeated",
    )
    group.add_argument(
        "--drop",
        type=_share,
        default=0.0,
        metavar="SHARE",
        help="close the connection in the middle of this share of replies",
    )
    group.add_argument(
        "--truncate",
        type=_share,
        default=0.0,
        metavar="SHARE",
        help="send only half of the body in this share of replies",
    )
    group.add_argument("--slow-body", action="store_true", help="send each body in ten pieces over two seconds")
    group.add_argument(
        "--trouble-seed", type=int, default=0, metavar="S", help="the same seed brings the same trouble (%(default)s)"
    )
    group.add_argument(
        "--rate-limit",
        type=_rate,
        metavar="20/s[:BURST]",
        help="answer 429 above this rate; each process counts alone",
    )
    group.add_argument(
        "--allow-prefer", action="store_true", help="let a request ask for trouble: Prefer: code=429 or delay=2"
    )


def trouble_of(options: argparse.Namespace) -> Trouble | None:
    """Gives the trouble that the options ask for; None where they ask for none."""
    trouble = Trouble(
        delay=options.delay or (0.0, 0.0),
        fail=dict(options.fail),
        drop=options.drop,
        cut=options.truncate,
        is_slow=options.slow_body,
        prefer=options.allow_prefer,
        seed=options.trouble_seed,
    )
    return None if trouble == Trouble(seed=options.trouble_seed) else trouble


def _rate(text: str) -> Rate:
    found = _RATE.fullmatch(text)
    if found is None or not float(found[1]) or not int(found[2] or 1):
        raise argparse.ArgumentTypeError(f"{text!r} is not a rate; write 20/s, or 20/s:5 to allow five at once")
    return Rate(float(found[1]), int(found[2] or 1))


def _time(text: str) -> float:
    found = _TIME.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time; write 200ms or 2s")
    return float(found[1]) * _SECONDS[found[2]]


def _span(text: str) -> tuple[float, float]:
    first, dots, last = text.partition("..")
    least = _time(first)
    most = _time(last) if dots else least
    if not least <= most <= MOST_SECONDS:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a time span; write 200ms..2s, the shorter time first, at most {MOST_SECONDS:g}s"
        )
    return least, most


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share; write a number between 0 and 1")
    return share


def _failure(text: str) -> tuple[int, float]:
    code, colon, share = text.partition(":")
    if not colon or not code.isdecimal() or int(code) not in {int(status) for status in HTTPStatus}:
        raise argparse.ArgumentTypeError(f"{text!r} is not STATUS:SHARE; write 429:0.2")
    if int(code) < _LEAST_STATUS:
        raise argparse.ArgumentTypeError(f"{code} is not a failure; write a status of {_LEAST_STATUS} or more")
    return int(code), _share(share)
