"""A recogniser for which nobody stands in is opened again, but not for ever."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.application.services.engine_failures import EngineFailure, EngineFailures
from backend.application.services.fallback.chain import Link
from backend.application.services.fallback.fallback_stt import FallbackStt
from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import (
    SttRequest,
)
from backend.domain.value_objects.language import ENGLISH
from tests.support.fallback_ears import UTTERANCES, check, converse, fallback
from tests.support.level_stt import FRAME_MS, FRAMES_PER_WORD, LevelStt
from tests.support.scripted import ScriptedStt
from tests.support.virtual_time import run_virtual


@settings(max_examples=200, deadline=None)
@given(
    only=st.builds(
        LevelStt,
        segment=st.integers(1, 6),
        final_ms=st.integers(1, 400),
        dies_after_ms=st.integers(0, 5_000),
        deaths=st.just(1),
        speech_only=st.booleans(),
    ),
    utterances=UTTERANCES,
)
def test_a_recogniser_that_is_alone_loses_no_word_when_its_socket_dies(
    only: LevelStt, utterances: list[list[int]]
) -> None:
    check(converse(fallback(only), utterances), utterances)
    assert only.running == 0


def test_a_recogniser_that_is_alone_may_die_again_when_it_has_given_something() -> None:
    only = LevelStt(dies_after_ms=900, deaths=6, segment=2)
    words = [[1, 2, 3, 4]] * 8
    check(converse(fallback(only), words), words)
    assert only.opened == 7


def test_a_recogniser_that_is_alone_and_dies_at_once_each_time_is_given_up() -> None:
    only = LevelStt(dies_after_ms=0)
    with pytest.raises(ExceptionGroup):
        converse(fallback(only), [[1]])
    assert only.opened == 2


def test_a_lone_engine_that_could_not_be_opened_is_tried_only_once_the_next_time() -> None:
    flaky = ScriptedStt([], refusals=4)
    stt = FallbackStt([Link("flaky", flaky)])

    async def main() -> list[int]:
        opened: list[int] = []
        for _ in range(3):
            with pytest.raises(ProviderError):
                await stt.open(SttRequest(ENGLISH))
            opened.append(flaky.opened)
        await (await stt.open(SttRequest(ENGLISH))).aclose()
        return opened

    assert run_virtual(main()) == [2, 3, 4]


def test_a_far_recogniser_that_is_alone_and_falls_silent_is_opened_again_in_time_and_told() -> None:
    told: list[EngineFailure] = []
    failures = EngineFailures()
    failures.listen(told.append)
    only = LevelStt(dies_after_ms=10, hangs=True, deaths=1, local=False)
    heard = converse(FallbackStt([Link("only", only)], failures=failures), [[1, 2, 3, 4]])
    check(heard, [[1, 2, 3, 4]])
    assert heard.settled_at[0] - 4 * FRAMES_PER_WORD * FRAME_MS / 1_000 < 2.5
    assert told == [EngineFailure("stt", "only", "stt-timeout", "only")]


def test_a_far_recogniser_that_is_alone_and_stays_silent_is_given_up() -> None:
    only = LevelStt(dies_after_ms=10, hangs=True, local=False)
    with pytest.raises(ExceptionGroup) as caught:
        converse(fallback(only), [[1, 2]])
    error = caught.value.exceptions[0]
    assert isinstance(error, ProviderError)
    assert (error.code, error.retryable, only.opened) == ("stt-timeout", True, 2)


def test_a_recogniser_of_this_machine_that_is_alone_may_be_as_slow_as_it_is() -> None:
    only = LevelStt(final_ms=4_000)
    check(converse(fallback(only), [[1, 2, 3]]), [[1, 2, 3]])
    assert only.opened == 1
