"""The caller's ears: who is given which audio."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from backend.application.services.call_clock import CallClock
from backend.application.services.hearing import Hearing
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


def fed(format_: AudioFormat, frame: AudioFrame) -> list[AudioFrame]:
    """Return what the recogniser gets of ``frame`` from a line with this format."""
    stt = AttentiveStt([])

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
            hearing.accept(frame, ms(20))
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
