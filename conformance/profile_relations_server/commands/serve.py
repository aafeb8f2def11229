"""The command that serves: makes the application that the options ask for, and tells where it listens."""

from __future__ import annotations

import ipaddress
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from profile_relations_server.commands.announcement import announcement
from profile_relations_server.commands.trouble_options import trouble_of
from profile_relations_server.contract import load_contract
from profile_relations_server.errors import OptionError
from profile_relations_server.faults import service_of
from profile_relations_server.http.app import App, Surroundings
from profile_relations_server.http.request_log import RequestLog
from profile_relations_server.http.serve import bind, serve, url_of
from profile_relations_server.service.variants import Variants
from profile_relations_server.store.load import open_store
from profile_relations_server.world.reader import load_world

if TYPE_CHECKING:
    import argparse
    import socket
    from collections.abc import Mapping

    from profile_relations_server.service.pipeline import Service

TOKENS = "RELATIONS_TOKENS"
_LAST_PORT = 65535


def run(options: argparse.Namespace) -> None:
    """Serves as the command line says, and announces the base URL on standard output once it listens.

    Args:
        options: The parsed command line.

    Raises:
        StartError: If an option can't be followed.
    """
    if not 0 <= options.port <= _LAST_PORT:
        raise OptionError(f"--port {options.port} is not a port; give 0 to {_LAST_PORT}")
    if options.workers < 1:
        raise OptionError(f"--workers {options.workers} is not a number of processes; give 1 or more")
    service = _service(options)
    around = Surroundings(
        workers=options.workers,
        log=RequestLog() if options.log_requests else None,
        trouble=trouble_of(options),
        rate=options.rate_limit,
        origins=tuple(options.allow_origin),
    )
    with bind(options.host, options.port) as listener:
        is_published = service.is_known(load_world().tokens[0])
        if is_published and not _is_local(listener):
            sys.stderr.write(
                "relations-server: others can reach this address and use the public token; "
                f"set {TOKENS} to another one\n"
            )
        text = announcement(service, url_of(listener, ""), load_world().tokens[0] if is_published else None)

        def announce() -> None:
            if options.until_stdin_closes:
                threading.Thread(target=_end_with_stdin, daemon=True).start()
            sys.stdout.write(text)
            sys.stdout.flush()

        serve(App(service, around), listener, workers=options.workers, announce=announce)


def _end_with_stdin() -> None:
    """Ends this process as SIGTERM does once nobody holds the other end of its standard input any more."""
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _service(options: argparse.Namespace) -> Service:
    """Makes the service that the command line asks for."""
    shorthands = {"refuse-with": options.refuse_with, "unknown-profile": options.unknown_profile}
    chosen = [f"{name}={value}" for name, value in shorthands.items() if value is not None]
    moving = ["moving=both"] if options.moving else []
    variants = Variants.parse([*options.variant, *chosen, *moving])
    contract = load_contract(options.contract)
    store = open_store(options.database, options.world, variants.form)
    tokens = tokens_from(os.environ) or store.tokens()
    return service_of(options.fault)(contract, store, tokens, variants)


def _is_local(listener: socket.socket) -> bool:
    return ipaddress.ip_address(listener.getsockname()[0]).is_loopback


def tokens_from(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Reads the tokens that take the place of the world's: RELATIONS_TOKENS holds them, comma-separated."""
    return tuple(token for token in (part.strip() for part in environment.get(TOKENS, "").split(",")) if token)
