"""The caller's ears: who is given which audio."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import numpy as np

from backend.application.processors.resampler import Resampler
from backend.application.services.call_clock import CallClock
from backend.application.services.hearing import PRE_ROLL_MS, Hearing
from backend.application.services.inbox import Inbox
from backend.application.services.transcription import Transcription
from backend.domain.ports.stt_port import SttRequest
from backend.domain.value_objects.audio import NARROWBAND, WIDEBAND, AudioFormat, AudioFrame
from backend.domain.value_objects.instant import ms
from backend.domain.value_objects.language import ENGLISH
from tests.support.scripted import EnergyVad, ScriptedStt, ScriptedSttStream, tone
from tests.support.virtual_time import LoopClock, run_virtual


@dataclass
class AttentiveStt(ScriptedStt):
    """Wants all audio and remembers what it was fed."""

    speech_only: bool = False
    fed: list[AudioFrame] = field(default_factory=list)

    async def open(self, request: SttRequest) -> AttentiveStream:
        return AttentiveStream(self)


class AttentiveStream(ScriptedSttStream):
    def __init__(self, stt: AttentiveStt) -> None:
        super().__init__(stt)
        self._fed = stt.fed

    def feed(self, frame: AudioFrame) -> None:
        self._fed.append(frame)


def fed(format_: AudioFormat, *frames: AudioFrame, speech_only: bool = False) -> list[AudioFrame]:
    """Return what the recogniser gets of ``frames`` from a line with this format."""
    stt = AttentiveStt([], speech_only=speech_only)

    async def main() -> None:
        clock = CallClock(LoopClock())
        inbox = Inbox(clock)
        transcription = Transcription(
            stt, SttRequest(ENGLISH), clock=clock, inbox=inbox, tell=lambda trouble: None
        )
        hearing = Hearing(
            format_.rate, vad=EnergyVad(), transcription=transcription, clock=clock, inbox=inbox
        )
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(transcription.run())
            await asyncio.sleep(0)
            for number, frame in enumerate(frames, 1):
                hearing.accept(frame, ms(20 * number))
            listening.cancel()
        hearing.close()

    run_virtual(main())
    return stt.fed


def test_a_line_at_the_recognisers_own_rate_is_passed_through_uncopied() -> None:
    frame = tone(WIDEBAND, 20)

    (heard,) = fed(WIDEBAND, frame)

    assert heard is frame


def test_a_telephones_audio_is_brought_to_the_recognisers_rate() -> None:
    (heard,) = fed(NARROWBAND, tone(NARROWBAND, 200))

    assert heard.format == WIDEBAND
    assert 195 * 16 <= heard.samples <= 200 * 16


def test_a_recogniser_of_speech_hears_a_telephone_from_shortly_before_the_speech_and_without_a_seam() -> None:
    speech = np.frombuffer(tone(NARROWBAND, 600).payload, np.int16)
    line = np.concatenate([np.arange(8_000, dtype=np.int16) % 50, speech])  # a murmur that can be told apart
    frames = [AudioFrame(NARROWBAND, line[at : at + 160].tobytes()) for at in range(0, len(line), 160)]

    heard = fed(NARROWBAND, *frames, speech_only=True)

    audio = np.concatenate([np.frombuffer(frame.payload, np.int16) for frame in heard])
    whole = Resampler(8_000, 16_000).process(line)[-len(audio) :]
    assert PRE_ROLL_MS - 3 <= heard[0].samples / 16 <= PRE_ROLL_MS
    assert 600 < len(audio) / 16 < 600 + PRE_ROLL_MS
    ragged = 64  # the filter has nothing before its first sample
    assert np.array_equal(audio[ragged:], whole[ragged:])
