"""The command that serves: makes the application that the options ask for, and tells where it listens."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from profile_relations_server.contract import load_contract
from profile_relations_server.errors import OptionError
from profile_relations_server.faults import service_of
from profile_relations_server.http.app import App
from profile_relations_server.http.request_log import RequestLog
from profile_relations_server.http.serve import bind, serve, url_of
from profile_relations_server.service.variants import Variants
from profile_relations_server.store.load import open_store

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

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
        raise OptionError(f"--port {options.port} is no port; give 0 to {_LAST_PORT}")
    if options.workers < 1:
        raise OptionError(f"--workers {options.workers} is no number of processes; give 1 or more")
    shorthands = {"refuse-with": options.refuse_with, "unknown-profile": options.unknown_profile}
    chosen = [f"{name}={value}" for name, value in shorthands.items() if value is not None]
    app = make_app(options, Variants.parse([*options.variant, *chosen]))
    with bind(options.host, options.port) as listener:
        url = url_of(listener, app.service.contract.base_path)

        def announce() -> None:
            sys.stdout.write(f"Serving on {url}\n")
            sys.stdout.flush()

        serve(app, listener, workers=options.workers, announce=announce)


def make_app(options: argparse.Namespace, variants: Variants) -> App:
    """Makes the application that the command line asks for.

    Args:
        options: The parsed command line.
        variants: What to do where the page leaves it open.

    Raises:
        StartError: If an option can't be followed.
    """
    contract = load_contract(options.contract)
    store = open_store(options.database, options.world, variants.form)
    tokens = tokens_from(os.environ) or store.tokens()
    service = service_of(options.fault)(contract, store, tokens, variants)
    return App(service, workers=options.workers, log=RequestLog() if options.log_requests else None)


def tokens_from(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Reads the tokens that take the place of the world's: RELATIONS_TOKENS holds them, parted by commas."""
    return tuple(token for token in (part.strip() for part in environment.get(TOKENS, "").split(",")) if token)
