"""How much the generated client costs beside bare httpx and `json`, in calls to the reference server.

Both sides of a comparison take turns, so that whatever else the machine does meets both. Small calls are compared by
the median of many, the rest by the best of a few rounds.
"""

from __future__ import annotations

import asyncio
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
from profile_relations_client import AsyncRelationsClient, RelationsClient
from profile_relations_client.api.relations.get_relations import OPERATION
from profile_relations_client.interpretation import interpret
from profile_relations_client.redaction import Redactor
from profile_relations_client.replies import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

TOKEN = "a-token"  # noqa: S105  (of a server that lives as long as this)
PROFILE, LONELY = f"{1:024x}", f"{2:024x}"
MANY, FEW = 2, 3
RELATIONS = 100_000
SMALL_CALLS = 3000
ASYNC_CALLS, AT_ONCE = 1000, 50
GATHERED = (500, 2000)
MOST_BARE = 500
"""Of more, httpx alone makes no end."""
PATH = "/relations/get"


class Property(msgspec.Struct):
    """One property of a relation, as msgspec decodes it."""

    value: Any


class Relation(msgspec.Struct):
    """One relation, as msgspec decodes it."""

    profile_id_a: str
    xxh_a: str
    profile_id_b: str
    xxh_b: str
    db_b: int
    props: dict[str, Property]


class Found(msgspec.Struct):
    """A whole reply, as msgspec decodes it."""

    error: int
    error_text: str
    data: list[Relation]
    total_count: int


def world() -> dict[str, Any]:
    """A profile that has a hundred thousand relations of one type and one of another."""

    def relation(rel_id: int, number: int) -> dict[str, Any]:
        props = {"exr": {"value": number}}
        return {
            "rel_id": rel_id,
            "profile_id_a": PROFILE,
            "profile_id_b": f"{number + 2:024x}",
            "db_b": 9,
            "props": props,
        }

    relations = [relation(FEW, 0), *(relation(MANY, number) for number in range(RELATIONS))]
    return {"tokens": [TOKEN], "profiles": [{"profile_id": PROFILE, "database": 5}], "relations": relations}


@contextmanager
def served(what: dict[str, Any]) -> Iterator[str]:
    """Serves a world with the reference server.

    Yields:
        Its base URL.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "world.json"
        path.write_text(json.dumps(what))
        command = [sys.executable, "-m", "profile_relations_server", "--port", "0", "--world", str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  (this project's own)
            line = process.stdout.readline() if process.stdout else ""
            try:
                yield line.removeprefix("Serving on ").strip()
            finally:
                process.terminate()


def best(rounds: int, **contenders: Callable[[], object]) -> dict[str, float]:
    """The best time of each contender, in seconds."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            gc.collect()
            started = time.perf_counter()
            result = contender()
            times[name].append(time.perf_counter() - started)
            del result
    return {name: min(measured) for name, measured in times.items()}


def show(title: str, times: dict[str, float], unit: str, scale: float) -> None:
    """Prints the times, and how they compare with the first of them."""
    (_, base), *_ = times.items()
    sys.stdout.write(f"{title}\n")
    for name, seconds in times.items():
        sys.stdout.write(f"  {name:<28} {seconds * scale:9.1f} {unit}   {seconds / base:5.2f} x\n")


def small_calls(url: str) -> None:
    """Calls that find one relation, over a connection that is kept; each is followed by one of the other side."""
    body = {"token": TOKEN, "rel_id": FEW, "profile_id": PROFILE}
    with httpx.Client() as bare, RelationsClient(url, token=TOKEN) as api:
        contenders: dict[str, Callable[[], object]] = {
            "httpx and json.loads": lambda: json.loads(bare.post(url + PATH, json=body).content),
            "client": lambda: api.get_relations(rel_id=FEW, profile_id=PROFILE),
        }
        times: dict[str, list[float]] = {name: [] for name in contenders}
        for _ in range(SMALL_CALLS):
            for name, contender in contenders.items():
                started = time.perf_counter()
                contender()
                times[name].append(time.perf_counter() - started)
    medians = {name: statistics.median(measured) for name, measured in times.items()}
    show(f"A small call, median of {SMALL_CALLS}", medians, "µs", 1e6)


