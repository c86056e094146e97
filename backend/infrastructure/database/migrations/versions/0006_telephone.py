"""Telephone numbers, and what calls know of the telephone.

Revision 0006, after 0005; 2026-11-22. It only adds: a server of the version before works on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_AT_A_CARRIER = sa.text("carrier_call_id != ''")
_TEXTS = {"caller": sa.Text(), "called": sa.Text(), "carrier": sa.String(), "carrier_call_id": sa.String()}


def upgrade() -> None:
    """Step forward."""
    for name, type_ in _TEXTS.items():
        op.add_column("calls", sa.Column(name, type_, nullable=False, server_default=""))
    op.add_column("calls", sa.Column("continues", sa.String(), nullable=True))
    op.create_index(
        "ix_calls_at_carrier",
        "calls",
        ["carrier_call_id"],
        sqlite_where=_AT_A_CARRIER,
        postgresql_where=_AT_A_CARRIER,
    )
    op.create_table(
        "phone_lines",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_phone_lines"),
        sa.UniqueConstraint("number", name="uq_phone_lines_number"),
    )
    op.create_index("ix_phone_lines_tenant_number", "phone_lines", ["tenant", "number"])


def downgrade() -> None:
    """Step back; the numbers are lost, and calls forget who called."""
    op.drop_table("phone_lines")
    op.drop_index("ix_calls_at_carrier", "calls")
    for name in ("continues", *reversed(_TEXTS)):
        op.drop_column("calls", name)
