"""Letting go of old calls, for good.

A sweep goes through the tenants that wish it. Of a call that is too old the recording goes first and then
the rows: a sweep that dies in between leaves a call that the next one finds again, never audio that nothing
refers to. Live calls are never touched. Calls go one by one, with a pause after each, because live calls
write to the same database. At the end what is deleted is erased, also that which people have deleted.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from backend.domain.errors import NotFoundError, StorageError
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.persistence_port import CallRepository
from backend.domain.ports.retention_port import (
    Erasure,
    KeptRecordings,
    OldCall,
    OldCalls,
    RetentionRepository,
)
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.retention import Retention

SWEEP_EVERY_S: Final = 3_600
DAY_MS: Final = 86_400_000
_PAUSE_S: Final = 0.005

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Swept:
    """What is gone: calls with all that belonged to them, recordings whose calls stay, and ``orders`` for
    calls. ``left`` could not be deleted and is tried again."""

    calls: int = 0
    recordings: int = 0
    orders: int = 0
    left: int = 0

    def __add__(self, other: Swept) -> Swept:
        return Swept(
            calls=self.calls + other.calls,
            recordings=self.recordings + other.recordings,
            orders=self.orders + other.orders,
            left=self.left + other.left,
        )


class RetentionSweep:
    """Deletes what tenants do not want to keep any longer."""

    def __init__(
        self,
        wishes: RetentionRepository,
        old_calls: OldCalls,
        calls: CallRepository,
        recordings: KeptRecordings,
        clock: ClockPort,
        *,
        erasure: Erasure,
        page: int = 200,
    ) -> None:
        """``page`` is how many calls are looked up at once."""
        self._wishes: Final = wishes
        self._old_calls: Final = old_calls
        self._calls: Final = calls
        self._recordings: Final = recordings
        self._clock: Final = clock
        self._erasure: Final = erasure
        self._page: Final = page

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Sweep now and every hour, in a task that ends with the block."""
        task = asyncio.create_task(self._sweep_for_ever(), name="retention")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def sweep(self, *, once: Retention | None = None) -> Swept:
        """Delete what is older than each tenant wishes, or with ``once``, than that, whatever they wish.

        What the disk refuses to delete is passed over. Raises ``StorageError`` if the database refuses;
        cancelling leaves the rest.
        """
        if once is None:
            wishes = await self._wishes.all()
        else:
            wishes = dict.fromkeys(await self._old_calls.tenants(), once)
        swept = Swept()
        for tenant, retention in wishes.items():
            swept += await self._sweep_tenant(tenant, retention)
        await self._erasure.erase()
        return swept

    async def _sweep_tenant(self, tenant: str, retention: Retention) -> Swept:
        now = self._clock.wall_ms()
        swept = Swept()
        if retention.days is not None:
            before = now - retention.days * DAY_MS
            swept += await self._drop_calls(tenant, before)
            swept += Swept(orders=await self._old_calls.drop_orders(tenant, before))
        if retention.recordings_days is not None:
            swept += await self._drop_recordings(tenant, now - retention.recordings_days * DAY_MS)
        return swept

    async def _sweep_for_ever(self) -> None:
        while True:
            try:
                swept = await self.sweep()
            except StorageError as error:
                _log.warning("old calls could not be deleted", extra={"code": error.code})
            except Exception:
                # A bug here must not end the server with its live calls; it is in the log every hour.
                _log.exception("deleting old calls was ended by a bug")
            else:
                if swept != Swept():
                    _log.info(
                        "deleted old calls",
                        extra={
                            "calls": swept.calls,
                            "recordings": swept.recordings,
                            "orders": swept.orders,
                            "left": swept.left,
                        },
                    )
            await asyncio.sleep(SWEEP_EVERY_S)

    async def _drop_calls(self, tenant: str, before: int) -> Swept:
        swept = Swept()
        last: OldCall | None = None
        while page := await self._old_calls.before(tenant, before, after=last, limit=self._page):
            for call in page:
                swept += await self._drop_call(tenant, call.id)
                await asyncio.sleep(_PAUSE_S)
            last = page[-1]
        return swept

    async def _drop_call(self, tenant: str, call_id: CallId) -> Swept:
        if not await self._has_dropped_recording(call_id):
            return Swept(left=1)
        try:
            await self._calls.delete(tenant, call_id)
        except NotFoundError:
            return Swept()  # somebody else was faster
        return Swept(calls=1)

    async def _drop_recordings(self, tenant: str, before: int) -> Swept:
        # From the disk to the database: recordings are few where they are deleted, calls may be many.
        kept = await self._recordings.all()
        swept = Swept()
        for start in range(0, len(kept), self._page):
            asked = kept[start : start + self._page]
            for call_id in await self._old_calls.among(tenant, asked, instant=before):
                is_gone = await self._has_dropped_recording(call_id)
                swept += Swept(recordings=1) if is_gone else Swept(left=1)
                await asyncio.sleep(_PAUSE_S)
        return swept

    async def _has_dropped_recording(self, call_id: CallId) -> bool:
        try:
            await self._recordings.delete(call_id)
        except StorageError as error:
            _log.warning(
                "a recording could not be deleted", extra={"call_id": call_id.value, "code": error.code}
            )
            return False
        return True
