"""A telephone on the loopback carrier: a microphone that never stops, a loudspeaker that gives receipts.

Both live on one line of samples, at 8 kHz, that begins when the media socket is open. It sends a packet of
20 ms when its last sample would have been said, plays at once what it receives, gives a mark back when all
before it was played or dropped, and hangs up when its script has nothing more to say.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, assert_never

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from backend.application.processors.g711 import mulaw_decode, mulaw_encode
from backend.domain.errors import VictoriaError
from backend.domain.value_objects.audio import MULAW_8K, PTIME_MS
from backend.interfaces.cli import phone_messages as wire
from backend.interfaces.cli.call_script import HangUp, Utterance
from backend.interfaces.cli.microphone import Microphone
from backend.interfaces.cli.phone_messages import Answered, Audio, Clear, Mark
from backend.interfaces.cli.phone_script import PhoneScript, PressKeys
from backend.interfaces.cli.speaker import Speaker

RATE: Final = MULAW_8K.rate
KEY_EVERY_PACKETS: Final = 10  # a key and the gap after it: 200 ms
CLOSE_TIMEOUT_S: Final = 5.0  # from our hang-up to the server's end of the socket


class Phone:
    """Makes one call."""

    def __init__(self, script: PhoneScript) -> None:
        self._script = script
        self._marks: deque[tuple[int, str]] = deque()  # where on the line a mark is reached
        self._marks_changed = asyncio.Event()
        self._keys: deque[str] = deque()
        self._next_key_at = 0  # packets
        self._has_hung_up = False
        self.origin = 0.0  # the event loop's time of the line's first sample
        self.microphone = Microphone(MULAW_8K.samples_in(PTIME_MS))
        self.speaker = Speaker(RATE)

    async def call(self, url: str, secret: str, call: str, answered: Answered) -> None:
        """Be on the media socket at ``url`` until the call is over, however it ends.

        Raises ``VictoriaError`` if there is no such socket, or what comes over it is no telephone call.
        Cancelling drops the line without a word.
        """
        async with _socket(url, {wire.SIGNATURE_HEADER: wire.signature_of(secret, answered.path)}) as socket:
            self.origin = asyncio.get_running_loop().time()
            try:
                await socket.send(wire.start(call, answered.ticket))
                async with asyncio.TaskGroup() as group:
                    pumps = [group.create_task(pump(socket)) for pump in (self._speak, self._give_receipts)]
                    async with asyncio.timeout(answered.max_seconds):
                        await self._listen(socket)
                    for pump in pumps:
                        pump.cancel()
            except* (ConnectionClosed, TimeoutError):
                pass  # the server hung up, or the carrier would have
            except* VictoriaError as failures:
                raise _first(failures) from None

    # --- the tasks --------------------------------------------------------------------------------

    async def _listen(self, socket: ClientConnection) -> None:
        async for message in socket:
            self._take(message)

    def _take(self, message: str | bytes) -> None:
        parsed = wire.parse_media(message)
        match parsed:
            case None:
                return
            case Audio():
                self.speaker.receive(mulaw_decode(parsed.payload), self._now())
            case Mark():
                self._marks.append((self.speaker.end, parsed.name))
            case Clear():
                self.speaker.flush(self._now())
                self._marks = deque((0, name) for _, name in self._marks)
            case _:
                assert_never(parsed)
        self._marks_changed.set()

    async def _speak(self, socket: ClientConnection) -> None:
        """Send a packet every 20 ms by an absolute clock, and do what the script says."""
        packets = 0
        while not self._has_hung_up:
            self._follow_script()
            position = self.microphone.position
            frame = self.microphone.frame()
            await self._sleep_until(self.microphone.position)
            packets += 1
            await socket.send(wire.media(packets, position * 1_000 // RATE, mulaw_encode(frame)))
            if self._keys and packets >= self._next_key_at:
                self._next_key_at = packets + KEY_EVERY_PACKETS
                await socket.send(wire.key(self._keys.popleft()))
        await socket.send(wire.stop())
        await asyncio.sleep(CLOSE_TIMEOUT_S)
        await socket.close()

    def _follow_script(self) -> None:
        if self._keys:
            return
        match self._script.next(self.speaker.stretches, now=self.microphone.position):
            case None:
                pass
            case HangUp():
                self._has_hung_up = True
            case PressKeys(keys=keys):
                self._keys.extend(keys)
            case Utterance(samples=samples):
                self.microphone.say(samples)

    async def _give_receipts(self, socket: ClientConnection) -> None:
        while True:
            self._marks_changed.clear()
            if not self._marks:
                await self._marks_changed.wait()
            elif self._now() >= self._marks[0][0]:
                await socket.send(wire.mark(self._marks.popleft()[1]))
            else:
                await self._wait_for_change(self._marks[0][0])

    # --- the clock --------------------------------------------------------------------------------

    def _now(self) -> int:
        return int((asyncio.get_running_loop().time() - self.origin) * RATE)

    async def _sleep_until(self, sample: int) -> None:
        await asyncio.sleep(max(0.0, self.origin + sample / RATE - asyncio.get_running_loop().time()))

    async def _wait_for_change(self, until: int) -> None:
        try:
            # A sample later, so that rounding down does not find it too early again and again.
            async with asyncio.timeout_at(self.origin + (until + 1) / RATE):
                await self._marks_changed.wait()
        except TimeoutError:
            pass


def _first(failures: BaseExceptionGroup[VictoriaError]) -> VictoriaError:
    first = failures.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


@asynccontextmanager
async def _socket(url: str, headers: dict[str, str]) -> AsyncIterator[ClientConnection]:
    try:
        socket = await connect(url, compression=None, max_size=2**16, proxy=None, additional_headers=headers)
    except (OSError, InvalidHandshake, TimeoutError) as error:
        raise VictoriaError(f"There is no media socket at {url} ({error}).", code="no-server") from None
    try:
        yield socket
    finally:
        await socket.close()
