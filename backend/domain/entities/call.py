"""The call: the root entity and its life cycle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from backend.domain.entities.agent import Agent
from backend.domain.errors import ConflictError
from backend.domain.value_objects.call_id import CallId


class CallStatus(StrEnum):
    """``live`` → exactly one of the others, once."""

    LIVE = "live"
    COMPLETED = "completed"  # the conversation came to one of its ends
    FAILED = "failed"  # a bug or an engine ended it
    INTERRUPTED = "interrupted"  # the process died under it; set at the next start


class EndCause(StrEnum):
    """Why a call is over."""

    CALLER_HUNG_UP = "caller-hung-up"
    AGENT_HUNG_UP = "agent-hung-up"
    CONNECTION_LOST = "connection-lost"
    IDLE = "idle"
    MAX_DURATION = "max-duration"
    ENGINES_FAILED = "engines-failed"
    REQUESTED = "requested"  # through the API, or a drain before a restart
    DRAINED = "drained"
    INTERNAL_ERROR = "internal-error"
    PROCESS_DIED = "process-died"
    TRANSFERRED = "transferred"  # somebody else talks to the caller now
    ANSWERING_MACHINE = "answering-machine"  # there was nobody to talk to


class Direction(StrEnum):
    """How the two sides met."""

    BROWSER = "browser"
    INBOUND = "inbound"
    OUTBOUND = "outbound"


_FAILED = frozenset({EndCause.ENGINES_FAILED, EndCause.INTERNAL_ERROR})


@dataclass(frozen=True, slots=True)
class Call:
    """One call, with the agent as it was when the call began.

    ``started_at`` and ``ended_at`` are Unix milliseconds (for people and sorting); everything inside
    the call is on the call's own line, see ``Instant``. ``duration_ms`` is measured on that line, so
    a wall clock that jumps does not change it. ``is_draft``: the agent is one that was not published, and the
    call was to try it.

    ``caller`` and ``called`` are the numbers as the carrier gave them, ``carrier`` which carrier that was and
    ``carrier_call_id`` its own identifier of the call; all are empty for a call that was no telephone call.
    ``continues`` is the call that this one goes on with, after a restart or a failed transfer. ``variables``
    are what the call was given to fill the agent's texts with. What is personal is not in the ``repr``.
    """

    id: CallId
    agent: Agent
    direction: Direction
    started_at: int
    status: CallStatus = CallStatus.LIVE
    ended_at: int | None = None
    duration_ms: int | None = None
    end_cause: EndCause | None = None
    is_draft: bool = False
    caller: str = field(default="", repr=False)
    called: str = field(default="", repr=False)
    carrier: str = ""
    carrier_call_id: str = ""
    continues: CallId | None = None
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def tenant(self) -> str:
        """The tenant that the call belongs to: its agent's."""
        return self.agent.tenant

    def end(self, cause: EndCause, *, at: int, duration_ms: int) -> Call:
        """Return the call, ended. Raises ``ConflictError`` if it has ended before."""
        if self.status is not CallStatus.LIVE:
            raise ConflictError(f"call {self.id} has already ended", code="call-ended")
        if cause is EndCause.PROCESS_DIED:
            status = CallStatus.INTERRUPTED
        else:
            status = CallStatus.FAILED if cause in _FAILED else CallStatus.COMPLETED
        return replace(self, status=status, ended_at=at, duration_ms=max(0, duration_ms), end_cause=cause)
