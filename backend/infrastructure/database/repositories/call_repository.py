"""The history of calls in the database.

A page is found in the narrow rows of ``call_facts`` and then filled from the calls themselves, whose agents
can be large: what is passed over or sorted away is never read.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.domain.entities.call import CallStatus
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.errors import ConflictError, NotFoundError
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
from backend.infrastructure.database.models import (
    CallFactsModel,
    CallModel,
    CallTagModel,
    TimelineModel,
    TranscriptModel,
)
from backend.infrastructure.database.repositories.call_summaries import Figures, summary_of
from backend.infrastructure.database.repositories.cursor import HistoryCursor
from backend.infrastructure.database.repositories.history_query import (
    history_queries,
    nearby_query,
    position_of,
)
from backend.infrastructure.database.repositories.rare_calls import rare_calls
from backend.infrastructure.database.rows import entry_from, turn_from
from backend.infrastructure.database.search_index import index_call
from backend.infrastructure.database.search_text import passage, terms_of
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
        after = None if cursor is None else HistoryCursor.parse(cursor, order)
        async with self._database.reading() as session:
            found = await self._found(session, tenant, where=where, order=order, after=after, limit=limit + 1)
            items = await self._summaries(session, found[:limit], search=where.search)
        more = len(found) > limit > 0
        last = position_of(found[limit - 1], order) if more else None
        return CallPage(tuple(items), None if last is None else str(last))

    async def get(self, tenant: str, call_id: CallId) -> CallSummary:
        """Return one call. Raises ``NotFoundError``."""
        async with self._database.reading() as session:
            summaries = await self._summaries(session, [await _facts(session, tenant, call_id)])
        if not summaries:
            raise _no_such_call()
        return summaries[0]

    async def turns(self, tenant: str, call_id: CallId) -> list[ConversationTurn]:
        """Return the call's committed turns in order. Raises ``NotFoundError``."""
        async with self._database.reading() as session:
            await _facts(session, tenant, call_id)
            return (await _turns(session, tenant, [call_id]))[call_id]

    async def transcripts(
        self, tenant: str, call_ids: Sequence[CallId]
    ) -> dict[CallId, list[ConversationTurn]]:
        """Return the committed turns of several calls, in order; none for a call that does not exist."""
        async with self._database.reading() as session:
            return await _turns(session, tenant, call_ids)

    async def annotate(
        self, tenant: str, call_id: CallId, *, note: str | None = None, tags: Sequence[str] | None = None
    ) -> CallSummary:
        """Replace the call's note, its tags or both (None: as they are). Raises ``NotFoundError``."""
        given: dict[str, Any] = {"note": note, "tags": None if tags is None else list(tags)}
        changes = {name: value for name, value in given.items() if value is not None}
        facts = CallFactsModel
        async with self._database.writing() as session:
            number = (await _facts(session, tenant, call_id)).number
            if changes:
                # First of all: who writes beside this call, or ends it, at the same time waits here.
                await session.execute(update(facts).where(facts.number == number).values(changes))
            if tags is not None:
                await session.execute(delete(CallTagModel).where(CallTagModel.number == number))
                rows = [{"number": number, "tag": tag, "tenant": tenant} for tag in tags]
                if rows:
                    await session.execute(insert(CallTagModel), rows)
            if note is not None:
                await index_call(await session.connection(), number, call_id.value)
        return await self.get(tenant, call_id)

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
            await _facts(session, tenant, call_id)
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
                await _facts(session, tenant, call_id)
                raise ConflictError("The call is live; end it first.", code="call-live")

    async def _found(
        self,
        session: AsyncSession,
        tenant: str,
        *,
        where: CallFilter,
        order: CallOrder,
        after: HistoryCursor | None,
        limit: int,
    ) -> list[CallFactsModel]:
        """Return the first ``limit`` calls behind ``after``."""
        is_sqlite = self._database.is_sqlite
        among = await rare_calls(session, tenant, where, is_sqlite=is_sqlite)
        if among is None and terms_of(where.search or ""):
            near = nearby_query(
                tenant, where=where, order=order, after=after, is_sqlite=is_sqlite, limit=limit
            )
            found = (await session.scalars(near)).all()
            if len(found) == limit:
                return list(found)
        calls: list[CallFactsModel] = []
        for query in history_queries(
            tenant, where=where, order=order, after=after, is_sqlite=is_sqlite, among=among
        ):
            if len(calls) < limit:
                calls += await session.scalars(query.limit(limit - len(calls)))
        return calls

    async def _summaries(
        self, session: AsyncSession, found: Sequence[CallFactsModel], *, search: str | None = None
    ) -> list[CallSummary]:
        """Return the calls that ``found`` tells of, in its order, but for those that were just deleted."""
        ids = [facts.call_id for facts in found]
        calls = {row.id: row for row in await session.scalars(select(CallModel).where(CallModel.id.in_(ids)))}
        live = await _figures(session, [facts.call_id for facts in found if not facts.is_derived])
        summaries = [
            summary_of(calls[facts.call_id], facts, live.get(facts.call_id, Figures()))
            for facts in found
            if facts.call_id in calls
        ]
        if search is not None:
            said = await _said(session, ids)
            summaries = await asyncio.to_thread(_with_snippets, summaries, said, terms_of(search))
        return await asyncio.to_thread(self._with_recordings, summaries)

    def _with_recordings(self, summaries: Sequence[CallSummary]) -> list[CallSummary]:
        return [
            replace(summary, has_recording=self._recordings.exists(summary.call.id)) for summary in summaries
        ]


