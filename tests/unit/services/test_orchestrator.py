"""What an orchestrator does at its edges: refuse a line, tell observers, survive its own rules."""

from __future__ import annotations

import asyncio

import pytest

from backend.application.services.call_orchestrator import CallOrchestrator
from backend.application.services.call_services import Engines, Keeping
from backend.domain.entities.call import Call, CallStatus, Direction, EndCause
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.errors import UnexpectedEventError
from backend.domain.ports.channel_port import ChannelCapabilities
from backend.domain.ports.clip_port import Clip
from backend.domain.ports.stt_port import SttRequest
from backend.domain.value_objects.audio import MULAW_8K, NARROWBAND, WIDEBAND, AudioFormat, AudioFrame
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.engine_names import EngineNames
from backend.domain.value_objects.language import Language
from tests.support.calls import AGENT, Stage, agent
from tests.support.keeping import MemoryLog, MemoryRecordings
from tests.support.line import MemoryLine
from tests.support.scripted import (
    EnergyVad,
    Say,
    ScriptedClips,
    ScriptedLlm,
    ScriptedStt,
    ScriptedSttStream,
    ScriptedTts,
    TtsTrouble,
)
from tests.support.virtual_time import LoopClock, run_virtual


class Watcher:
    """A ``CallObserver`` that remembers."""

    def __init__(self) -> None:
        self.seen: list[object] = []

    def call_started(self, call: Call) -> None:
        self.seen.append(call.status)

    def entry_appended(self, call: Call, entry: TimelineEntry) -> None:
        self.seen.append(entry.seq)

    def call_ended(self, call: Call) -> None:
        self.seen.append(call.end_cause)


def orchestrator(
    line: MemoryLine,
    *observers: Watcher,
    vad: EnergyVad | None = None,
    log: MemoryLog | None = None,
    names: EngineNames | None = None,
) -> CallOrchestrator:
    stt, llm, tts = ScriptedStt([]), ScriptedLlm([Say("Yes.")]), ScriptedTts()
    return CallOrchestrator(
        Call(CallId("e" * 32), AGENT, Direction.BROWSER, started_at=0),
        line,
        engines=Engines(vad or EnergyVad(), stt, llm, tts, names=names),
        clips=ScriptedClips(),
        keeping=Keeping(log or MemoryLog(), MemoryRecordings(), observers),
        clock=LoopClock(),
    )


@pytest.mark.parametrize(
    "formats", [(NARROWBAND, WIDEBAND), (MULAW_8K, MULAW_8K)], ids=["two rates", "not PCM16"]
)
def test_a_line_that_no_call_can_be_held_on_is_refused(formats: tuple[AudioFormat, AudioFormat]) -> None:
    async def main() -> None:
        line = MemoryLine()
        line.capabilities = ChannelCapabilities(*formats)
        with pytest.raises(ValueError, match="a line"):
            orchestrator(line)

    run_virtual(main())


def test_whoever_watches_sees_the_whole_call() -> None:
    watcher = Watcher()

    async def main() -> None:
        line = MemoryLine()
        line.leave(EndCause.CALLER_HUNG_UP)
        await orchestrator(line, watcher).run()

    run_virtual(main())

    status, *entries, cause = watcher.seen
    assert (status, cause) == (CallStatus.LIVE, EndCause.CALLER_HUNG_UP)
    assert entries == list(range(1, len(entries) + 1))


def test_the_engines_that_a_call_begins_with_are_kept() -> None:
    log, names = MemoryLog(), EngineNames(stt="ears", llm="mind", tts="voice", vad="energy")

    async def main() -> Call:
        line = MemoryLine()
        line.leave(EndCause.CALLER_HUNG_UP)
        return await orchestrator(line, log=log, names=names).run()

    assert log.engines == {run_virtual(main()).id: names}


def test_a_call_whose_end_was_asked_for_before_it_began_ends() -> None:
    async def main() -> Call:
        call = orchestrator(MemoryLine())
        call.hang_up(EndCause.REQUESTED)
        return await call.run()

    assert run_virtual(main()).end_cause is EndCause.REQUESTED


def test_a_long_answer_is_spoken_only_so_far_ahead() -> None:
    text = "This is a very long sentence that never comes to its end. " * 30
    stage = Stage(agent=agent(first_message=text.strip()[:1_000]), tts=ScriptedTts(speed=1_000))

    async def caller(stage: Stage) -> None:
        await asyncio.sleep(2)
        ahead_ms = len(stage.tts.voiced) * stage.tts.ms_per_character - 2_000
        assert 6_000 < ahead_ms < 8_000 + 60 * stage.tts.ms_per_character
        stage.hang_up()

    assert stage.play(caller).end_cause is EndCause.CALLER_HUNG_UP


class NoClips:
    """A ``ClipPort`` without any recording."""

    def find(self, clip: Clip, language: Language, format_: AudioFormat) -> AudioFrame | None:
        return None


def test_an_agent_with_neither_voice_nor_recordings_ends_the_call() -> None:
    stage = Stage(tts=ScriptedTts(troubles={"": TtsTrouble.FAILS_AT_ONCE}), clips=NoClips())

    async def caller(stage: Stage) -> None:
        await asyncio.Event().wait()

    call = stage.play(caller)

    assert (call.status, call.end_cause) == (CallStatus.FAILED, EndCause.ENGINES_FAILED)


class LyingStt(ScriptedStt):
    """Settles utterances that nobody has spoken."""

    async def open(self, request: SttRequest) -> ScriptedSttStream:
        stream = await super().open(request)
        stream.finalize(99)
        return stream


def test_an_engine_that_says_the_impossible_ends_its_call() -> None:
    stage = Stage(stt=LyingStt([]))

    async def caller(stage: Stage) -> None:
        await asyncio.Event().wait()

    async def main() -> BaseException | None:
        running = asyncio.ensure_future(stage.run(caller))
        await asyncio.wait({running})
        return running.exception()

    raised = run_virtual(main())

    assert isinstance(raised, ExceptionGroup)
    assert raised.subgroup(UnexpectedEventError) is not None
    assert stage.log.calls[stage.call_id].end_cause is EndCause.INTERNAL_ERROR
    assert stage.line.closed is EndCause.INTERNAL_ERROR
    assert stage.still_running == 0


class BuggyWatcher(Watcher):
    """An observer that does not survive a call's first moment."""

    def call_started(self, call: Call) -> None:
        raise RuntimeError("a bug")


def test_an_observer_that_breaks_at_the_beginning_leaves_no_call_behind() -> None:
    vad, line = EnergyVad(), MemoryLine()

    async def main() -> None:
        with pytest.raises(RuntimeError, match="a bug"):
            await orchestrator(line, BuggyWatcher(), vad=vad).run()

    run_virtual(main())

    assert line.closed is EndCause.INTERNAL_ERROR
    assert vad.running == 0
