"""A telephone as a caller's line: a carrier's media socket, its language, and control of the call.

From the socket's message to the audio there is one call stack: parse, decode, put in order. There is no task
and no queue; ``receive`` wakes for a message, for what the desk tells, and for a receipt that is overdue.

Who ends the call: if the other side has hung up, or was put through to somebody else, the carrier knows. If
the socket broke while the call goes on, the carrier asks what to do (``CallUnattended``), and the call may go
on in another socket. In all other cases ``close`` tells the carrier, once.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from backend.application.processors.jitter_buffer import JitterBuffer
from backend.application.services.telephony.line_code import decoder_of, encoder_of
from backend.application.services.telephony.marks import Marks
from backend.domain.entities.call import EndCause
from backend.domain.entities.telephone import Destination
from backend.domain.errors import CallerError, VictoriaError
from backend.domain.ports.carrier_media_port import (
    KeyReceived,
    MarkReturned,
    MediaEvent,
    MediaProtocol,
    MediaReceived,
    MediaStarted,
    MediaStopped,
    MessageChannel,
)
from backend.domain.ports.channel_port import (
    ChannelCapabilities,
    Incoming,
    KeyPress,
    LineClosed,
    Notice,
    Played,
    StampedAudio,
    TransferRefused,
)
from backend.domain.ports.clock_port import ClockPort
from backend.domain.value_objects.audio import NARROWBAND, AudioFormat, AudioFrame
from backend.domain.value_objects.instant import NS_PER_MS, NS_PER_S

CAPABILITIES: Final = ChannelCapabilities(
    input_format=NARROWBAND, output_format=NARROWBAND, lead_ms=200, packet_ms=40, can_transfer=True
)

# Together below the two seconds that a line has to close.
HANG_UP_TIMEOUT_S: Final = 1.3
CLOSE_TIMEOUT_S: Final = 0.5
# While more than this is being caught up with, the other calls get their turn after each message.
CATCHING_UP_MS: Final = 100
MAX_GIBBERISH: Final = 20  # messages in succession that cannot be understood

HangUp = Callable[[], Awaitable[None]]
Transfer = Callable[[Destination, str], Awaitable[None]]

_NORMAL_CLOSURE: Final = 1000
_BAD_PAYLOAD: Final = 1007

_log = logging.getLogger(__name__)


class TelephoneChannel:
    """Implements ``CallerChannel`` over a media socket whose ``MediaStarted`` has come, with ``format_``.

    ``hang_up`` ends the call at the carrier, ``transfer`` puts it through; both raise ``VictoriaError``. The
    socket's ``receive`` may be cancelled and then loses no message. Raises ``ValueError`` if the carrier's
    audio is not at 8 kHz.
    """

    def __init__(
        self,
        messages: MessageChannel,
        protocol: MediaProtocol,
        format_: AudioFormat,
        *,
        hang_up: HangUp,
        transfer: Transfer,
        clock: ClockPort,
    ) -> None:
        if format_.rate != NARROWBAND.rate:
            raise ValueError(f"telephones speak at {NARROWBAND.rate} Hz, not {format_.rate}")
        self._messages = messages
        self._protocol = protocol
        self._decode = decoder_of(format_.encoding)
        self._encode = encoder_of(format_.encoding)
        self._hang_up = hang_up
        self._transfer = transfer
        self._clock = clock
        self._jitter = JitterBuffer(NARROWBAND.rate)
        self._marks = Marks(NARROWBAND)
        self._ready: deque[Incoming] = deque()
        self._patience: asyncio.Timeout | None = None  # of ``receive``, while it waits for the socket
        self._receipt_timer: asyncio.TimerHandle | None = None
        self._left: LineClosed | None = None
        self._is_transferring = False
        self._carrier_knows = False  # that the call is over for us, or will ask
        self._is_closed = False
        self._gibberish = 0
        self._catching_up_ns = 0
        self._received_at = clock.monotonic_ns()

    @property
    def capabilities(self) -> ChannelCapabilities:
        """PCM16 at 8 kHz both ways, with playout reports; callers can be put through."""
        return CAPABILITIES

    # --- what comes in ----------------------------------------------------------------------------

    async def receive(self) -> Incoming:
        """Return the next message of the caller's side, see ``CallerChannel``."""
        while not self._ready:
            if self._left is not None:
                return self._left
            if self._catching_up_ns > CATCHING_UP_MS * NS_PER_MS:
                await asyncio.sleep(0)  # what waits already is received without ever giving way
            try:
                async with asyncio.timeout(None) as self._patience:  # for ``_bring`` to end it
                    message = await self._messages.receive()
            except TimeoutError:
                pass
            else:
                self._take(message)
            finally:
                self._patience = None
        incoming = self._ready.popleft()
        if isinstance(incoming, LineClosed):
            self._left = incoming
            self._ready.clear()
        return incoming

    def tell(self, incoming: Incoming) -> None:
        """Let ``receive`` return what the carrier told elsewhere: who answered, that a transfer failed, that
        the other side has left."""
        if isinstance(incoming, TransferRefused):
            self._is_transferring = False
        elif isinstance(incoming, LineClosed):
            self._carrier_knows = True
        self._bring(incoming)

    def _bring(self, incoming: Incoming) -> None:
        """Let ``receive`` return what does not come from the socket, if need be by waking it."""
        self._ready.append(incoming)
        if self._patience is not None and not self._patience.expired():
            self._patience.reschedule(asyncio.get_running_loop().time())

    def _watch_receipts(self) -> None:
        """See to it that an overdue receipt is noticed, one timer at a time."""
        due = self._marks.overdue_at
        if due is not None and self._receipt_timer is None and not self._is_closed:
            seconds = max(0.0, (due - self._clock.monotonic_ns()) / NS_PER_S)
            self._receipt_timer = asyncio.get_running_loop().call_later(seconds, self._look_for_receipts)

    def _look_for_receipts(self) -> None:
        self._receipt_timer = None
        if (position := self._marks.overdue(self._clock.monotonic_ns())) is not None:
            self._bring(Played(position))
        self._watch_receipts()

    def _take(self, message: str | bytes | None) -> None:
        if message is None:
            self._carrier_knows = True  # it noticed as we did
            self._ready.append(self._gone(EndCause.CONNECTION_LOST))
            return
        try:
            event = self._protocol.parse(message)
        except CallerError as error:
            self._not_understood(error)
            return
        self._gibberish = 0
        if event is not None:
            self._happened(event)

    def _happened(self, event: MediaEvent) -> None:
        match event:
            case MediaReceived():
                self._hear(event)
            case MarkReturned():
                if (position := self._marks.returned(event.name)) is not None:
                    self._ready.append(Played(position))
            case KeyReceived():
                self._ready.append(KeyPress(event.key))
            case MediaStopped():
                self._carrier_knows = True
                self._ready.append(self._gone(EndCause.CALLER_HUNG_UP))
            case MediaStarted():
                pass  # said twice

    def _hear(self, media: MediaReceived) -> None:
        pieces = self._jitter.put(
            self._decode(media.payload), sequence=media.sequence, timestamp_ms=media.timestamp_ms
        )
        now, duration_ns = self._clock.monotonic_ns(), 0
        for piece in pieces:
            frame = AudioFrame(NARROWBAND, piece.pcm)
            duration_ns += frame.duration_ns
            self._ready.append(frame if piece.stamp_ms is None else StampedAudio(frame, piece.stamp_ms))
        self._catching_up_ns = max(0, self._catching_up_ns - (now - self._received_at)) + duration_ns
        self._received_at = now

    def _gone(self, cause: EndCause) -> LineClosed:
        return LineClosed(EndCause.TRANSFERRED if self._is_transferring else cause)

    def _not_understood(self, error: CallerError) -> None:
        """One bad message is the carrier's slip, many are no call."""
        self._gibberish += 1
        if self._gibberish == 1:
            _log.warning("a carrier's message was not understood", extra={"code": error.code})
        if self._gibberish == MAX_GIBBERISH:
            self._ready.append(LineClosed(EndCause.CONNECTION_LOST))

    # --- what goes out ----------------------------------------------------------------------------

    async def send_audio(self, frame: AudioFrame) -> None:
        """Send audio; waits while the carrier does not read."""
        if self._is_closed:
            return
        payload = self._encode(frame.payload)
        mark = self._marks.sent(frame.samples, self._clock.monotonic_ns())
        await self._messages.send(self._protocol.media(payload))
        if mark is not None and not self._is_closed:
            self._watch_receipts()
            await self._messages.send(self._protocol.mark(mark))

    async def flush(self) -> None:
        """Have the carrier drop what it has not played."""
        if not self._is_closed:
            self._marks.cleared(self._clock.monotonic_ns())
            await self._messages.send(self._protocol.clear())

    async def notify(self, notice: Notice) -> None:
        """Do nothing: a telephone has no screen."""

    async def transfer(self, destination: Destination, summary: str) -> None:
        """Put the caller through, see ``CallerChannel``."""
        self._is_transferring = True  # the stream may end before the carrier's answer is here
        try:
            await self._transfer(destination, summary)
        except BaseException:
            self._is_transferring = False
            raise

    # --- the end ----------------------------------------------------------------------------------

    async def close(self, cause: EndCause) -> None:
        """Hang up unless the carrier knows, and close the socket, see ``CallerChannel``."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._receipt_timer is not None:
            self._receipt_timer.cancel()
        try:
            if not (self._carrier_knows or cause is EndCause.TRANSFERRED):
                await self._end_call()
        finally:
            await self._close_socket()

    async def _end_call(self) -> None:
        self._carrier_knows = True
        try:
            async with asyncio.timeout(HANG_UP_TIMEOUT_S):
                await self._hang_up()
        except (VictoriaError, TimeoutError):
            _log.warning("a carrier did not hang up", exc_info=True)  # it will ask, or notice

    async def _close_socket(self) -> None:
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                code = _BAD_PAYLOAD if self._gibberish >= MAX_GIBBERISH else _NORMAL_CLOSURE
                await self._messages.close(code)
        except TimeoutError:
            _log.warning("a carrier's media socket did not close")
