"""The limits of dialling, counted where attempts are stored.

Whoever begins an attempt holds its tenant first: on SQLite the transaction is the only one that writes
(``BEGIN IMMEDIATE``), on PostgreSQL the others of the tenant wait for an advisory lock that goes with the
transaction. What is counted then is still so when the attempt is stored, whichever process asks.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.domain.entities.outbound_call import NO_KEY, Attempt
from backend.domain.errors import LimitError
from backend.domain.ports.outbound_port import DialLimits
from backend.infrastructure.database.outbound_models import CampaignModel, OutboundAttemptModel

MINUTE_MS: Final = 60_000
DAY_MS: Final = 86_400_000
# Nobody knows when a call that is under way will end.
_A_CALL_MAY_END_MS: Final = 10_000

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtext('victoria-dial'), hashtext(:tenant))")


async def hold_tenant(session: AsyncSession, tenant: str) -> None:
    """Let nobody else begin an attempt of ``tenant`` until the transaction ends; it must be a writing one."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(_LOCK, {"tenant": tenant})


async def check_limits(
    session: AsyncSession, tenant: str, key_id: str, attempt: Attempt, limits: DialLimits
) -> None:
    """Raise ``LimitError`` if ``attempt`` is one too many of a tenant that is held."""
    of_tenant = OutboundAttemptModel.tenant == tenant
    of_key = of_tenant & (OutboundAttemptModel.key_id == key_id)
    if key_id != NO_KEY:
        await _check_minute(session, of_key, attempt.at, limits.per_minute_of_key, "key-calls-per-minute")
    await _check_minute(session, of_tenant, attempt.at, limits.per_minute, "calls-per-minute")
    under_way = await _count(session, of_tenant, OutboundAttemptModel.ended_at.is_(None))
    if under_way >= limits.at_once:
        raise LimitError(
            f"There are {limits.at_once} calls at once at most.",
            code="calls-at-once",
            retry_after_ms=_A_CALL_MAY_END_MS,
        )
    today = attempt.at - attempt.at % DAY_MS
    charged = select(func.coalesce(func.sum(OutboundAttemptModel.charged_s), 0))
    spent_s: int = await session.scalar(charged.where(of_tenant, OutboundAttemptModel.at >= today)) or 0
    if spent_s + attempt.charged_s > limits.minutes_per_day * 60:
        raise LimitError(
            f"There are {limits.minutes_per_day} minutes of calls a day (UTC) at most.",
            code="minutes-per-day",
            retry_after_ms=today + DAY_MS - attempt.at,
        )


async def check_pace(session: AsyncSession, campaign: CampaignModel, at: int) -> None:
    """Raise ``LimitError`` (``campaign-pace``) if a campaign's next call is not due yet at ``at``."""
    own = OutboundAttemptModel.campaign_id == campaign.id
    under_way = await _count(session, own, OutboundAttemptModel.ended_at.is_(None))
    if under_way >= campaign.at_once:
        raise _too_fast(_A_CALL_MAY_END_MS)
    last: int | None = await session.scalar(select(func.max(OutboundAttemptModel.at)).where(own))
    if last is not None and (left := last + MINUTE_MS // campaign.calls_per_minute - at) > 0:
        raise _too_fast(left)


def _too_fast(retry_after_ms: int) -> LimitError:
    return LimitError(
        "The campaign's next call is not due yet.", code="campaign-pace", retry_after_ms=retry_after_ms
    )


async def _check_minute(
    session: AsyncSession, whose: ColumnElement[bool], at: int, most: int, code: str
) -> None:
    recent = (whose, OutboundAttemptModel.at > at - MINUTE_MS)
    if await _count(session, *recent) < most:
        return
    # The one whose going makes room: the most recent but ``most - 1``.
    query = select(OutboundAttemptModel.at).where(*recent).order_by(OutboundAttemptModel.at.desc())
    gives_way: int | None = await session.scalar(query.offset(most - 1).limit(1))
    wait_ms = MINUTE_MS if gives_way is None else max(1, gives_way + MINUTE_MS - at)
    raise LimitError(f"There are {most} calls a minute at most.", code=code, retry_after_ms=wait_ms)


async def _count(session: AsyncSession, *where: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(OutboundAttemptModel).where(*where)
    return await session.scalar(query) or 0
