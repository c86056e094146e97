"""Putting the caller through: the line is asked, and what it says to that is told to the call."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from backend.application.services.call_clock import CallClock
from backend.application.services.inbox import Inbox
from backend.domain.conversation.effects import TransferCall
from backend.domain.conversation.events import TransferFailed
from backend.domain.entities.telephone import Destination, find_destination
from backend.domain.errors import VictoriaError
from backend.domain.ports.channel_port import CallerChannel

TRANSFER_TIMEOUT_S: Final = 15.0  # for the carrier to accept it, not for somebody to take the call


class CallTransfer:
    """Transfers of one call, to ``destinations`` and nobody else."""

    def __init__(
        self, channel: CallerChannel, destinations: Sequence[Destination], *, clock: CallClock, inbox: Inbox
    ) -> None:
        self._channel = channel
        self._destinations = destinations
        self._clock = clock
        self._inbox = inbox

    async def attempt(self, order: TransferCall) -> None:
        """Ask the line to put the caller through; if it will not, say so. What follows, the line tells."""
        destination = find_destination(self._destinations, order.destination)
        if destination is None:
            self._failed("unknown-destination")
            return
        try:
            async with asyncio.timeout(TRANSFER_TIMEOUT_S):
                await self._channel.transfer(destination, order.summary)
        except VictoriaError as error:
            self._failed(error.code)
        except TimeoutError:
            self._failed("transfer-timeout")

    def _failed(self, code: str) -> None:
        self._inbox.put(TransferFailed(self._clock.now(), code))
