"""A telephone's line on a socket in memory, in virtual time, and what it did."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from backend.application.services.telephony.telephone_channel import TelephoneChannel
from backend.domain.entities.telephone import Destination
from backend.domain.ports.channel_port import Incoming, KeyPress, LineClosed
from backend.domain.value_objects.audio import MULAW_8K, NARROWBAND, AudioFormat, AudioFrame
from tests.support.virtual_time import LoopClock, run_virtual
from tests.unit.telephony_line.sockets import MemorySocket, PlainProtocol

SILENCE = AudioFrame(NARROWBAND, bytes(640))  # 40 ms


@dataclass
class Rig:
    """A line and what it did."""

    format: AudioFormat = MULAW_8K
    hang_up_fails: Exception | None = None
    hang_up_takes_s: float = 0.0
    transfer_fails: Exception | None = None
    hang_ups: int = 0
    transfers: list[tuple[Destination, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.socket = MemorySocket()
        self.line = TelephoneChannel(
            self.socket,
            PlainProtocol(),
            self.format,
            hang_up=self._hang_up,
            transfer=self._transfer,
            clock=LoopClock(),
        )

    async def _hang_up(self) -> None:
        self.hang_ups += 1
        await asyncio.sleep(self.hang_up_takes_s)
        if self.hang_up_fails is not None:
            raise self.hang_up_fails

    async def _transfer(self, destination: Destination, summary: str) -> None:
        self.transfers.append((destination, summary))
        if self.transfer_fails is not None:
            raise self.transfer_fails

    async def received(self, *messages: str | bytes | None) -> list[Incoming]:
        """Return what comes of ``messages``, up to a key that is pressed behind them."""
        self.socket.say(*messages, "key #")
        heard = [await self.line.receive()]
        while heard[-1] != KeyPress("#") and not isinstance(heard[-1], LineClosed):
            heard.append(await self.line.receive())
        return heard[:-1] if heard[-1] == KeyPress("#") else heard


Act = Callable[[Rig], Coroutine[Any, Any, None]]


def play(act: Act, **manner: Any) -> Rig:
    """Act in virtual time; no task may be left."""

    async def main() -> Rig:
        rig = Rig(**manner)
        await act(rig)
        return rig

    return run_virtual(main())


def now() -> float:
    return asyncio.get_running_loop().time()
