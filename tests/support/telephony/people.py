"""Those whom carriers call for us: customers, colleagues whom callers are put through to, and machines."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from tests.support.telephony.handset import Handset


class Reaction(StrEnum):
    """What happens when a telephone rings."""

    ANSWERS = "answers"
    BUSY = "busy"
    NO_ANSWER = "no-answer"


@dataclass
class Person:
    """Whoever has a number. ``takes_it``: presses a key when told who is on the line. ``is_machine``: speaks
    for ``greeting_s`` when it answers, then beeps. ``told`` is what the carrier's voice has said to them;
    ``has_spoken`` is set when they were connected with a caller."""

    reaction: Reaction = Reaction.ANSWERS
    takes_it: bool = True
    is_machine: bool = False
    greeting_s: float = 1.0
    acts: Callable[[Handset], Awaitable[None]] | None = None
    handset: Handset = field(default_factory=Handset)
    told: list[str] = field(default_factory=list)
    has_spoken: asyncio.Event = field(default_factory=asyncio.Event)
    talks_s: float = 0.5
