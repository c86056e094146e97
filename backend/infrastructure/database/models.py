"""The tables.

Every row belongs to a tenant. Times for people are Unix milliseconds, instants inside a call are
nanoseconds on its own line, as in the domain. A call keeps its agent as it was, so nothing points at
``agents``; turns and timeline go with their call.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, MetaData, String, false, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from backend.infrastructure.database.text import StorableText

# Named constraints: a migration can only change what has a name.
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of all models."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigInteger,
        str: String,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


class AgentModel(Base):
    """An agent; ``document`` is all of it, the other columns are what we search and sort by."""

    __tablename__ = "agents"
    __table_args__ = (Index(None, "tenant", "created_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant: Mapped[str]
    name: Mapped[str] = mapped_column(StorableText)
    version: Mapped[int]
    created_at: Mapped[int]
    updated_at: Mapped[int]
    archived: Mapped[bool] = mapped_column(default=False, server_default=false())
    document: Mapped[dict[str, Any]]


class AgentVersionModel(Base):
    """An agent as it was saved once; the one that it is now is here as well."""

    __tablename__ = "agent_versions"

    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    name: Mapped[str] = mapped_column(StorableText)
    saved_at: Mapped[int]
    document: Mapped[dict[str, Any]]


class CallModel(Base):
    """A call; ``agent`` is its agent as it was, ``process`` the life of the process that runs it. What only
    telephone calls have is empty in the others."""

    __tablename__ = "calls"
    __table_args__ = (
        Index(None, "tenant", "started_at", "id"),
        Index(
            "ix_calls_live",
            "process",
            sqlite_where=text("status = 'live'"),
            postgresql_where=text("status = 'live'"),
        ),
        Index(
            "ix_calls_at_carrier",
            "carrier_call_id",
            sqlite_where=text("carrier_call_id != ''"),
            postgresql_where=text("carrier_call_id != ''"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant: Mapped[str]
    agent_id: Mapped[str]
    direction: Mapped[str]
    status: Mapped[str]
    started_at: Mapped[int]
    ended_at: Mapped[int | None]
    duration_ms: Mapped[int | None]
    end_cause: Mapped[str | None]
    process: Mapped[str]
    agent: Mapped[dict[str, Any]]
    is_draft: Mapped[bool] = mapped_column(server_default=false())
    caller: Mapped[str] = mapped_column(StorableText, server_default="")
    called: Mapped[str] = mapped_column(StorableText, server_default="")
    carrier: Mapped[str] = mapped_column(server_default="")
    carrier_call_id: Mapped[str] = mapped_column(server_default="")
    continues: Mapped[str | None]


# The history can be sorted in three ways. Each index holds, behind its order, whatever a call is filtered by,
# so that a page is read in order and what does not match is passed over without a look at its row.
_FILTERED_BY: Final = ("agent_id", "status", "direction", "end_cause")

# An index of all calls that is read only where this is asked for: SQLite, which has no statistics, would take
# the one that has the most filters in it, and then sort half of all calls.
ON_REQUEST: Final = text("number > 0")


class CallFactsModel(Base):
    """What the history says of a call in one narrow row, which is there from the call's first moment.

    ``number`` is what the tables beside it and the search index know the call by. ``is_derived``: the figures
    are those of the whole timeline. ``duration_ms`` and ``voice_to_voice_ms`` (the median) are -1 where there
    is no such value, so that they sort alike everywhere; ``answers_ms`` has each voice-to-voice time.
    ``engines`` has, by port, the names of those that the call began with.
    """

    __tablename__ = "call_facts"
    __table_args__ = (
        Index("ix_call_facts_by_start", "tenant", "started_at", "call_id", *_FILTERED_BY),
        Index("ix_call_facts_by_duration", "tenant", "duration_ms", "call_id", "started_at", *_FILTERED_BY),
        Index(
            "ix_call_facts_by_latency", "tenant", "voice_to_voice_ms", "call_id", "started_at", *_FILTERED_BY
        ),
        Index(
            "ix_call_facts_by_filters",
            "tenant",
            "direction",
            "status",
            "end_cause",
            "agent_id",
            sqlite_where=ON_REQUEST,
            postgresql_where=ON_REQUEST,
        ),
        Index(
            "ix_call_facts_underived",
            "number",
            sqlite_where=text("NOT is_derived"),
            postgresql_where=text("NOT is_derived"),
        ),
    )

    number: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), unique=True)
    tenant: Mapped[str]
    agent_id: Mapped[str]
    direction: Mapped[str]
    status: Mapped[str]
    end_cause: Mapped[str | None]
    is_draft: Mapped[bool]
    started_at: Mapped[int]
    duration_ms: Mapped[int] = mapped_column(default=-1)
    voice_to_voice_ms: Mapped[float] = mapped_column(default=-1.0)
    turns: Mapped[int] = mapped_column(default=0)
    was_answered: Mapped[bool] = mapped_column(default=False)
    interruptions: Mapped[int] = mapped_column(default=0)
    engine_failures: Mapped[int] = mapped_column(default=0)
    fallbacks: Mapped[int] = mapped_column(default=0)
    dead_air_ms: Mapped[float] = mapped_column(default=0.0)
    is_derived: Mapped[bool] = mapped_column(default=False)
    answers_ms: Mapped[list[Any]] = mapped_column(default=list)
    tags: Mapped[list[Any]] = mapped_column(default=list)
    note: Mapped[str] = mapped_column(StorableText, default="")
    engines: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")


class EngineTroubleModel(Base):
    """An engine that failed in a call."""

    __tablename__ = "call_engines"

    number: Mapped[int] = mapped_column(
        ForeignKey("call_facts.number", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    port: Mapped[str] = mapped_column(primary_key=True)
    engine: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    fallbacks: Mapped[int]


class CallTagModel(Base):
    """A tag of a call, to find it by."""

    __tablename__ = "call_tags"
    __table_args__ = (Index(None, "tenant", "tag", "number"),)

    number: Mapped[int] = mapped_column(
        ForeignKey("call_facts.number", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    tag: Mapped[str] = mapped_column(StorableText, primary_key=True)
    tenant: Mapped[str]


class TranscriptModel(Base):
    """One committed turn. The six segments of its latency are null for a turn that answered nothing."""

    __tablename__ = "turns"

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    role: Mapped[str]
    content: Mapped[str] = mapped_column(StorableText)
    heard: Mapped[str] = mapped_column(StorableText)
    started_at_ns: Mapped[int]
    ended_at_ns: Mapped[int]
    interrupted: Mapped[bool]
    reply_id: Mapped[int | None]
    pause_ms: Mapped[float | None]
    transcript_ms: Mapped[float | None]
    first_token_ms: Mapped[float | None]
    first_clause_ms: Mapped[float | None]
    first_audio_ms: Mapped[float | None]
    playout_ms: Mapped[float | None]


class TimelineModel(Base):
    """One event of a call with the effects that answered it, in the domain's own encoding."""

    __tablename__ = "timeline"
    __table_args__ = ({"sqlite_with_rowid": False},)  # rows of a call lie together, in order

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    at_ns: Mapped[int]
    event: Mapped[dict[str, Any]]
    effects: Mapped[list[Any]]


