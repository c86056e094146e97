"""The domain's objects as rows and back.

Rows on their way in are plain mappings from column names, ready for JSON: the same ones go to the
database and, while it is away, to the journal.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from backend.domain.conversation.codec import decode_effect, decode_event, encode
from backend.domain.entities.call import Call, CallStatus, Direction, EndCause
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.errors import StorageError
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.conversation_turn import ConversationTurn, Role
from backend.domain.value_objects.instant import Instant
from backend.domain.value_objects.latency import TurnLatency
from backend.infrastructure.database.agent_codec import decode_agent, encode_agent
from backend.infrastructure.database.models import CallModel, TimelineModel, TranscriptModel

SEGMENTS = tuple(field.name for field in fields(TurnLatency))

Row = dict[str, Any]


def call_row(call: Call, process: str) -> Row:
    """Return the row of a call that ``process`` (the id of a process's life) runs."""
    return {
        "id": call.id.value,
        "tenant": call.tenant,
        "agent_id": call.agent.id,
        "direction": call.direction.value,
        "status": call.status.value,
        "started_at": call.started_at,
        "ended_at": call.ended_at,
        "duration_ms": call.duration_ms,
        "end_cause": call.end_cause.value if call.end_cause else None,
        "process": process,
        "agent": encode_agent(call.agent),
        "is_draft": call.is_draft,
        "caller": call.caller,
        "called": call.called,
        "carrier": call.carrier,
        "carrier_call_id": call.carrier_call_id,
        "continues": None if call.continues is None else call.continues.value,
    }


def call_from(row: CallModel) -> Call:
    """Return the call in ``row``; what it was given to fill its agent's texts with is only to be seen there.

    Raises ``StorageError`` if another version wrote what we cannot read.
    """
    agent = decode_agent(row.agent)
    try:
        return Call(
            id=CallId(row.id),
            agent=agent,
            direction=Direction(row.direction),
            started_at=row.started_at,
            status=CallStatus(row.status),
            ended_at=row.ended_at,
            duration_ms=row.duration_ms,
            end_cause=EndCause(row.end_cause) if row.end_cause else None,
            is_draft=row.is_draft,
            caller=row.caller,
            called=row.called,
            carrier=row.carrier,
            carrier_call_id=row.carrier_call_id,
            continues=None if row.continues is None else CallId(row.continues),
        )
    except ValueError as error:
        raise _unreadable("call") from error


def timeline_row(call_id: CallId, tenant: str, entry: TimelineEntry) -> Row:
    """Return the row of one entry."""
    return {
        "call_id": call_id.value,
        "seq": entry.seq,
        "tenant": tenant,
        "at_ns": entry.event.at,
        "event": encode(entry.event),
        "effects": [encode(effect) for effect in entry.effects],
    }


def entry_from(row: TimelineModel) -> TimelineEntry:
    """Return the entry in ``row``. Raises ``StorageError`` if another version wrote what we cannot read."""
    try:
        return TimelineEntry(row.seq, decode_event(row.event), tuple(map(decode_effect, row.effects)))
    except ValueError as error:
        raise _unreadable("timeline entry") from error


def turn_row(call_id: CallId, tenant: str, turn: ConversationTurn) -> Row:
    """Return the row of one committed turn."""
    return {
        "call_id": call_id.value,
        "number": turn.number,
        "tenant": tenant,
        "role": turn.role.value,
        "content": turn.content,
        "heard": turn.heard,
        "started_at_ns": turn.started_at,
        "ended_at_ns": turn.ended_at,
        "interrupted": turn.interrupted,
        "reply_id": turn.reply_id,
        **(asdict(turn.latency) if turn.latency else dict.fromkeys(SEGMENTS)),
    }


def turn_from(row: TranscriptModel) -> ConversationTurn:
    """Return the turn in ``row``. Raises ``StorageError`` if another version wrote what we cannot read."""
    segments = {name: getattr(row, name) for name in SEGMENTS}
    try:
        return ConversationTurn(
            number=row.number,
            role=Role(row.role),
            content=row.content,
            heard=row.heard,
            started_at=Instant(row.started_at_ns),
            ended_at=Instant(row.ended_at_ns),
            interrupted=row.interrupted,
            reply_id=row.reply_id,
            latency=None if None in segments.values() else TurnLatency(**segments),
        )
    except ValueError as error:
        raise _unreadable("turn") from error


def _unreadable(what: str) -> StorageError:
    return StorageError(f"A stored {what} cannot be read.", code="unreadable", retryable=False)
