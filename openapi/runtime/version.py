"""The version of the client, which changes when what it does for its users changes; the contract has one of its own."""

__version__ = "0.2.0"

PACKAGE = __name__.split(".")[-2]
"""The package's own name, which a copy of it in another package keeps: for its logger, and for servers to see."""
