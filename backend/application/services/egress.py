"""What goes out to the caller: the only task that writes to the line.

Silence goes first, then audio that is due, then what the caller's console is told. Orders are taken
without waiting; a caller's side that does not read delays nothing but its own line.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from backend.application.processors.playout import (
    Drained,
    Ended,
    HeardAudio,
    HeardText,
    Playout,
    PlayoutFact,
    Started,
)
from backend.application.processors.reply_audio import ReplyAudio
from backend.application.services.call_clock import CallClock
from backend.application.services.inbox import Inbox
from backend.application.services.signal import Signal
from backend.domain.conversation.events import (
    Heard,
    PlayoutDrained,
    PlayoutFlushed,
    PlayoutStarted,
    ReplyEnded,
    ReplyFailed,
)
from backend.domain.ports.channel_port import CallerChannel, Notice
from backend.domain.value_objects.instant import Instant

# Notices to a console that does not read are dropped from the oldest on; it can fetch the timeline later.
MAX_NOTICES: Final = 1_000

AudioSink = Callable[[Instant, bytes], None]


class Egress:
    """Playout, paced and reported. ``record`` is given what the caller heard (PCM16) and when."""

    def __init__(
        self, channel: CallerChannel, playout: Playout, *, clock: CallClock, inbox: Inbox, record: AudioSink
    ) -> None:
        self._channel = channel
        self._playout = playout
        self._clock = clock
        self._inbox = inbox
        self._record = record
        self._reply_id = 0
        self._must_flush = False
        self._notices: deque[Notice] = deque(maxlen=MAX_NOTICES)
        self._signal = Signal(clock)
        self._room = Signal(clock)

    # --- orders, which never wait -----------------------------------------------------------------

    def begin(self, reply_id: int, audio: ReplyAudio) -> None:
        """From now on, what is heard is heard of ``reply_id``, from its ``audio``."""
        self._reply_id = reply_id
        self._playout.begin(audio)
        self._signal.set()

    def wake(self) -> None:
        """There is more audio, or no more is to come."""
        self._signal.set()

    def notify(self, notice: Notice) -> None:
        """Tell the caller's side, after everything that is more urgent."""
        self._notices.append(notice)
        self._signal.set()

    def hold(self) -> None:
        """Let the caller hear silence, and keep what was not heard."""
        self._report(self._playout.hold(self._clock.now()))
        self._silence()

    def resume(self) -> None:
        """Go on after ``hold``."""
        self._playout.resume()
        self._signal.set()

    def flush(self, reply_id: int) -> None:
        """Let the caller hear silence; report what was heard of ``reply_id``."""
        heard, facts = self._playout.flush(self._clock.now())
        self._report(facts)
        self._inbox.put(PlayoutFlushed(self._clock.now(), reply_id, heard))
        self._silence()

    def played(self, position: int) -> None:
        """The caller's side reports its playout."""
        now = self._clock.now()
        self._playout.played(position, now)
        self._report(self._playout.advance(now))  # not for the line's task to say, which may be kept waiting
        self._signal.set()

    async def room(self, ahead_ms: float) -> None:
        """Wait until less than ``ahead_ms`` of audio waits to be sent."""
        while self._playout.ahead_ms >= ahead_ms:
            await self._room.wait(None)

    # --- the line ---------------------------------------------------------------------------------

    async def run(self) -> None:
        """Serve the line until cancelled."""
        while True:
            now = self._clock.now()
            if self._must_flush:
                self._must_flush = False
                await self._channel.flush()
            elif (frame := self._playout.take(now)) is not None:
                self._room.set()
                await self._channel.send_audio(frame)
            elif self._notices:
                await self._channel.notify(self._notices.popleft())
            else:
                self._report(self._playout.advance(now))
                await self._signal.wait(self._playout.next_wake(now))

    async def drain(self) -> None:
        """Send the notices that are left; for the end of a call, when ``run`` has stopped."""
        while self._notices:
            await self._channel.notify(self._notices.popleft())

    def _silence(self) -> None:
        self._must_flush = True
        self._room.set()
        self._signal.set()

    def _report(self, facts: list[PlayoutFact]) -> None:
        now, reply_id = self._clock.now(), self._reply_id
        for fact in facts:
            match fact:
                case Started():
                    self._inbox.put(PlayoutStarted(now, reply_id, audible_at=fact.audible_at))
                case HeardAudio():
                    self._record(fact.at, fact.pcm)
                case HeardText():
                    self._inbox.put(Heard(now, reply_id, fact.text))
                case Drained():
                    self._inbox.put(PlayoutDrained(now, reply_id))
                case Ended() if fact.failure:
                    self._inbox.put(ReplyFailed(now, reply_id, fact.failure))
                case Ended():
                    self._inbox.put(ReplyEnded(now, reply_id))
