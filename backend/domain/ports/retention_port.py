"""What is needed to let go of old calls: what tenants wish, which calls that concerns, what is on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.retention import Retention


class RetentionRepository(Protocol):
    """How long tenants keep their calls. All methods raise ``StorageError`` when the database refuses."""

    async def all(self) -> Mapping[str, Retention]:
        """Return the wishes of all tenants that have one, by tenant."""
        ...

    async def get(self, tenant: str) -> Retention:
        """Return the tenant's wish; without one, everything is kept."""
        ...

    async def put(self, tenant: str, retention: Retention) -> None:
        """Replace the tenant's wish."""
        ...


@dataclass(frozen=True, slots=True)
class OldCall:
    """A call that ended, and when it began (Unix milliseconds)."""

    started_at: int
    id: CallId


class OldCalls(Protocol):
    """Finds calls by age, never a live one, and lets go of what ordered them.

    All methods raise ``StorageError`` when the database refuses.
    """

    async def tenants(self) -> list[str]:
        """Return the tenants that have calls."""
        ...

    async def before(
        self, tenant: str, instant: int, *, after: OldCall | None = None, limit: int
    ) -> list[OldCall]:
        """Return calls that began before ``instant`` (Unix milliseconds), oldest first, those after ``after``
        only."""
        ...

    async def among(self, tenant: str, call_ids: Sequence[CallId], *, instant: int) -> list[CallId]:
        """Return those of ``call_ids`` that are calls of the tenant and began before ``instant``."""
        ...

    async def drop_orders(self, tenant: str, instant: int) -> int:
        """Delete the orders for calls that were given before ``instant`` and have come to an end, and the
        campaigns from before it that are over and of which nothing is left; return how many orders."""
        ...


class Erasure(Protocol):
    """Makes sure that what was deleted cannot be read from the disk any more."""

    async def erase(self) -> None:
        """Overwrite what deleted calls have left in the files of the database, as far as these are ours.

        Raises ``StorageError``; what was not overwritten then is so the next time.
        """
        ...


class KeptRecordings(Protocol):
    """The recordings that are there. All methods raise ``StorageError`` when the disk refuses."""

    async def all(self) -> list[CallId]:
        """Return the calls that have a recording, whosever they are."""
        ...

    async def delete(self, call_id: CallId) -> None:
        """Remove the recording, if there is one."""
        ...
