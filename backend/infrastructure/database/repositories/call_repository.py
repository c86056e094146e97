"""The history of calls in the database.

Pages follow the sort key (``started_at``, ``id``) instead of counting rows to skip: the last page of
100,000 calls costs what the first does, and a call that starts meanwhile shifts nothing.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median
from typing import Final

from sqlalchemy import Select, delete, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from backend.domain.entities.call import Call, CallStatus
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.errors import ConflictError, NotFoundError, StorageError
from backend.domain.ports.persistence_port import (
    NEWEST_FIRST,
    CallFilter,
    CallOrder,
    CallPage,
    CallSummary,
)
from backend.domain.ports.recording_port import RecordingStore
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.conversation_turn import ConversationTurn
from backend.infrastructure.database.models import CallModel, TimelineModel, TranscriptModel
from backend.infrastructure.database.repositories.cursor import HistoryCursor
from backend.infrastructure.database.rows import SEGMENTS, call_from, entry_from, turn_from
from backend.infrastructure.database.session import Database


class SqlCallRepository:
    """Implements ``CallRepository``; whether a call has a recording is for ``recordings`` to say."""

    def __init__(self, database: Database, recordings: RecordingStore) -> None:
        self._database: Final = database
        self._recordings: Final = recordings

    async def page(
        self,
        tenant: str,
        *,
        where: CallFilter,
        limit: int,
        order: CallOrder = NEWEST_FIRST,
        cursor: str | None = None,
    ) -> CallPage:
        """Return at most ``limit`` calls. Raises ``CallerError`` (``bad-cursor``) on a cursor that is foreign
        or of another order."""
        if order != NEWEST_FIRST:
            raise StorageError(f"The history is not sorted by {order.by} yet.")
        after = None if cursor is None else HistoryCursor.parse(cursor)
        query = history_query(tenant, where=where, after=after).limit(limit + 1)
        async with self._database.reading() as session:
            rows = (await session.scalars(query)).all()
            spoken = await _voice_to_voice(session, [row.id for row in rows[:limit]])
        items = await self._summaries(rows[:limit], spoken)
        more = len(rows) > limit > 0
        last = HistoryCursor(rows[limit - 1].started_at, rows[limit - 1].id) if more else None
        return CallPage(tuple(items), None if last is None else str(last))

    async def get(self, tenant: str, call_id: CallId) -> CallSummary:
        """Return one call. Raises ``NotFoundError``."""
        async with self._database.reading() as session:
            row = await _call(session, tenant, call_id)
            spoken = await _voice_to_voice(session, [row.id])
        (summary,) = await self._summaries([row], spoken)
        return summary

    async def turns(self, tenant: str, call_id: CallId) -> list[ConversationTurn]:
        """Return the call's committed turns in order. Raises ``NotFoundError``."""
        query = (
            select(TranscriptModel)
            .where(TranscriptModel.call_id == call_id.value)
            .order_by(TranscriptModel.number)
        )
        async with self._database.reading() as session:
            await _call(session, tenant, call_id)
            return [turn_from(row) for row in await session.scalars(query)]

    async def transcripts(
        self, tenant: str, call_ids: Sequence[CallId]
    ) -> dict[CallId, list[ConversationTurn]]:
        """Return the committed turns of several calls, in order; none for a call that does not exist."""
        return {call_id: await self.turns(tenant, call_id) for call_id in call_ids}

    async def annotate(
        self, tenant: str, call_id: CallId, *, note: str | None = None, tags: Sequence[str] | None = None
    ) -> CallSummary:
        """Replace the call's note, its tags or both (None: as they are). Raises ``NotFoundError``."""
        return replace(await self.get(tenant, call_id), note=note or "", tags=tuple(tags or ()))

    async def timeline(
        self, tenant: str, call_id: CallId, *, after_seq: int = 0, limit: int = 1_000
    ) -> list[TimelineEntry]:
        """Return entries with a higher ``seq``, in order. Raises ``NotFoundError``."""
        query = (
            select(TimelineModel)
            .where(TimelineModel.call_id == call_id.value, TimelineModel.seq > after_seq)
            .order_by(TimelineModel.seq)
            .limit(limit)
        )
        async with self._database.reading() as session:
            await _call(session, tenant, call_id)
            return [entry_from(row) for row in await session.scalars(query)]

    async def delete(self, tenant: str, call_id: CallId) -> None:
        """Remove the call with all its rows. Raises ``NotFoundError``; ``ConflictError`` while it is live."""
        query = delete(CallModel).where(
            CallModel.tenant == tenant,
            CallModel.id == call_id.value,
            CallModel.status != CallStatus.LIVE.value,
        )
        async with self._database.writing() as session:
            if await session.scalar(query.returning(CallModel.id)) is None:
                await _call(session, tenant, call_id)
                raise ConflictError("The call is live; end it first.", code="call-live")

    async def _summaries(
        self, rows: Sequence[CallModel], spoken: Mapping[str, Sequence[float | None]]
    ) -> list[CallSummary]:
        calls = [call_from(row) for row in rows]
        recorded = await asyncio.to_thread(lambda: [self._recordings.exists(call.id) for call in calls])
        return [
            _summary(call, spoken[call.id.value], has_recording=has_recording)
            for call, has_recording in zip(calls, recorded, strict=True)
        ]


def _summary(call: Call, spoken: Sequence[float | None], *, has_recording: bool) -> CallSummary:
    answered = [latency for latency in spoken if latency is not None]
    return CallSummary(
        call=call,
        turns=len(spoken),
        median_voice_to_voice_ms=median(answered) if answered else None,
        has_recording=has_recording,
    )


def history_query(tenant: str, *, where: CallFilter, after: HistoryCursor | None) -> Select[CallModel]:
    """Return the history of ``tenant``, newest first, beginning after ``after``."""
    query = select(CallModel).where(CallModel.tenant == tenant)
    if where.agent_id is not None:
        query = query.where(CallModel.agent_id == where.agent_id)
    if where.status is not None:
        query = query.where(CallModel.status == where.status.value)
    if after is not None:
        # A row value, not "a < x OR (a = x AND b < y)": both databases turn it into one index range.
        position = tuple_(literal(after.started_at), literal(after.call_id))
        query = query.where(tuple_(CallModel.started_at, CallModel.id) < position)
    return query.order_by(CallModel.started_at.desc(), CallModel.id.desc())


async def _call(session: AsyncSession, tenant: str, call_id: CallId) -> CallModel:
    query = select(CallModel).where(CallModel.tenant == tenant, CallModel.id == call_id.value)
    row = await session.scalar(query)
    if row is None:
        raise NotFoundError("There is no such call.")
    return row


async def _voice_to_voice(session: AsyncSession, call_ids: list[str]) -> dict[str, list[float | None]]:
    """Return, for each call, one voice-to-voice time a turn; None for a turn that answered nothing."""
    segments = [getattr(TranscriptModel, name) for name in SEGMENTS]
    query = select(TranscriptModel.call_id, sum(segments[1:], segments[0])).where(
        TranscriptModel.call_id.in_(call_ids)
    )
    spoken: dict[str, list[float | None]] = defaultdict(list)
    for call_id, voice_to_voice_ms in await session.execute(query):
        spoken[call_id].append(voice_to_voice_ms)
    return spoken
