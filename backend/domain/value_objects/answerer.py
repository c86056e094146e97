"""Who, or what, has answered a call that we placed, and what to do about it."""

from __future__ import annotations

from enum import StrEnum


class Answerer(StrEnum):
    """What the carrier's detection of answering machines says; ``unknown`` when it cannot tell."""

    HUMAN = "human"
    MACHINE = "machine"
    FAX = "fax"
    UNKNOWN = "unknown"


class OnMachine(StrEnum):
    """What to do when an answering machine has taken the call. A fax is always hung up on."""

    HANG_UP = "hang_up"
    LEAVE_MESSAGE = "leave_message"
    CONTINUE = "continue"
