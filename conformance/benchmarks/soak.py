"""Asks the reference server over many connections at once and checks every answer against the world itself.

None may be wrong, and none may be lost. Options that are not this script's own go to the server: `--workers 2`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from profile_relations_server.world.generator import Plan
from rich.console import Console
from rich.progress import Progress

from benchmarks.questions import questions
from benchmarks.servers import dumped, generate, reference, started

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.questions import Question

ENDPOINT = "/relations/get"


@dataclass
class Tally:
    """What came of the questions.

    Attributes:
        right: Number of right answers by the kind of question.
        wrong: A question for each wrong answer, with that answer.
        lost: What happened to each question that got no answer.
    """

    right: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[Question, bytes]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


async def soak(url: str, asked: Sequence[Question], *, connections: int, seconds: float, seed: int = 0) -> Tally:
    """Asks questions at random, each connection one after the other, and checks all answers.

    Args:
        url: Base URL of the server.
        asked: What to ask.
        connections: How many ask at once.
        seconds: How long.
        seed: The same one asks in the same order.
    """
    tally = Tally()
    until = time.monotonic() + seconds
    draws = [random.Random(seed + number) for number in range(connections)]  # noqa: S311 - a repeatable order
    await asyncio.gather(*(_ask_on(url, asked, draw, until, tally) for draw in draws))
    return tally


async def _ask_on(url: str, asked: Sequence[Question], draw: random.Random, until: float, tally: Tally) -> None:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    head = f"POST {parts.path}{ENDPOINT} HTTP/1.1\r\nhost: {parts.netloc}\r\ncontent-type: application/json\r\n"
    try:
        while time.monotonic() < until:
            question = draw.choice(asked)
            body = json.dumps(question.body).encode()
            writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
            reply = await _read(reader)
            if question.is_answered_by(json.loads(reply)):
                tally.right[question.kind] += 1
            else:
                tally.wrong.append((question, reply))
    except (OSError, EOFError, ValueError) as error:
        tally.lost.append(f"{type(error).__name__}: {error}")
    finally:
        writer.close()


async def _read(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    _, _, length = head.partition(b"content-length: ")
    return await reader.readexactly(int(length.split(b"\r\n", 1)[0]))


async def _with_progress(url: str, asked: Sequence[Question], options: argparse.Namespace) -> Tally:
    soaking = asyncio.create_task(
        soak(url, asked, connections=options.connections, seconds=options.seconds, seed=options.seed)
    )
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("Asking", total=options.seconds)
        while not soaking.done():
            await asyncio.wait([soaking], timeout=0.5)
            progress.advance(bar, 0.5)
    return await soaking


def main() -> int:
    """Runs the command.

    Returns:
        0 where every answer came and was right, else 1.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30, help="how long (%(default)s)")
    parser.add_argument("--connections", type=int, default=64, help="how many ask at once (%(default)s)")
    parser.add_argument("--profiles", type=int, default=2000, help="size of the world (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="the same asks the same (%(default)s)")
    options, of_server = parser.parse_known_args()
    plan = Plan(options.profiles, 5, options.seed)
    asked = list(questions(plan))
    with tempfile.TemporaryDirectory() as folder:
        world = dumped(generate(plan, Path(folder)))
        with started(reference("--world", str(world), *of_server)) as (_, url):
            tally = asyncio.run(_with_progress(url, asked, options))
    for kind, number in sorted(tally.right.items()):
        sys.stdout.write(f"{number:8} right  {kind}\n")
    for question, reply in tally.wrong[:5]:
        sys.stdout.write(f"   wrong  {question.kind}: {json.dumps(question.body)}\n          {reply[:300]!r}\n")
    for what in tally.lost[:5]:
        sys.stdout.write(f"    lost  {what}\n")
    total = sum(tally.right.values())
    sys.stdout.write(
        f"{total} right, {len(tally.wrong)} wrong, {len(tally.lost)} lost, of {len(asked)} questions over "
        f"{options.connections} connections in {options.seconds:g} s\n"
    )
    return 0 if total and not tally.wrong and not tally.lost else 1


if __name__ == "__main__":
    sys.exit(main())
