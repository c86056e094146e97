"""A caller over the real protocol: a microphone that never stops, a loudspeaker with an exact clock.

Both live on one line of samples that begins when the server is ready. The microphone sends each frame when
its last sample would have been captured; the loudspeaker plays at once what it receives. The line can
therefore be written down afterwards, and is what the caller heard.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, assert_never

import numpy as np
from numpy.typing import NDArray
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from backend.domain.entities.timeline import TimelineEntry
from backend.domain.errors import VictoriaError
from backend.domain.value_objects.audio import PTIME_MS
from backend.interfaces.cli import caller_messages as wire
from backend.interfaces.cli.call_script import CallScript, HangUp
from backend.interfaces.cli.call_story import CallStory
from backend.interfaces.cli.caller_messages import Committed, Ended, Flush, Ready, Refused, Trouble
from backend.interfaces.cli.microphone import Microphone
from backend.interfaces.cli.speaker import Speaker, Stretch

RATE: Final = 16_000
READY_TIMEOUT_S: Final = 15.0
GOODBYE_TIMEOUT_S: Final = 5.0  # from our hang-up to the server's


@dataclass(slots=True)
class CallRecord:
    """One call as its caller lived it. ``said`` and ``heard`` are int16, shape (n,), on one line at ``rate``.

    ``began_at`` is the event loop's time, in seconds, of the line's first sample; ``committed`` is the last
    watermark that was received; ``cause`` is None if the line went dead.
    """

    call_id: str
    agent_name: str
    began_at: float
    story: CallStory
    said: NDArray[np.int16] = field(repr=False)
    heard: NDArray[np.int16] = field(repr=False)
    stretches: list[Stretch] = field(repr=False)
    troubles: list[Trouble]
    committed: int
    cause: str | None
    rate: int = RATE


class Caller:
    """Makes one call. ``on_progress`` is called after everything that happens, to look at ``story``."""

    def __init__(self, script: CallScript, on_progress: Callable[[Caller], None] | None = None) -> None:
        self._script = script
        self._on_progress = on_progress
        self._ready: Ready | None = None
        self._hung_up = False
        self._play_changed = asyncio.Event()
        self._origin = 0.0
        self.story = CallStory()
        self.speaker = Speaker(RATE)
        self.microphone = Microphone(RATE * PTIME_MS // 1_000)
        self.troubles: list[Trouble] = []
        self.committed = 0
        self.cause: str | None = None

    async def call(self, url: str, ticket: str) -> CallRecord:
        """Make the call at ``url`` (ws or wss) and return when it is over, however it ends.

        Raises ``VictoriaError`` if the call does not come about or the server ends it with an error.
        Cancelling it drops the line without a word.
        """
        async with _line(url) as socket:
            await socket.send(wire.hello(ticket))
            try:
                async with asyncio.timeout(READY_TIMEOUT_S):
                    await self._wait_until_ready(socket)
            except TimeoutError:
                raise VictoriaError("The server did not answer the call.", code="no-answer") from None
            try:
                await self._converse(socket)
            except* VictoriaError as failures:
                raise _first(failures) from None
        return self.record()

    def record(self) -> CallRecord:
        """Return the call so far."""
        assert self._ready is not None
        said = self.microphone.said()
        return CallRecord(
            call_id=self._ready.call_id,
            agent_name=self._ready.agent_name,
            began_at=self._origin,
            story=self.story,
            said=said,
            heard=self.speaker.heard(len(said)),
            stretches=self.speaker.stretches,
            troubles=self.troubles,
            committed=self.committed,
            cause=self.cause,
        )

    # --- the tasks --------------------------------------------------------------------------------

    async def _converse(self, socket: ClientConnection) -> None:
        async with asyncio.TaskGroup() as call:
            pumps = [call.create_task(pump(socket)) for pump in (self._speak, self._report)]
            await self._listen(socket)
            for pump in pumps:
                pump.cancel()

    async def _wait_until_ready(self, socket: ClientConnection) -> None:
        try:
            while self._ready is None:
                self._take(await socket.recv())
        except ConnectionClosed as closed:
            raise VictoriaError(f"The server hung up at once ({closed}).", code="no-answer") from None

    async def _listen(self, socket: ClientConnection) -> None:
        try:
            async for message in socket:
                self._take(message)
                if self._on_progress is not None:
                    self._on_progress(self)
        except ConnectionClosed:
            pass  # the line went dead; ``cause`` stays None

    async def _speak(self, socket: ClientConnection) -> None:
        """Send a frame every 20 ms by an absolute clock, and say what the script says."""
        try:
            while True:
                self._follow_script()
                frame = self.microphone.frame()
                await self._sleep_until(self.microphone.position)
                await socket.send(frame.astype("<i2").tobytes())
                if self._hung_up:
                    await socket.send(wire.hangup())
                    await asyncio.sleep(GOODBYE_TIMEOUT_S)
                    await socket.close()
        except ConnectionClosed:
            return  # ``_listen`` notices as well

    def _follow_script(self) -> None:
        now = self.microphone.position
        match self._script.next(self.story, now=now, quiet_since=self.speaker.end):
            case None:
                pass
            case HangUp():
                self._hung_up = True
            case utterance:
                self.microphone.say(utterance.samples)

    async def _report(self, socket: ClientConnection) -> None:
        """Tell the server what was played, as PROTOCOL.md asks."""
        try:
            while True:
                self._play_changed.clear()
                due = self.speaker.report_at
                if due is None:
                    await self._play_changed.wait()
                elif self._now() >= due:
                    await socket.send(wire.played(self.speaker.report(self._now())))
                else:
                    await self._wait_for_change(due)
        except ConnectionClosed:
            return  # ``_listen`` notices as well

    # --- the clock --------------------------------------------------------------------------------

    def _now(self) -> int:
        return int((asyncio.get_running_loop().time() - self._origin) * RATE)

    async def _sleep_until(self, sample: int) -> None:
        due = self._origin + sample / RATE
        await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))

    async def _wait_for_change(self, until: int) -> None:
        try:
            # A sample later, so that rounding down does not find it too early again and again.
            async with asyncio.timeout_at(self._origin + (until + 1) / RATE):
                await self._play_changed.wait()
        except TimeoutError:
            pass

    # --- what arrives -----------------------------------------------------------------------------

    def _take(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            self.speaker.receive(np.frombuffer(message, "<i2").astype(np.int16), self._now())
            self._play_changed.set()
            return
        parsed = wire.parse(message)
        match parsed:
            case None:
                pass
            case Ready():
                self._begin(parsed)
            case TimelineEntry():
                stretches = self.speaker.stretches
                self.story.take(parsed, stretches[-1].start if stretches else None)
            case Flush():
                self.speaker.flush(self._now())
                self._play_changed.set()
            case Committed():
                self.committed = parsed.seq
            case Trouble():
                self.troubles.append(parsed)
            case Refused():
                raise VictoriaError(parsed.message, code=parsed.code)
            case Ended():
                self.cause = parsed.cause
            case _:
                assert_never(parsed)

    def _begin(self, ready: Ready) -> None:
        if (ready.input_rate, ready.output_rate) != (RATE, RATE):
            raise VictoriaError(f"The server does not talk at {RATE} Hz.", code="bad-server")
        self._ready = ready
        self._origin = asyncio.get_running_loop().time()


def _first(failures: BaseExceptionGroup[VictoriaError]) -> VictoriaError:
    first = failures.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


@asynccontextmanager
async def _line(url: str) -> AsyncIterator[ClientConnection]:
    try:
        socket = await connect(url, compression=None, max_size=2**20, proxy=None)
    except (OSError, InvalidHandshake, TimeoutError) as error:
        raise VictoriaError(f"There is no call to be had at {url} ({error}).", code="no-server") from None
    try:
        yield socket
    finally:
        await socket.close()
