"""Tickets and the history of calls, as a client sees them."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field

from backend.domain.entities.call import CallStatus, Direction, EndCause
from backend.domain.ports import persistence_port
from backend.domain.value_objects.conversation_turn import ConversationTurn
from backend.interfaces.http.schemas.agents import Agent
from backend.interfaces.http.schemas.base import TEXT_PATTERN, Id, RequestModel, ResponseModel, UnixMs


class TicketRequest(RequestModel):
    """Which agent is to be called."""

    agent_id: Id


class Ticket(ResponseModel):
    """Opens one call on ``/ws/audio``, once, within ``expires_in_s`` seconds."""

    ticket: str
    expires_in_s: int


class CallQuery(RequestModel):
    """Which calls to list."""

    # Numbers and enumerations arrive as text in a query.
    model_config = ConfigDict(strict=False)

    limit: int = Field(50, ge=1, le=200)
    cursor: Annotated[str, Field(max_length=200, pattern=TEXT_PATTERN)] | None = Field(
        None, description="`next_cursor` of the page before"
    )
    agent_id: Id | None = None
    status: CallStatus | None = None


class TimelineQuery(RequestModel):
    """Which part of a timeline to read."""

    model_config = ConfigDict(strict=False)

    after_seq: int = Field(0, ge=0, le=2**31 - 1)
    limit: int = Field(500, ge=1, le=1_000)


class AgentName(ResponseModel):
    """The agent of a call as it was called then."""

    id: Id
    name: str


class _CallFacts(ResponseModel):
    """What a line and the detail of the history share."""

    id: Id
    direction: Direction
    status: CallStatus
    end_cause: EndCause | None
    started_at: UnixMs
    ended_at: UnixMs | None
    duration_ms: int | None
    turns: int
    median_voice_to_voice_ms: float | None
    has_recording: bool


class CallSummary(_CallFacts):
    """A line of the history. ``ended_at``, ``duration_ms`` and ``end_cause`` are null while it is live."""

    agent: AgentName

    @classmethod
    def of(cls, summary: persistence_port.CallSummary) -> Self:
        """Return what a client sees of ``summary``."""
        agent = summary.call.agent
        return cls(agent=AgentName(id=agent.id, name=agent.name), **_facts_of(summary))


class CallDetail(_CallFacts):
    """A call with its turns, and with the agent as it was when the call began."""

    agent: Agent
    transcript: list[ConversationTurn]

    @classmethod
    def of(cls, summary: persistence_port.CallSummary, turns: list[ConversationTurn]) -> Self:
        """Return what a client sees of a call and its turns."""
        return cls(agent=Agent.of(summary.call.agent), transcript=turns, **_facts_of(summary))


class CallList(ResponseModel):
    """A page of the history, newest first; ``next_cursor`` is null on the last page."""

    items: list[CallSummary]
    next_cursor: str | None


def _facts_of(summary: persistence_port.CallSummary) -> dict[str, Any]:
    call = summary.call
    return {
        "id": call.id.value,
        "direction": call.direction,
        "status": call.status,
        "end_cause": call.end_cause,
        "started_at": call.started_at,
        "ended_at": call.ended_at,
        "duration_ms": call.duration_ms,
        "turns": summary.turns,
        "median_voice_to_voice_ms": summary.median_voice_to_voice_ms,
        "has_recording": summary.has_recording,
    }
