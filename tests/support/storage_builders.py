"""Agents, calls and timelines for the tests of storage."""

from __future__ import annotations

import itertools
from dataclasses import replace

from backend.domain.conversation.effects import CommitTurn, Effect, PublishLatency
from backend.domain.conversation.events import FinalTranscript
from backend.domain.entities.agent import Agent
from backend.domain.entities.call import Call, Direction, EndCause
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.conversation_turn import ConversationTurn, Role
from backend.domain.value_objects.instant import ms
from backend.domain.value_objects.latency import TurnLatency

TENANT = "home"

_numbers = itertools.count(1)


def new_id() -> str:
    """Return an id that no other test has."""
    return f"{next(_numbers):032x}"


def an_agent(**changes: object) -> Agent:
    """Return an agent of ``TENANT``."""
    agent = Agent(id=new_id(), tenant=TENANT, name="Ana", prompt="You are Ana.", created_at=1, updated_at=1)
    return replace(agent, **changes)  # type: ignore[arg-type]


def a_call(agent: Agent | None = None, *, started_at: int = 1_700_000_000_000) -> Call:
    """Return a live call."""
    return Call(CallId(new_id()), agent or an_agent(), Direction.BROWSER, started_at)


def ended(call: Call) -> Call:
    """Return ``call``, a minute later."""
    return call.end(EndCause.CALLER_HUNG_UP, at=call.started_at + 60_000, duration_ms=60_000)


def a_turn(number: int, *, answered_ms: float | None = None, content: str = "Hello.") -> ConversationTurn:
    """Return a turn: the caller's, or with ``answered_ms`` the agent's, that late in all."""
    latency = None if answered_ms is None else TurnLatency(answered_ms - 50, 10, 10, 10, 10, 10)
    return ConversationTurn(
        number=number,
        role=Role.CALLER if latency is None else Role.AGENT,
        content=content,
        heard=content,
        started_at=ms(number * 1_000),
        ended_at=ms(number * 1_000 + 500),
        reply_id=None if latency is None else number,
        latency=latency,
    )


def an_entry(seq: int, *turns: ConversationTurn) -> TimelineEntry:
    """Return an entry that commits ``turns``, ``seq`` tenths of a second into the call."""
    effects: list[Effect] = []
    for turn in turns:
        if turn.latency is not None and turn.reply_id is not None:
            effects.append(PublishLatency(turn.reply_id, turn.latency))
        effects.append(CommitTurn(turn))
    return TimelineEntry(seq, FinalTranscript(ms(seq * 100), f"word {seq}"), tuple(effects))
