"""Conversations by the carrier's call that they were in."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.domain.entities.call import Call
from backend.domain.errors import NotFoundError
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.conversation_turn import ConversationTurn
from backend.infrastructure.database.models import CallModel, TranscriptModel
from backend.infrastructure.database.rows import call_from, turn_from
from backend.infrastructure.database.session import Database

# A call that was cut off more often than this is not remembered to its beginning.
_MOST_PARTS: Final = 10


class SqlPhoneCallHistory:
    """Implements ``PhoneCallHistory``."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    async def latest(self, carrier: str, carrier_call_id: str) -> Call | None:
        """Return the last conversation in a carrier's call, of whichever tenant; None if there was none."""
        query = (
            select(CallModel)
            .where(
                CallModel.carrier_call_id == carrier_call_id,
                CallModel.carrier_call_id != "",  # as the index says of itself
                CallModel.carrier == carrier,
            )
            .order_by(CallModel.started_at.desc(), CallModel.id)
            .limit(1)
        )
        async with self._database.reading() as session:
            row = await session.scalar(query)
        return None if row is None else call_from(row)

    async def get(self, tenant: str, call_id: CallId) -> Call:
        """Return a conversation. Raises ``NotFoundError``."""
        query = select(CallModel).where(CallModel.tenant == tenant, CallModel.id == call_id.value)
        async with self._database.reading() as session:
            row = await session.scalar(query)
        if row is None:
            raise NotFoundError("There is no such call.")
        return call_from(row)

    async def turns(self, call: Call) -> list[ConversationTurn]:
        """Return the committed turns of ``call``, and before them those of the calls that it goes on with."""
        async with self._database.reading() as session:
            parts = [call.id.value]
            before = None if call.continues is None else call.continues.value
            while before is not None and before not in parts and len(parts) < _MOST_PARTS:
                parts.append(before)
                before = await _continued_by(session, call.tenant, before)
            turns: list[ConversationTurn] = []
            for part in reversed(parts):
                turns += await _turns_of(session, call.tenant, part)
        return turns


async def _continued_by(session: AsyncSession, tenant: str, call_id: str) -> str | None:
    query = select(CallModel.continues).where(CallModel.tenant == tenant, CallModel.id == call_id)
    continues: str | None = await session.scalar(query)
    return continues


async def _turns_of(session: AsyncSession, tenant: str, call_id: str) -> list[ConversationTurn]:
    query = (
        select(TranscriptModel)
        .where(TranscriptModel.tenant == tenant, TranscriptModel.call_id == call_id)
        .order_by(TranscriptModel.number)
    )
    return [turn_from(row) for row in await session.scalars(query)]
