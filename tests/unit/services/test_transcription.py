"""A recogniser that fails at an awkward moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

import pytest

from backend.application.services.call_clock import CallClock
from backend.application.services.inbox import Inbox
from backend.application.services.transcription import MISSED_MS, RETRY_S, Transcription
from backend.domain.conversation.events import (
    Event,
    FinalTranscript,
    TranscriptionFailed,
    TranscriptSettled,
)
from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import SttEvent, SttRequest
from backend.domain.value_objects.language import ENGLISH
from tests.support.level_stt import FRAME_MS, LevelStream, LevelStt, spoken
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


def heard(stt: LevelStt, words: list[int], *, pause_after: int = 0, begins_s: float = 0) -> list[str]:
    """Return the final words of somebody who says ``words``, in two utterances if there is a pause after some
    of them."""

    async def main() -> list[str]:
        clock = CallClock(LoopClock())
        inbox = Inbox(clock)
        transcription = Transcription(
            stt, SttRequest(ENGLISH), clock=clock, inbox=inbox, tell=lambda trouble: None
        )
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(transcription.run())
            await asyncio.sleep(begins_s)
            for number, word in enumerate(words, start=1):
                for frame in spoken(word):
                    transcription.feed(frame)
                    await asyncio.sleep(FRAME_MS / 1_000)
                if number == pause_after:
                    transcription.finalize(1)
            transcription.finalize(2)
            await asyncio.sleep(1)
            listening.cancel()
        finals: list[str] = []
        while (event := inbox.next_now()) is not None:
            finals += event.text.split() if isinstance(event, FinalTranscript) else ()
        return finals

    return run_virtual(main())


def test_what_is_said_before_a_recogniser_is_open_is_heard() -> None:
    words = [1, 2, 3, 4]
    assert heard(LevelStt(opens_after_ms=350), words) == list(map(str, words))


def test_what_is_said_after_one_recogniser_has_failed_is_heard_by_the_next() -> None:
    stt = LevelStt(dies_after_ms=50, deaths=1)
    assert heard(stt, [1, 2, 3, 4], begins_s=0.1) == ["1", "2", "3", "4"]
    assert stt.opened == 2


def test_of_an_utterance_that_has_words_already_the_next_recogniser_hears_only_what_comes() -> None:
    """The first one fails in the middle of the fifth word, the next one is open 250 ms later."""
    assert heard(LevelStt(dies_after_ms=440, deaths=1), [1, 2, 3, 4, 5, 6, 7, 8, 9]) == [
        "1",
        "2",
        "3",
        "8",
        "9",
    ]


def test_what_has_settled_without_a_recogniser_is_not_heard_later() -> None:
    assert heard(LevelStt(opens_after_ms=500), [1, 2, 3, 4, 5, 6, 7], pause_after=3) == ["4", "5", "6", "7"]


class LateStt(LevelStt):
    """Cannot be opened for the first nine seconds."""

    async def open(self, request: SttRequest) -> LevelStream:
        if asyncio.get_running_loop().time() < 9:
            raise ProviderError("level", "not yet", code="stt-refused")
        return await super().open(request)


def test_no_more_waits_for_a_recogniser_than_it_takes_at_once() -> None:
    """It is asked for the last time after 13.25 s, and the caller speaks for 15 s."""
    stt = LateStt()
    assert sum(RETRY_S) + RETRY_S[-1] == 13.25
    heard(stt, [1] * 150)
    assert stt.fed_ms == [pytest.approx(MISSED_MS + 15_000 - 13_250, abs=FRAME_MS)]
