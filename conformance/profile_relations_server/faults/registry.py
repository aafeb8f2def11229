"""Registers faults: each is a service with one step done wrong, and says which requirements it breaks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from profile_relations_server.errors import OptionError
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from collections.abc import Callable

_faults: dict[str, Fault] = {}


@dataclass(frozen=True)
class Fault:
    """A mistake that a server's author could make.

    Attributes:
        name: How the command line calls it.
        breaks: Requirements of the ledger that it breaks; the first is the one that it is made for.
        service: The service that commits it.
    """

    name: str
    breaks: tuple[str, ...]
    service: type[Service]

    @property
    def says(self) -> str:
        """What the server does wrong, in one sentence."""
        return " ".join((self.service.__doc__ or "").split())


def breaks(*requirements: str) -> Callable[[type[Service]], type[Service]]:
    """Registers a service as a fault, named after its class.

    Args:
        requirements: Requirements of the ledger that it breaks, the one that it is made for first.
    """

    def register(service: type[Service]) -> type[Service]:
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", service.__name__).lower()
        if name in _faults:
            raise ValueError(f"two faults are called {name}")
        _faults[name] = Fault(name, requirements, service)
        return service

    return register


def list_faults() -> tuple[Fault, ...]:
    """Gives every fault, theme by theme; the import of a theme's module registers its faults."""
    package = __name__.rpartition(".")[0]
    for theme in iter_modules([str(Path(__file__).parent)]):
        import_module(f"{package}.{theme.name}")
    return tuple(_faults.values())


def service_of(name: str | None) -> type[Service]:
    """Gives the service that commits a fault.

    Args:
        name: The fault's name; None for the correct service.

    Raises:
        OptionError: If there is no such fault.
    """
    if name is None:
        return Service
    for fault in list_faults():
        if fault.name == name:
            return fault.service
    raise OptionError(f"there is no fault {name!r}; --list-faults lists them")