def parsing(url: str) -> None:
    """The reply that lists a hundred thousand relations, from bytes to objects."""
    with RelationsClient(url, token=TOKEN, timeout=120) as api:
        reply = api.with_raw_response.get_relations(rel_id=MANY, profile_id=PROFILE)
    raw = Reply(reply.status, reply.headers, reply.body, None)
    del reply
    redactor, decoder = Redactor([]), msgspec.json.Decoder(Found)
    times = best(
        5,
        **{
            "json.loads": lambda: json.loads(raw.body),
            "client": lambda: interpret(OPERATION, raw, redactor),
            "msgspec, typed": lambda: decoder.decode(raw.body),
        },
    )
    show(f"Parsing {RELATIONS} relations, {len(raw.body) / 1e6:.1f} MB, best of 5", times, "ms", 1e3)


def large_calls(url: str) -> None:
    """The same reply, with the call that fetches it."""
    body = {"token": TOKEN, "rel_id": MANY, "profile_id": PROFILE}
    with httpx.Client(timeout=120) as bare, RelationsClient(url, token=TOKEN, timeout=120) as api:
        times = best(
            3,
            **{
                "httpx and json.loads": lambda: json.loads(bare.post(url + PATH, json=body).content),
                "client": lambda: api.get_relations(rel_id=MANY, profile_id=PROFILE),
            },
        )
    show(f"A call that lists {RELATIONS} relations, best of 3", times, "ms", 1e3)


def async_calls(url: str) -> None:
    """Many calls at once, over one client."""
    body = {"token": TOKEN, "rel_id": FEW, "profile_id": PROFILE}

    async def repeat(call: Callable[[], Coroutine[Any, Any, object]]) -> None:
        turns = iter(range(ASYNC_CALLS))

        async def worker() -> None:
            for _ in turns:
                await call()

        await asyncio.gather(*(worker() for _ in range(AT_ONCE)))

    async def by_httpx() -> None:
        async with httpx.AsyncClient() as bare:

            async def call() -> object:
                return json.loads((await bare.post(url + PATH, json=body)).content)

            await repeat(call)

    async def by_client() -> None:
        async with AsyncRelationsClient(url, token=TOKEN) as api:
            await repeat(lambda: api.get_relations(rel_id=FEW, profile_id=PROFILE))

    runs = {"httpx and json.loads": lambda: asyncio.run(by_httpx()), "client": lambda: asyncio.run(by_client())}
    show(f"{ASYNC_CALLS} calls in coroutines, {AT_ONCE} at once, best of 7", best(7, **runs), "ms", 1e3)


def gathered_calls(url: str) -> None:
    """Calls that are all gathered at once, without a word on how many are to be under way."""
    body = {"token": TOKEN, "rel_id": FEW, "profile_id": PROFILE}

    async def by_httpx(number: int, at_once: int) -> None:
        turns = asyncio.Semaphore(at_once)
        async with httpx.AsyncClient(timeout=None) as bare:  # noqa: S113 - waiting for a turn counts there

            async def call() -> object:
                async with turns:
                    return json.loads((await bare.post(url + PATH, json=body)).content)

            await asyncio.gather(*(call() for _ in range(number)))

    async def by_client(number: int) -> None:
        async with AsyncRelationsClient(url, token=TOKEN) as api:
            await asyncio.gather(*(api.get_relations(rel_id=FEW, profile_id=PROFILE) for _ in range(number)))

    for number in GATHERED:
        runs: dict[str, Callable[[], object]] = {
            "httpx, a semaphore of 16": partial(lambda count: asyncio.run(by_httpx(count, 16)), number),
            "client": partial(lambda count: asyncio.run(by_client(count)), number),
        }
        if number <= MOST_BARE:
            runs["httpx alone"] = partial(lambda count: asyncio.run(by_httpx(count, count)), number)
        show(f"{number} calls gathered at once", best(1, **runs), "ms", 1e3)


def main() -> None:
    """Runs all comparisons against one server."""
    with served(world()) as url:
        small_calls(url)
        async_calls(url)
        gathered_calls(url)
        parsing(url)
        large_calls(url)


if __name__ == "__main__":
    main()
