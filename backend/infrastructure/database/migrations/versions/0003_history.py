"""What calls come to, notes, tags and the index of what was said.

Revision 0003, after 0002; 2026-11-22. Calls that are there get a row of facts at once; what only their
timelines say is derived by the server, in the background, after it has started.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_FILTERED_BY = ["agent_id", "status", "direction", "end_cause"]
_UNDERIVED = sa.text("NOT is_derived")

_FILL = """
    INSERT INTO call_facts (
        call_id, tenant, agent_id, direction, status, end_cause, is_draft, started_at, duration_ms,
        voice_to_voice_ms, turns, was_answered, interruptions, engine_failures, fallbacks, dead_air_ms,
        is_derived, answers_ms, tags, note
    )
    SELECT id, tenant, agent_id, direction, status, end_cause, false, started_at, coalesce(duration_ms, -1),
        -1, 0, false, 0, 0, 0, 0, false, '[]', '[]', ''
    FROM calls ORDER BY started_at, id
"""

# Words come folded and parted: nothing but ASCII white space parts them, and only their presence counts.
_SQLITE_SEARCH = (
    """
    CREATE VIRTUAL TABLE call_search
    USING fts5(words, tokenize = 'ascii', detail = 'none', columnsize = 0, prefix = '3')
    """,
    """
    CREATE TRIGGER call_facts_deleted AFTER DELETE ON call_facts
    BEGIN DELETE FROM call_search WHERE rowid = old.number; END
    """,
)
_POSTGRES_SEARCH = (
    """
    CREATE TABLE call_search (
        number BIGINT PRIMARY KEY REFERENCES call_facts (number) ON DELETE CASCADE,
        words TSVECTOR NOT NULL
    )
    """,
    "CREATE INDEX ix_call_search_words ON call_search USING gin (words)",
)


def upgrade() -> None:
    """Step forward."""
    op.add_column("calls", sa.Column("is_draft", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_index("ix_calls_tenant_agent_id_started_at_id", "calls")
    op.drop_index("ix_calls_tenant_status_started_at_id", "calls")
    op.create_table(
        "call_facts",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("end_cause", sa.String(), nullable=True),
        sa.Column("is_draft", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("voice_to_voice_ms", sa.Double(), nullable=False),
        sa.Column("turns", sa.BigInteger(), nullable=False),
        sa.Column("was_answered", sa.Boolean(), nullable=False),
        sa.Column("interruptions", sa.BigInteger(), nullable=False),
        sa.Column("engine_failures", sa.BigInteger(), nullable=False),
        sa.Column("fallbacks", sa.BigInteger(), nullable=False),
        sa.Column("dead_air_ms", sa.Double(), nullable=False),
        sa.Column("is_derived", sa.Boolean(), nullable=False),
        sa.Column("answers_ms", sa.JSON(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name="fk_call_facts_call_id_calls", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_call_facts"),
        sa.UniqueConstraint("call_id", name="uq_call_facts_call_id"),
    )
    op.execute(_FILL)
    for name, columns in (
        ("start", ["started_at", "call_id"]),
        ("duration", ["duration_ms", "call_id", "started_at"]),
        ("latency", ["voice_to_voice_ms", "call_id", "started_at"]),
    ):
        op.create_index(f"ix_call_facts_by_{name}", "call_facts", ["tenant", *columns, *_FILTERED_BY])
    op.create_index(
        "ix_call_facts_underived",
        "call_facts",
        ["number"],
        sqlite_where=_UNDERIVED,
        postgresql_where=_UNDERIVED,
    )
    op.create_table(
        "call_engines",
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("port", sa.String(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("fallbacks", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["call_facts.number"], name="fk_call_engines_number_call_facts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", "port", "engine", name="pk_call_engines"),
    )
    op.create_table(
        "call_tags",
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["call_facts.number"], name="fk_call_tags_number_call_facts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", "tag", name="pk_call_tags"),
    )
    op.create_index("ix_call_tags_tenant_tag_number", "call_tags", ["tenant", "tag", "number"])
    for statement in _SQLITE_SEARCH if _is_sqlite() else _POSTGRES_SEARCH:
        op.execute(statement)


def downgrade() -> None:
    """Step back; notes and tags are lost."""
    if _is_sqlite():
        op.execute("DROP TRIGGER call_facts_deleted")
    for table in ("call_search", "call_tags", "call_engines", "call_facts"):
        op.drop_table(table)
    op.create_index(
        "ix_calls_tenant_agent_id_started_at_id", "calls", ["tenant", "agent_id", "started_at", "id"]
    )
    op.create_index("ix_calls_tenant_status_started_at_id", "calls", ["tenant", "status", "started_at", "id"])
    # Not in alembic's batch mode, which drops the old table, and with it what refers to it.
    op.execute("ALTER TABLE calls DROP COLUMN is_draft")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
