"""The runner: what waits is dialled when its time has come, at its pace, within the limits.

It remembers nothing that matters: every turn looks up what is due. So it goes on after a restart where it
was, several processes on one database share the work, and an order that meets a limit simply still waits.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from backend.application.services.telephony.outbound.dialler import Dialler
from backend.application.services.telephony.outbound.tracking import OutboundTracking
from backend.domain.entities.campaign import Campaign, CampaignStatus
from backend.domain.entities.outbound_call import OutboundCall
from backend.domain.errors import ConflictError, LimitError, NotFoundError, StorageError
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.outbound_port import Campaigns, OutboundCalls

EVERY_MS: Final = 5_000  # the longest that anything which is due waits to be noticed
_AT_A_TIME: Final = 50

_log = logging.getLogger(__name__)


class OutboundRunner:
    """Dials what is due. ``wake`` is an event that somebody sets who knows that something has changed."""

    def __init__(
        self,
        orders: OutboundCalls,
        campaigns: Campaigns,
        dialler: Dialler,
        tracking: OutboundTracking,
        *,
        clock: ClockPort,
        wake: asyncio.Event,
    ) -> None:
        self._orders: Final = orders
        self._campaigns: Final = campaigns
        self._dialler: Final = dialler
        self._tracking: Final = tracking
        self._clock: Final = clock
        self._wake: Final = wake
        self._swept_at: int | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run, for as long as the block lasts."""
        async with self._dialler.running() as group:
            task = group.create_task(self._run_for_ever(), name="outbound")
            try:
                yield
            finally:
                task.cancel()

    async def turn(self) -> int:
        """Do what is to be done now; return after how many milliseconds to come again at the latest.

        Raises ``StorageError``.
        """
        now = self._clock.wall_ms()
        if self._swept_at is None or abs(now - self._swept_at) >= EVERY_MS:
            await self._tracking.sweep()
            self._swept_at = now
        waits = [EVERY_MS, await self._dial_single_calls(now)]
        waits += [await self._dial_campaign(campaign, now) for campaign in await self._campaigns.running()]
        return max(1, min(waits))

    async def _run_for_ever(self) -> None:
        while True:
            wait_ms = EVERY_MS
            self._wake.clear()
            try:
                wait_ms = await self.turn()
            except StorageError as error:
                _log.warning("what is due could not be dialled", extra={"code": error.code})
            except Exception:
                # A bug here must not end the server with its live calls.
                _log.exception("dialling what is due was ended by a bug")
            try:
                async with asyncio.timeout(wait_ms / 1_000):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def _dial_single_calls(self, now: int) -> int:
        """Of a tenant that meets a limit the others wait as well: the oldest is served first."""
        waits = [EVERY_MS]
        limited: set[str] = set()
        for order in await self._orders.due(now, limit=_AT_A_TIME):
            if order.tenant in limited:
                continue
            wait_ms = await self._dial(order)
            if wait_ms is not None:
                limited.add(order.tenant)
                waits.append(wait_ms)
        return min(waits)

    async def _dial_campaign(self, campaign: Campaign, now: int) -> int:
        opens_at = campaign.hours.next_open(now)
        if opens_at > now:
            return opens_at - now
        contact = await self._campaigns.next_due(campaign.id, now)
        if contact is None:
            await self._finish_if_done(campaign, now)
            return EVERY_MS
        wait_ms = await self._dial(contact)
        return campaign.interval_ms if wait_ms is None else wait_ms

    async def _dial(self, order: OutboundCall) -> int | None:
        """Return for how long there is no use in trying again, None if the order waits no more."""
        try:
            await self._dialler.dial_due(order)
        except LimitError as error:
            return error.retry_after_ms
        return None

    async def _finish_if_done(self, campaign: Campaign, now: int) -> None:
        counts = await self._campaigns.counts(campaign.tenant, [campaign.id])
        if all(status.is_end for status in counts.get(campaign.id, {})):
            try:
                await self._campaigns.become(campaign.tenant, campaign.id, CampaignStatus.FINISHED, now)
            except (ConflictError, NotFoundError):
                return  # somebody has stopped it just now
