"""The faults that the server can be told to commit, each a mistake in one step of the service."""

from __future__ import annotations

from profile_relations_server.faults.registry import Fault, list_faults, service_of

__all__ = ["Fault", "list_faults", "service_of"]
