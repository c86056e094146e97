"""A recogniser that fails at an awkward moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

from backend.application.services.call_clock import CallClock
from backend.application.services.inbox import Inbox
from backend.application.services.transcription import Transcription
from backend.domain.conversation.events import Event, TranscriptionFailed, TranscriptSettled
from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import SttEvent, SttRequest
from backend.domain.value_objects.language import ENGLISH
from tests.support.scripted import ScriptedStt, ScriptedSttStream
from tests.support.virtual_time import LoopClock, run_virtual


class BreakingStt(ScriptedStt):
    """Breaks off at once; ``then`` is what the loop does next."""

    then: Callable[[], None]

    async def open(self, request: SttRequest) -> BreakingStream:
        self.opened += 1
        self.running += 1
        return BreakingStream(self)


class BreakingStream(ScriptedSttStream):
    def __init__(self, stt: BreakingStt) -> None:
        super().__init__(stt)
        self._then = stt.then

    async def events(self) -> AsyncGenerator[SttEvent, None]:
        asyncio.get_running_loop().call_soon(self._then)
        for event in self._broken():
            yield event

    def _broken(self) -> list[SttEvent]:
        raise ProviderError("scripted", "the socket broke", code="stt-broke")


def test_an_utterance_that_ends_while_a_broken_recogniser_is_closed_settles_at_once() -> None:
    stt = BreakingStt([])

    async def main() -> list[Event]:
        clock = CallClock(LoopClock())
        inbox = Inbox(clock)
        transcription = Transcription(
            stt, SttRequest(ENGLISH), clock=clock, inbox=inbox, tell=lambda trouble: None
        )
        stt.then = lambda: transcription.finalize(1)
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(transcription.run())
            events = [await inbox.next(None), await inbox.next(None)]
            listening.cancel()
        return events

    failed, settled = run_virtual(main())
    assert isinstance(failed, TranscriptionFailed)
    assert isinstance(settled, TranscriptSettled)
    assert settled.utterance == 1
    assert stt.running == 0
