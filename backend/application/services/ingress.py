"""What comes in from the line: audio to the ears and the recording, all else to whom it concerns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from backend.application.services.call_clock import CallClock
from backend.application.services.egress import Egress
from backend.application.services.hearing import Hearing
from backend.application.services.inbox import Inbox
from backend.application.services.line_watch import LineWatch
from backend.domain.conversation.events import (
    AnswererDetected,
    CallerLeft,
    Event,
    KeyPressed,
    TextTyped,
    TransferFailed,
)
from backend.domain.ports.channel_port import (
    AnsweredBy,
    CallerChannel,
    KeyPress,
    LineClosed,
    Played,
    StampedAudio,
    TransferRefused,
    Typed,
)
from backend.domain.value_objects.audio import AudioFrame
from backend.domain.value_objects.instant import Instant

AudioSink = Callable[[NDArray[np.int16], Instant, int | None], None]


class Ingress:
    """The only reader of the line. ``record`` is given what the caller said (PCM16), when it came, and when
    it began in milliseconds of the sender's clock, if the sender has one.

    Ears go by when audio comes: they answer what they hear. Where it belongs matters to the recording alone.
    """

    def __init__(
        self,
        channel: CallerChannel,
        *,
        hearing: Hearing,
        egress: Egress,
        watch: LineWatch,
        record: AudioSink,
        clock: CallClock,
        inbox: Inbox,
    ) -> None:
        self._channel = channel
        self._hearing = hearing
        self._egress = egress
        self._watch = watch
        self._record = record
        self._clock = clock
        self._inbox = inbox

    async def run(self) -> None:
        """Read until the line is closed, or cancelled."""
        while True:
            message = await self._channel.receive()
            now = self._clock.now()
            match message:
                case AudioFrame():
                    self._heard(message, now, None)
                case StampedAudio():
                    self._heard(message.frame, now, message.stamp_ms)
                case Played():
                    self._egress.played(message.position)
                case LineClosed():
                    self._inbox.put(CallerLeft(now, message.cause))
                    return
                case _:
                    self._inbox.put(_event_of(message, now))

    def _heard(self, frame: AudioFrame, now: Instant, stamp_ms: int | None) -> None:
        self._watch.audio_came(now)
        self._record(np.frombuffer(frame.payload, np.int16), now, stamp_ms)
        self._hearing.accept(frame, now)


def _event_of(message: Typed | KeyPress | AnsweredBy | TransferRefused, now: Instant) -> Event:
    match message:
        case Typed():
            return TextTyped(now, message.text)
        case KeyPress():
            return KeyPressed(now, message.key)
        case AnsweredBy():
            return AnswererDetected(now, message.answerer, message.greeting_is_over)
        case TransferRefused():
            return TransferFailed(now, message.code)
