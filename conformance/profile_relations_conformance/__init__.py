"""Judges a server of the profile relations endpoint against its contract and its ledger of requirements."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("profile-relations-conformance")
except PackageNotFoundError:  # the sources are used without an installation
    __version__ = "0+unknown"
