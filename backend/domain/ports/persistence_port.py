"""What must outlive the process.

Reading and administration go through repositories, one short transaction a call of a method. A call's
own writes go through ``CallLog``, which is never awaited on the audio path.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from backend.domain.entities.agent import Agent
from backend.domain.entities.call import Call, CallStatus, Direction, EndCause
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.conversation_turn import ConversationTurn
from backend.domain.value_objects.engine_names import EngineNames


class AgentRepository(Protocol):
    """The agents of a tenant. All methods raise ``StorageError`` when the database refuses."""

    async def all(self, tenant: str) -> list[Agent]:
        """Return all agents, oldest first."""
        ...

    async def get(self, tenant: str, agent_id: str) -> Agent:
        """Return one agent. Raises ``NotFoundError``."""
        ...

    async def add(self, agent: Agent) -> None:
        """Store a new agent, and that as a version. Raises ``ConflictError`` if the id exists."""
        ...

    async def update(self, agent: Agent) -> None:
        """Replace the stored agent whose version is ``agent.version - 1``; that one stays as a version.

        Whether it is archived does not change. Raises ``NotFoundError``, or ``ConflictError``
        (``stale-version``) if someone else saved first.
        """
        ...

    async def archive(self, tenant: str, agent_id: str, *, is_archived: bool) -> Agent:
        """Put the agent away or take it out again; saves no version. Raises ``NotFoundError``."""
        ...

    async def delete(self, tenant: str, agent_id: str) -> None:
        """Remove the agent with its versions; its calls keep their snapshot. Raises ``NotFoundError``."""
        ...


@dataclass(frozen=True, slots=True)
class CallSummary:
    """A line of the history. ``median_voice_to_voice_ms`` is None for a call without answered turns.

    ``engine_failures`` are counted when the call ends. ``snippet`` is the passage that a search found, None
    where nothing was searched for. ``engines`` is None where it is not known.
    """

    call: Call
    turns: int
    median_voice_to_voice_ms: float | None
    has_recording: bool
    interruptions: int = 0
    engine_failures: int = 0
    note: str = ""
    tags: tuple[str, ...] = ()
    snippet: str | None = None
    engines: EngineNames | None = None


@dataclass(frozen=True, slots=True)
class CallPage:
    """A page of the history; ``next_cursor`` is opaque and None on the last page."""

    items: tuple[CallSummary, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls to list; None means any.

    ``search``: calls in whose transcript or note every word of it is said, whatever the accents and case; a
    word of three letters or more also finds the words that begin with it. Transcripts are searched once
    their call has ended. ``since`` and ``until`` (Unix ms, excluded) are about when the call began.
    """

    agent_id: str | None = None
    status: CallStatus | None = None
    search: str | None = None
    since: int | None = None
    until: int | None = None
    end_cause: EndCause | None = None
    direction: Direction | None = None
    tag: str | None = None


class CallSort(StrEnum):
    """What the history is sorted by: the median, for a call's voice-to-voice time."""

    STARTED_AT = "started_at"
    DURATION_MS = "duration_ms"
    VOICE_TO_VOICE_MS = "voice_to_voice_ms"


@dataclass(frozen=True, slots=True)
class CallOrder:
    """The order of the history. Calls that have no such value come last, either way."""

    by: CallSort = CallSort.STARTED_AT
    is_ascending: bool = False


NEWEST_FIRST: Final = CallOrder()


class CallRepository(Protocol):
    """The history of a tenant. All methods raise ``StorageError`` when the database refuses."""

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
        ...

    async def get(self, tenant: str, call_id: CallId) -> CallSummary:
        """Return one call. Raises ``NotFoundError``."""
        ...

    async def turns(self, tenant: str, call_id: CallId) -> list[ConversationTurn]:
        """Return the call's committed turns in order. Raises ``NotFoundError``."""
        ...

    async def transcripts(
        self, tenant: str, call_ids: Sequence[CallId]
    ) -> dict[CallId, list[ConversationTurn]]:
        """Return the committed turns of several calls, in order; none for a call that does not exist."""
        ...

    async def annotate(
        self, tenant: str, call_id: CallId, *, note: str | None = None, tags: Sequence[str] | None = None
    ) -> CallSummary:
        """Replace the call's note, its tags or both (None: as they are). Raises ``NotFoundError``."""
        ...

    async def timeline(
        self, tenant: str, call_id: CallId, *, after_seq: int = 0, limit: int = 1_000
    ) -> list[TimelineEntry]:
        """Return entries with a higher ``seq``, in order. Raises ``NotFoundError``."""
        ...

    async def delete(self, tenant: str, call_id: CallId) -> None:
        """Remove the call with all its rows. Raises ``NotFoundError``; ``ConflictError`` while it is live."""
        ...


class CallLog(Protocol):
    """The writing half of calls: one writer for all calls of the process.

    What was accepted is durable when the method returns: in the database, or, while that is away, in a
    journal on disk that is replayed into it later. Doing a thing twice does it once: the key of an entry
    is ``(call_id, seq)``.
    """

    async def open(self, call: Call, engines: EngineNames | None = None) -> None:
        """Record that the call is live, and which engines it begins with, if that is known."""
        ...

    async def append(self, call_id: CallId, entries: Sequence[TimelineEntry]) -> None:
        """Record entries, and the turns that they commit, in one transaction.

        Entries of several calls share a transaction when they come at the same time.
        Raises ``StorageError`` only if neither the database nor the journal can be written.
        """
        ...

    async def close(self, call: Call) -> None:
        """Record how the call ended."""
        ...

    async def mark_interrupted(self) -> int:
        """Mark calls that another life of this process left live as ``interrupted``; return how many."""
        ...
