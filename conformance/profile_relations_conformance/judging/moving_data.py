"""Tells a wrong reply from data that moved while it was asked for: live properties and relations change at any time."""

from __future__ import annotations

import json
from collections import Counter
from enum import Enum

PROPERTIES = "props"
Relations = Counter[str]
"""The relations of a reply, each as canonical JSON, with how often it is listed."""


class Cause(Enum):
    """Why a reply shows other relations than those that are known."""

    WRONG = "the reply is wrong: asked again, the server shows what was known"
    MOVED = "the data changed: asked again, the server shows what the reply showed"
    MOVING = "the data changes all the time: asked again, the server shows neither"


def cause_of(known: Relations, shown: Relations, now: Relations) -> Cause:
    """Says why a reply differs from what is known, by what the server shows when it is asked again.

    Args:
        known: What was known.
        shown: What the reply showed.
        now: What the same profile's identifier showed after that.
    """
    if now == known:
        return Cause.WRONG
    return Cause.MOVED if now == shown else Cause.MOVING


def outline(relations: Relations) -> Relations:
    """Gives the relations without their properties: who is linked with whom, and how often."""
    found: Relations = Counter()
    for text, times in relations.items():
        entry = json.loads(text)
        if isinstance(entry, dict):
            entry.pop(PROPERTIES, None)
        found[json.dumps(entry, sort_keys=True)] += times
    return found
