"""Versions of agents, archived agents, and how long calls are kept.

Revision 0004, after 0003; 2026-11-22. What an agent is now becomes its first known version. It only adds: a
server of the version before works on, but what it saves is missing among the versions.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Step forward."""
    op.add_column("agents", sa.Column("archived", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "agent_versions",
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name="fk_agent_versions_agent_id_agents", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agent_id", "version", name="pk_agent_versions"),
    )
    op.execute(
        "INSERT INTO agent_versions (agent_id, version, tenant, name, saved_at, document) "
        "SELECT id, version, tenant, name, updated_at, document FROM agents"
    )
    op.create_table(
        "retention",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=True),
        sa.Column("recordings_days", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", name="pk_retention"),
    )


def downgrade() -> None:
    """Step back; all but the current versions are lost, and nothing is archived any more."""
    op.drop_table("retention")
    op.drop_table("agent_versions")
    op.drop_column("agents", "archived")
