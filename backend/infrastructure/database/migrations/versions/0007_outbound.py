"""Calls that we place, the attempts at them, and campaigns.

Revision 0007, after 0006; 2026-11-22. It only adds.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_DUE = sa.text("status = 'scheduled' AND campaign_id IS NULL")
_OPEN = sa.text("ended_at IS NULL")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _numbers(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=nullable) for name in names]


def upgrade() -> None:
    """Step forward."""
    op.create_table(
        "campaigns",
        *_texts("id", "tenant", "key_id"),
        sa.Column("name", sa.Text(), nullable=False),
        *_texts("agent_id", "caller_id", "carrier", "status"),
        *_numbers("calls_per_minute", "at_once"),
        *_texts("zone"),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        *_numbers("from_minute", "to_minute", "max_attempts", "retry_after_s", "created_at", "updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
    )
    op.create_index("ix_campaigns_tenant_created_at_id", "campaigns", ["tenant", "created_at", "id"])
    op.create_table(
        "outbound_calls",
        *_texts("id", "tenant", "key_id"),
        sa.Column("campaign_id", sa.String(), nullable=True),
        *_numbers("position"),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        *_texts("agent_id", "number", "caller_id", "carrier"),
        sa.Column("variables", sa.JSON(), nullable=False),
        *_texts("status", "cause"),
        *_numbers("due_at", nullable=True),
        *_numbers("max_attempts", "retry_after_s", "created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_outbound_calls"),
        sa.UniqueConstraint("tenant", "idempotency_key", name="uq_outbound_calls_idempotency_key"),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name="fk_outbound_calls_campaign_id_campaigns",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_outbound_calls_tenant_created_at_id", "outbound_calls", ["tenant", "created_at", "id"]
    )
    op.create_index(
        "ix_outbound_calls_of_campaign", "outbound_calls", ["campaign_id", "status", "due_at", "position"]
    )
    op.create_index(
        "ix_outbound_calls_due", "outbound_calls", ["due_at"], sqlite_where=_DUE, postgresql_where=_DUE
    )
    op.create_table(
        "outbound_attempts",
        *_texts("reference", "order_id", "tenant", "key_id"),
        sa.Column("campaign_id", sa.String(), nullable=True),
        *_numbers("at"),
        *_texts("status", "cause", "carrier_call_id"),
        sa.Column("answerer", sa.String(), nullable=True),
        *_numbers("answered_at", "ended_at", nullable=True),
        *_numbers("reserved_s", "charged_s"),
        *_texts("process"),
        sa.PrimaryKeyConstraint("reference", name="pk_outbound_attempts"),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["outbound_calls.id"],
            name="fk_outbound_attempts_order_id_outbound_calls",
            ondelete="CASCADE",
        ),
    )
    for columns in (["order_id"], ["tenant", "at"], ["campaign_id", "at"]):
        op.create_index(f"ix_outbound_attempts_{'_'.join(columns)}", "outbound_attempts", columns)
    op.create_index(
        "ix_outbound_attempts_open",
        "outbound_attempts",
        ["tenant"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def downgrade() -> None:
    """Step back; orders and campaigns are lost."""
    for table in ("outbound_attempts", "outbound_calls", "campaigns"):
        op.drop_table(table)
