"""Binds each check to the one requirement that it judges.

A check asks the target and yields a case for each thing that it asked. A rule judges every exchange of the run,
whichever check asked for it. Neither prints, reads a file or sleeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from profile_relations_conformance.checks.context import CheckContext
from profile_relations_conformance.judging.results import Case, Failure
from profile_relations_conformance.transport.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profile_relations_conformance.contract.document import Contract

CheckFunction = Callable[[CheckContext], Iterator[Case]]
Mismatch = tuple[str, str] | None
"""What was expected and what was there instead; None where a rule is met."""
RuleFunction = Callable[[Exchange], Mismatch]
EntryFunction = Callable[[dict[str, Any], dict[str, Any]], Mismatch]
Applies = Callable[[Exchange], bool]

_CHECKS: dict[str, CheckFunction] = {}
_RULES: dict[str, Rule] = {}
_LAST: set[str] = set()


@dataclass(frozen=True)
class Rule:
    """A requirement that every exchange of a kind must meet."""

    function: Callable[[Exchange, Contract], Mismatch]
    applies: Applies
    sentence: str

    def judge(self, exchange: Exchange, contract: Contract) -> Case | None:
        """Judges one exchange, or gives None where the rule does not apply to it."""
        if not self.applies(exchange):
            return None
        mismatch = self.function(exchange, contract)
        return Case(exchange, Failure(*mismatch, exchange) if mismatch else None)


def check(requirement: str, *, last: bool = False) -> Callable[[CheckFunction], CheckFunction]:
    """Makes a function the check of a requirement.

    Args:
        requirement: Its id.
        last: Whether it is asked after all others, since a server may lock out who asks so.
    """

    def bind(function: CheckFunction) -> CheckFunction:
        _claim(requirement)
        _CHECKS[requirement] = function
        if last:
            _LAST.add(requirement)
        return function

    return bind


def rule(requirement: str, *, applies: Applies) -> Callable[[RuleFunction], RuleFunction]:
    """Makes a function the rule of a requirement, for the exchanges to which it applies.

    The function gives None, or what was expected and what was there.
    """

    def bind(function: RuleFunction) -> RuleFunction:
        _claim(requirement)
        _RULES[requirement] = Rule(lambda exchange, _: function(exchange), applies, function.__doc__ or "")
        return function

    return bind


def entry_rule(requirement: str, *, applies: Applies) -> Callable[[EntryFunction], EntryFunction]:
    """Makes a function the rule of a requirement, for every entry of `data`.

    The function takes the entry and the contract's schemas of an entry's members.
    """

    def bind(function: EntryFunction) -> EntryFunction:
        def judge(exchange: Exchange, contract: Contract) -> Mismatch:
            entries = (exchange.reply.entries if exchange.reply else None) or ()
            members = contract.relation["properties"]
            found = (function(entry, members) for entry in entries if isinstance(entry, dict))
            return next((mismatch for mismatch in found if mismatch), None)

        _claim(requirement)
        _RULES[requirement] = Rule(judge, applies, function.__doc__ or "")
        return function

    return bind


def _claim(requirement: str) -> None:
    if requirement in _CHECKS or requirement in _RULES:
        raise ValueError(f"{requirement} has a check already")


def checks() -> Mapping[str, CheckFunction]:
    """Gives all checks by requirement, in the order in which they are best asked."""
    return {name: _CHECKS[name] for name in sorted(_CHECKS, key=_LAST.__contains__)}


def asked_last() -> frozenset[str]:
    """Gives the requirements whose checks come after all others."""
    return frozenset(_LAST)


def rules() -> Mapping[str, Rule]:
    """Gives all rules by requirement."""
    return dict(_RULES)
