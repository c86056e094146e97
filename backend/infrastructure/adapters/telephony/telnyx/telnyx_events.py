"""Events after which something is left to do that is nobody's business but the adapter's.

Telnyx does one thing at a time: to apologise is to answer, to speak when the call is answered, and to hang up
when it is said. What begins the next step is an event that everybody knows, with the step in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from backend.domain.ports.telephony_port import CallProgressed, WhisperWanted


@dataclass(frozen=True, slots=True, kw_only=True)
class ApologyDue(CallProgressed):
    """A call has been answered to say ``text``."""

    text: str = field(repr=False)
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApologySaid(CallProgressed):
    """The text has been said; the call is to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationAnswered(WhisperWanted):
    """The destination of a warm transfer of ``caller`` is on the line, as the call ``leg``."""

    leg: str
    caller: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationDecided(CallProgressed):
    """The destination of a warm transfer of ``caller`` takes the call, or does not."""

    transfer: str
    caller: str
    is_accepted: bool
