"""How fast the reference server answers, beside what else could stand in its place, at any size of the world.

Each server has one processor for itself and the load another one, so two are needed. The contenders of a comparison
take turns, and the best turn of each counts, since whatever else the machine does can only make one slower.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from profile_relations_server.contract import contract_file
from profile_relations_server.world.generator import Plan

from benchmarks.load import PRISM, Load, Measured
from benchmarks.questions import questions
from benchmarks.servers import dumped, generate, reference, started

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

FOLDER = Path("build/benchmarks")
ROUNDS = 4
SMALL = 1000
RELATIONS = 5
PER_KIND = 1000
SERVER, LOADER = "0", "1"
BOTH = "0,1"
PATH = "/relations/get"

Bodies = list["Mapping[str, Any]"]
# A server's process and its base URL.
Contender = tuple[int, str]


def compare(
    load: Load, contenders: Mapping[str, Contender], bodies: Mapping[str, Bodies], loader: str = LOADER
) -> dict[str, Measured]:
    """Loads the contenders in turns.

    Returns:
        The best turn of each.
    """
    best: dict[str, Measured] = {}
    for _ in range(ROUNDS):
        for name, (process, url) in contenders.items():
            measured = load.measure(process, url + PATH, bodies[name], loader)
            if name not in best or measured.rate > best[name].rate:
                best[name] = measured
    return best


def show(title: str, measured: Mapping[str, Measured], base: str) -> None:
    """Prints what was measured, and each rate as a multiple of one of them."""
    sys.stdout.write(f"{title}\n")
    for name, item in measured.items():
        times = item.rate / measured[base].rate
        rate, p99, processor = f"{item.rate:8.0f}/s", f"p99 {item.p99:6.2f} ms", f"{item.processor:5.0f} µs each"
        sys.stdout.write(f"  {name:<18} {rate}   {p99}   {processor}   {times:5.2f} x\n")
    sys.stdout.flush()


def small_reply(load: Load, world_file: Path, bodies: Bodies) -> None:
    """A reply of one relation, beside the limit of the stack and a mock of the same contract."""
    with ExitStack() as stack:
        contenders = {
            "constant bytes": stack.enter_context(started([sys.executable, "-m", "benchmarks.constant"], SERVER)),
            "reference server": stack.enter_context(started(reference("--world", str(world_file)), SERVER)),
        }
        if load.npm:
            # It tells of each request unless it is told to be silent, as the reference server is by itself.
            contenders["Prism"] = stack.enter_context(_prism(load))
            contenders["Prism, silent"] = stack.enter_context(_prism(load, "--verboseLevel", "silent"))
        else:
            sys.stdout.write("Prism is left out, since there is no npm.\n")
        measured = compare(load, contenders, dict.fromkeys(contenders, bodies))
    show("A small reply, each server on one processor", measured, "reference server")


def _prism(load: Load, *options: str) -> AbstractContextManager[Contender]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    mock = [str(load.install(PRISM) / "prism"), "mock", str(contract_file()), "--port", str(port), *options]
    return started(mock, SERVER, url=f"http://127.0.0.1:{port}")


def workers(load: Load, world_file: Path, bodies: Bodies) -> None:
    """Two processes beside one. The load has no processor for itself here, so that it takes its part of both."""
    with ExitStack() as stack:
        contenders = {}
        for number in ("1", "2"):
            command = reference("--world", str(world_file), "--workers", number)
            contenders[f"--workers {number}"] = stack.enter_context(started(command, BOTH))
        measured = compare(load, contenders, dict.fromkeys(contenders, bodies), BOTH)
    show("Both processors, shared with the load", measured, "--workers 1")


def sizes(load: Load, small: Plan, large: Plan) -> None:
    """Each kind of question about a small world and about a large one, both in files."""
    with ExitStack() as stack:
        contenders, bodies = {}, {}
        for plan in (small, large):
            name = f"{plan.profiles} profiles"
            contenders[name] = stack.enter_context(started(reference("--database", world(plan)), SERVER))
            bodies[name] = by_kind(plan, contenders[name][1])
        base = next(iter(contenders))
        for kind in bodies[base]:
            show(f"By {kind}", compare(load, contenders, {name: bodies[name][kind] for name in contenders}), base)


def by_kind(plan: Plan, url: str) -> dict[str, Bodies]:
    """Gives questions that find somebody, from all over a world, by their kind.

    Raises:
        SystemExit: If the server does not answer the first of a kind rightly, since refusals would be measured then.
    """
    bodies: dict[str, Bodies] = defaultdict(list)
    for question in questions(plan, every=max(1, plan.profiles // PER_KIND)):
        if not question.answer["error"] and question.answer["total_count"]:
            if question.kind not in bodies and not question.is_answered_by(
                httpx.post(url + PATH, json=question.body).json()
            ):
                raise SystemExit(f"{FOLDER} holds another world than {plan} makes; remove it")
            bodies[question.kind].append(question.body)
    return bodies


def world(plan: Plan) -> str:
    """Gives the database of a generated world, which is kept, since a large one takes minutes."""
    file = FOLDER / f"world-{plan.profiles}.db"
    return f"sqlite:///{file}" if file.exists() else generate(plan, FOLDER)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs all comparisons."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profiles", type=int, default=1_000_000, help="size of the large world (%(default)s)")
    options = parser.parse_args(arguments)
    FOLDER.mkdir(parents=True, exist_ok=True)
    load = Load(FOLDER)
    if not load.possible:
        sys.stdout.write("The server is not measured: that needs wrk (Debian: apt-get install wrk), or npm.\n")
    elif len(os.sched_getaffinity(0)) < 2:  # noqa: PLR2004 - the server and the load have one each
        sys.stdout.write("The server is not measured: that needs two processors.\n")
    else:
        small, large = Plan(SMALL, RELATIONS), Plan(options.profiles, RELATIONS)
        one = next(item.body for item in questions(small) if item.answer.get("total_count") == 1)
        world_file = dumped(world(small))
        small_reply(load, world_file, [one])
        workers(load, world_file, [one])
        sizes(load, small, large)


if __name__ == "__main__":
    main()
