"""Recognition goes on with another engine, and the conversation does not notice."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.application.services.engine_failures import EngineFailure, EngineFailures
from backend.application.services.fallback.chain import REST_MS, Link
from backend.application.services.fallback.fallback_stt import FallbackStt
from backend.application.services.fallback.unsettled import REPLAY_MS, Unsettled
from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import (
    SttFinal,
    SttPort,
    SttRequest,
)
from backend.domain.value_objects.audio import WIDEBAND, AudioFrame
from backend.domain.value_objects.language import ENGLISH, SPANISH
from tests.support.fallback_ears import UTTERANCES, Heard, check, converse, fallback
from tests.support.level_stt import FRAME_MS, FRAMES_PER_WORD, LevelStt
from tests.support.scripted import ScriptedStt
from tests.support.virtual_time import run_virtual

SILENCE = AudioFrame(WIDEBAND, bytes(WIDEBAND.bytes_in(FRAME_MS)))


dying = st.builds(
    LevelStt,
    segment=st.integers(1, 6),
    final_ms=st.integers(1, 400),
    dies_after_ms=st.integers(0, 5_000),
    hangs=st.booleans(),
    refuses=st.booleans(),
    opens_after_ms=st.sampled_from([0, 300, 9_000]),
    speech_only=st.booleans(),
)
living = st.builds(LevelStt, segment=st.integers(1, 6), final_ms=st.integers(1, 400))


@settings(max_examples=300, deadline=None)
@given(engines=st.lists(dying, min_size=1, max_size=3), last=living, utterances=UTTERANCES)
def test_no_word_is_lost_or_doubled_whenever_engines_fail(
    engines: list[LevelStt], last: LevelStt, utterances: list[list[int]]
) -> None:
    check(converse(fallback(*engines, last), utterances, wait_s=20), utterances)

    assert last.running == 0
    assert all(engine.running == 0 for engine in engines)


@pytest.mark.parametrize(("dies_after_ms", "opened"), [(300, 2), (500, 1)])
def test_a_stream_that_dies_at_once_is_opened_again_before_the_next_engine_is_asked(
    dies_after_ms: int, opened: int
) -> None:
    first, second = LevelStt(dies_after_ms=dies_after_ms, deaths=1), LevelStt()

    async def main() -> None:
        stream = await fallback(first, second).open(SttRequest(ENGLISH))
        async with asyncio.TaskGroup() as group:
            group.create_task(Heard().listen(stream))
            await asyncio.sleep(1)
            await stream.aclose()

    run_virtual(main())
    assert (first.opened, second.opened) == (opened, 2 - opened)


def test_an_engine_that_cannot_be_opened_is_tried_once_more() -> None:
    flaky, second = ScriptedStt([], refusals=1), LevelStt()
    links: list[Link[SttPort]] = [Link("flaky", flaky), Link("second", second)]

    async def main() -> None:
        await (await FallbackStt(links).open(SttRequest(ENGLISH))).aclose()
        await (await FallbackStt(links[:1]).open(SttRequest(ENGLISH))).aclose()

    run_virtual(main())
    assert (flaky.opened, second.opened) == (3, 0)


def test_every_failure_is_told_with_who_is_asked_next() -> None:
    told: list[EngineFailure] = []
    failures = EngineFailures()
    failures.listen(told.append)
    links: list[Link[SttPort]] = [
        Link("first", ScriptedStt([], refusals=9)),
        Link("second", LevelStt(dies_after_ms=1_000, deaths=1)),
    ]
    assert converse(FallbackStt(links, failures=failures), [[1, 2]]).settled == [1]
    assert told == [
        EngineFailure("stt", "first", "stt-refused", "first"),
        EngineFailure("stt", "first", "stt-refused", "second"),
        EngineFailure("stt", "second", "stt-broke", "second"),
    ]


def test_the_language_that_was_heard_is_passed_on() -> None:
    unsettled = Unsettled()
    assert unsettled.receive(SttFinal("hola", SPANISH)) == SttFinal("hola", SPANISH)


def test_words_given_before_the_switch_are_not_given_again() -> None:
    first, second = LevelStt(dies_after_ms=1_050), LevelStt()
    words = [[7, 7, 8, 9, 9, 9, 1, 2, 3, 4, 5]]
    check(converse(fallback(first, second), words), words)
    assert (first.opened, second.opened) == (1, 1)


def test_final_words_that_do_not_come_are_asked_from_the_next_engine_in_time() -> None:
    heard = converse(fallback(LevelStt(dies_after_ms=10, hangs=True), LevelStt()), [[1, 2, 3, 4]])
    check(heard, [[1, 2, 3, 4]])
    assert heard.settled_at[0] - 4 * FRAMES_PER_WORD * FRAME_MS / 1_000 < 2.5


def test_the_audio_that_is_kept_is_bounded_and_what_it_holds_is_recognised() -> None:
    words = [list(range(1, 200))]  # 20 s
    second = LevelStt(segment=50)
    heard = converse(fallback(LevelStt(dies_after_ms=19_000), second), words)
    check(heard, words)
    assert second.fed_ms[0] <= REPLAY_MS + 1_000


def test_the_stand_in_stays_for_the_rest_of_the_stream() -> None:
    first, second = LevelStt(dies_after_ms=300), LevelStt()
    words = [[1, 2, 3]] * 30
    check(converse(fallback(first, second), words), words)
    assert (first.opened, second.opened) == (1, 1)


def test_when_none_is_left_the_last_error_is_told() -> None:
    engines = [LevelStt(dies_after_ms=100), LevelStt(dies_after_ms=100)]
    with pytest.raises(ExceptionGroup) as caught:
        converse(fallback(*engines), [[1, 2, 3, 4, 5]])
    assert isinstance(caught.value.exceptions[0], ProviderError)
    assert [engine.opened for engine in engines] == [1, 2]


def test_if_none_can_be_opened_opening_fails_for_good() -> None:
    with pytest.raises(ProviderError) as caught:
        converse(fallback(LevelStt(refuses=True), LevelStt(refuses=True)), [[1]])
    assert not caught.value.retryable


def test_a_stand_in_that_refuses_for_good_does_not_speak_for_an_engine_that_may_come_back() -> None:
    stt = fallback(LevelStt(dies_after_ms=100), LevelStt(refuses=True))

    async def main() -> None:
        stream = await stt.open(SttRequest(ENGLISH))
        with pytest.raises(ProviderError) as broke:
            await Heard().listen(stream)
        with pytest.raises(ProviderError) as refused:
            await stt.open(SttRequest(ENGLISH))  # the first one rests
        assert broke.value.retryable
        assert refused.value.retryable
        await asyncio.sleep(REST_MS / 1_000)
        await (await stt.open(SttRequest(ENGLISH))).aclose()

    run_virtual(main())


@pytest.mark.parametrize("at_s", [0.0, 0.2, 0.35, 0.7])
def test_closing_ends_it_at_any_time_and_leaves_nothing(at_s: float) -> None:
    """At 0.35 s the first engine is about to be opened again."""
    engines = [LevelStt(dies_after_ms=300), LevelStt(opens_after_ms=100, dies_after_ms=250), LevelStt()]

    async def main() -> None:
        stream = await fallback(*engines).open(SttRequest(ENGLISH))
        async with asyncio.timeout(at_s + 0.01), asyncio.TaskGroup() as group:
            group.create_task(Heard().listen(stream))
            await asyncio.sleep(at_s)
            await stream.aclose()
            await stream.aclose()
        stream.feed(SILENCE)
        stream.finalize(1)
        assert [event async for event in stream.events()] == []

    run_virtual(main())
    assert [engine.running for engine in engines] == [0, 0, 0]


@pytest.mark.parametrize("at_s", [0.0, 0.2, 0.35, 0.7])
def test_a_listener_that_is_cancelled_leaves_nothing_after_closing(at_s: float) -> None:
    engines = [LevelStt(dies_after_ms=300), LevelStt(opens_after_ms=100, dies_after_ms=250), LevelStt()]

    async def main() -> None:
        stream = await fallback(*engines).open(SttRequest(ENGLISH))
        listening = asyncio.ensure_future(Heard().listen(stream))
        await asyncio.sleep(at_s)
        listening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await listening
        await stream.aclose()

    run_virtual(main())
    assert [engine.running for engine in engines] == [0, 0, 0]


def test_engines_that_want_all_audio_get_silence_between_the_speech_of_a_mixed_chain() -> None:
    everything, speech_only = LevelStt(speech_only=False), LevelStt()
    stt = fallback(everything, speech_only)
    assert stt.capabilities.speech_only

    check(converse(stt, [[1, 2], [3]], wait_s=10), [[1, 2], [3]])

    lasted_ms = 3 * FRAMES_PER_WORD * FRAME_MS + 1_000 + 10_000
    assert lasted_ms - 1_000 < everything.fed_ms[0] <= lasted_ms


def test_a_chain_of_engines_that_want_all_audio_wants_all_audio() -> None:
    everything = LevelStt(speech_only=False, dies_after_ms=500)
    stt = fallback(everything, LevelStt(speech_only=False))
    assert not stt.capabilities.speech_only
    check(converse(stt, [[1, 2]]), [[1, 2]])
    assert everything.fed_ms[0] == 2 * FRAMES_PER_WORD * FRAME_MS


def test_a_chain_promises_what_all_keep_and_knows_what_any_knows() -> None:
    capabilities = fallback(LevelStt(local=False), LevelStt()).capabilities
    assert not capabilities.local
    assert capabilities.partials
    assert capabilities.languages == {"en"}
