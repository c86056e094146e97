"""An index that finds out which calls are rare, and the engines that calls began with.

Revision 0005, after 0004; 2026-11-22. It only adds. The engines of calls that are there are not known.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ON_REQUEST = sa.text("number > 0")


def upgrade() -> None:
    """Step forward."""
    op.add_column("call_facts", sa.Column("engines", sa.JSON(), nullable=False, server_default="{}"))
    op.create_index(
        "ix_call_facts_by_filters",
        "call_facts",
        ["tenant", "direction", "status", "end_cause", "agent_id"],
        sqlite_where=_ON_REQUEST,
        postgresql_where=_ON_REQUEST,
    )


def downgrade() -> None:
    """Step back; the engines that calls began with are forgotten."""
    op.drop_index("ix_call_facts_by_filters", "call_facts")
    # Not in alembic's batch mode, which drops the old table, and with it what refers to it.
    op.execute("ALTER TABLE call_facts DROP COLUMN engines")