def _with_snippets(
    summaries: Sequence[CallSummary], said: dict[str, list[str]], terms: Sequence[str]
) -> list[CallSummary]:
    return [
        replace(summary, snippet=passage([*said[summary.call.id.value], summary.note], terms))
        for summary in summaries
    ]


async def _facts(session: AsyncSession, tenant: str, call_id: CallId) -> CallFactsModel:
    query = select(CallFactsModel).where(
        CallFactsModel.tenant == tenant, CallFactsModel.call_id == call_id.value
    )
    row = await session.scalar(query)
    if row is None:
        raise _no_such_call()
    return row


def _no_such_call() -> NotFoundError:
    return NotFoundError("There is no such call.")


async def _turns(
    session: AsyncSession, tenant: str, call_ids: Sequence[CallId]
) -> dict[CallId, list[ConversationTurn]]:
    query = (
        select(TranscriptModel)
        .where(
            TranscriptModel.tenant == tenant,
            TranscriptModel.call_id.in_([call_id.value for call_id in call_ids]),
        )
        .order_by(TranscriptModel.call_id, TranscriptModel.number)
    )
    turns: dict[CallId, list[ConversationTurn]] = {call_id: [] for call_id in call_ids}
    for row in await session.scalars(query):
        turns[CallId(row.call_id)].append(turn_from(row))
    return turns


async def _said(session: AsyncSession, call_ids: Sequence[str]) -> dict[str, list[str]]:
    query = (
        select(TranscriptModel.call_id, TranscriptModel.content)
        .where(TranscriptModel.call_id.in_(call_ids))
        .order_by(TranscriptModel.call_id, TranscriptModel.number)
    )
    said: dict[str, list[str]] = defaultdict(list)
    for call_id, content in await session.execute(query):
        said[call_id].append(content)
    return said


async def _figures(session: AsyncSession, call_ids: Sequence[str]) -> dict[str, Figures]:
    """Return what the turns of calls come to whose facts are not derived yet: above all live ones."""
    if not call_ids:
        return {}
    query = select(TranscriptModel).where(TranscriptModel.call_id.in_(call_ids))
    turns: dict[str, list[ConversationTurn]] = defaultdict(list)
    for row in await session.scalars(query):
        turns[row.call_id].append(turn_from(row))
    return {call_id: Figures.of(spoken) for call_id, spoken in turns.items()}
