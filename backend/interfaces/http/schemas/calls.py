"""The history of calls, as a client sees it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Self

from pydantic import ConfigDict, Field

from backend.domain.entities.call import CallStatus, Direction, EndCause
from backend.domain.ports import persistence_port
from backend.domain.value_objects.conversation_turn import ConversationTurn
from backend.interfaces.http.schemas.agents import Agent
from backend.interfaces.http.schemas.base import Id, RequestModel, ResponseModel, UnixMs


class TimelineQuery(RequestModel):
    """Which part of a timeline to read."""

    model_config = ConfigDict(strict=False)

    after_seq: int = Field(0, ge=0, le=2**31 - 1)
    limit: int = Field(500, ge=1, le=1_000)


class AgentName(ResponseModel):
    """The agent of a call as it was called then."""

    id: Id
    name: str


class CallEngines(ResponseModel):
    """The engine of each port that was asked first; what failed afterwards is in the timeline."""

    stt: str
    llm: str
    tts: str
    vad: str


class _CallFacts(ResponseModel):
    """What a line and the detail of the history share."""

    id: Id
    direction: Direction
    status: CallStatus
    end_cause: EndCause | None
    caller: str = Field(description="the number that called, as its carrier gave it; empty in a browser")
    called: str
    carrier: str = Field(description="empty for a call that was no telephone call")
    continues: Id | None = Field(description="the call that this one goes on with")
    started_at: UnixMs
    ended_at: UnixMs | None
    duration_ms: int | None
    turns: int
    median_voice_to_voice_ms: float | None
    has_recording: bool
    interruptions: int = Field(description="Turns in which the caller cut the agent short")
    engine_failures: int = Field(description="Counted when the call ends")
    engines: CallEngines | None = Field(description="Those that the call began with; null if it is not known")
    draft: bool = Field(description="The call tried a draft that was not published")
    note: str
    tags: list[str]


class CallSummary(_CallFacts):
    """A line of the history. ``ended_at``, ``duration_ms`` and ``end_cause`` are null while it is live."""

    agent: AgentName
    snippet: str | None = Field(description="The passage that `q` was found in")

    @classmethod
    def of(cls, summary: persistence_port.CallSummary) -> Self:
        """Return what a client sees of ``summary``."""
        agent = summary.call.agent
        name = AgentName(id=agent.id, name=agent.name)
        return cls(agent=name, snippet=summary.snippet, **_facts_of(summary))


class CallDetail(_CallFacts):
    """A call with its turns, and with the agent as it was when the call began."""

    agent: Agent
    transcript: list[ConversationTurn]

    @classmethod
    def of(cls, summary: persistence_port.CallSummary, turns: list[ConversationTurn]) -> Self:
        """Return what a client sees of a call and its turns."""
        return cls(agent=Agent.of(summary.call.agent), transcript=turns, **_facts_of(summary))


class CallTranscript(CallSummary):
    """A line of an export: what the history says, and what was said."""

    transcript: list[ConversationTurn]

    @classmethod
    def with_turns(cls, summary: persistence_port.CallSummary, turns: list[ConversationTurn]) -> Self:
        """Return what a client sees of a call and its turns."""
        return cls(transcript=turns, **dict(CallSummary.of(summary)))


class CallList(ResponseModel):
    """A page of the history; ``next_cursor`` is null on the last page."""

    items: list[CallSummary]
    next_cursor: str | None


def _facts_of(summary: persistence_port.CallSummary) -> dict[str, Any]:
    call = summary.call
    return {
        "id": call.id.value,
        "direction": call.direction,
        "status": call.status,
        "end_cause": call.end_cause,
        "caller": call.caller,
        "called": call.called,
        "carrier": call.carrier,
        "continues": None if call.continues is None else call.continues.value,
        "started_at": call.started_at,
        "ended_at": call.ended_at,
        "duration_ms": call.duration_ms,
        "turns": summary.turns,
        "median_voice_to_voice_ms": summary.median_voice_to_voice_ms,
        "has_recording": summary.has_recording,
        "interruptions": summary.interruptions,
        "engine_failures": summary.engine_failures,
        "engines": None if summary.engines is None else asdict(summary.engines),
        "draft": call.is_draft,
        "note": summary.note,
        "tags": list(summary.tags),
    }