class ApiKeyModel(Base):
    """An API key, as far as we know it: not the key itself."""

    __tablename__ = "api_keys"
    __table_args__ = (Index(None, "tenant", "created_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant: Mapped[str]
    name: Mapped[str] = mapped_column(StorableText)
    prefix: Mapped[str] = mapped_column(index=True)
    digest: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[int]
    last_used_at: Mapped[int | None]
    expires_at: Mapped[int | None]
    revoked_at: Mapped[int | None]


class ProviderAccountModel(Base):
    """A tenant's account at a provider; ``sealed_key`` is its key as ``security.secret_box`` encrypts it."""

    __tablename__ = "provider_accounts"

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    settings: Mapped[dict[str, Any]]
    sealed_key: Mapped[str | None]
    version: Mapped[int]
    created_at: Mapped[int]
    updated_at: Mapped[int]


class RetentionModel(Base):
    """How long a tenant keeps calls and recordings, in days; null is for ever."""

    __tablename__ = "retention"

    tenant: Mapped[str] = mapped_column(primary_key=True)
    days: Mapped[int | None]
    recordings_days: Mapped[int | None]


class PhoneLineModel(Base):
    """A telephone number of a tenant. No two lines have one number, whoever they belong to."""

    __tablename__ = "phone_lines"
    __table_args__ = (Index(None, "tenant", "number"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant: Mapped[str]
    number: Mapped[str] = mapped_column(unique=True)
    carrier: Mapped[str]
    agent_id: Mapped[str]
    label: Mapped[str] = mapped_column(StorableText)
    language: Mapped[str | None]
    created_at: Mapped[int]
    updated_at: Mapped[int]
