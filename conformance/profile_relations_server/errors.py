"""What can go wrong. Before the server serves, each is told in one line to the one who starts it.

StartError
├── ContractError        the contract's file
├── WorldError           the world's file
└── OptionError          a variant, a fault or an address on the command line
StoreUnavailableError    while it serves: the database
"""


class StartError(Exception):
    """The server can't start. The message names the place and what to do about it."""


class ContractError(StartError):
    """The contract can't be read, or lacks something that the server takes from it."""


class WorldError(StartError):
    """The world can't be read or is inconsistent."""


class OptionError(StartError):
    """An option names something that does not exist or can't be used."""


class StoreUnavailableError(Exception):
    """The store can't answer now: it is gone, or took too long. The message repeats nothing of a request or a URL."""
