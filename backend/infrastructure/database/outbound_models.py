"""The tables of calls that we place: orders, the attempts at them, and campaigns.

An attempt is the unit of every limit: it counts in its minute, among the calls at once as long as it has no
end, and with its seconds in its day. So each has its own row, which says what it costs.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.infrastructure.database.models import Base
from backend.infrastructure.database.text import StorableText


class CampaignModel(Base):
    """Many calls with one purpose. Times of day are minutes since midnight in ``zone``."""

    __tablename__ = "campaigns"
    __table_args__ = (Index(None, "tenant", "created_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant: Mapped[str]
    key_id: Mapped[str]
    name: Mapped[str] = mapped_column(StorableText)
    agent_id: Mapped[str]
    caller_id: Mapped[str]
    carrier: Mapped[str]
    status: Mapped[str]
    calls_per_minute: Mapped[int]
    at_once: Mapped[int]
    zone: Mapped[str]
    weekdays: Mapped[list[Any]]
    from_minute: Mapped[int]
    to_minute: Mapped[int]
    max_attempts: Mapped[int]
    retry_after_s: Mapped[int]
    created_at: Mapped[int]
    updated_at: Mapped[int]


class OutboundCallModel(Base):
    """An order. ``due_at`` is when it is dialled next, null when it is not waiting for that; ``position`` its
    place in its campaign."""

    __tablename__ = "outbound_calls"
    __table_args__ = (
        UniqueConstraint("tenant", "idempotency_key", name="uq_outbound_calls_idempotency_key"),
        Index(None, "tenant", "created_at", "id"),
        Index("ix_outbound_calls_of_campaign", "campaign_id", "status", "due_at", "position"),
        Index(
            "ix_outbound_calls_due",
            "due_at",
            sqlite_where=text("status = 'scheduled' AND campaign_id IS NULL"),
            postgresql_where=text("status = 'scheduled' AND campaign_id IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant: Mapped[str]
    key_id: Mapped[str]
    campaign_id: Mapped[str | None] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    position: Mapped[int]
    idempotency_key: Mapped[str | None]
    agent_id: Mapped[str]
    number: Mapped[str]
    caller_id: Mapped[str]
    carrier: Mapped[str]
    variables: Mapped[dict[str, Any]]
    status: Mapped[str]
    cause: Mapped[str]
    due_at: Mapped[int | None]
    max_attempts: Mapped[int]
    retry_after_s: Mapped[int]
    created_at: Mapped[int]


class OutboundAttemptModel(Base):
    """One dialling of an order; ``charged_s`` is what it takes of its day, ``process`` who dialled."""

    __tablename__ = "outbound_attempts"
    __table_args__ = (
        Index(None, "order_id"),
        Index(None, "tenant", "at"),
        Index(None, "campaign_id", "at"),
        Index(
            "ix_outbound_attempts_open",
            "tenant",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    reference: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("outbound_calls.id", ondelete="CASCADE"))
    tenant: Mapped[str]
    key_id: Mapped[str]
    campaign_id: Mapped[str | None]
    at: Mapped[int]
    status: Mapped[str]
    cause: Mapped[str]
    carrier_call_id: Mapped[str]
    answerer: Mapped[str | None]
    answered_at: Mapped[int | None]
    ended_at: Mapped[int | None]
    reserved_s: Mapped[int]
    charged_s: Mapped[int]
    process: Mapped[str]
