"""Every millisecond explained: the segments sum to what the caller felt."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.entities.agent import LatencyOptions
from backend.domain.value_objects.policies import Endpointing
from tests.support.calls import Stage, agent, manners
from tests.support.scripted import Say, ScriptedLlm, ScriptedStt, ScriptedTts

PLAIN = agent(
    turn_taking=manners(endpointing=Endpointing(adaptive=False)),
    latency=LatencyOptions(speculative_replies=False),
)
EAGER = agent()


@settings(max_examples=40, deadline=None)
@given(
    final_ms=st.integers(0, 2_000),
    ttft_ms=st.integers(0, 3_000),
    ms_per_word=st.integers(0, 200),
    ttfb_ms=st.integers(0, 900),
    spoken_ms=st.integers(20, 100).map(lambda frames: frames * 20),
    reports=st.booleans(),
    is_eager=st.booleans(),
)
def test_the_segments_sum_to_what_the_line_measured(
    final_ms: int, ttft_ms: int, ms_per_word: int, ttfb_ms: int, spoken_ms: int, reports: bool, is_eager: bool
) -> None:
    stage = Stage(
        agent=EAGER if is_eager else PLAIN,
        stt=ScriptedStt(["What are your opening hours?"], final_ms=final_ms),
        llm=ScriptedLlm([Say("We open at nine.", ttft_ms=ttft_ms, ms_per_word=ms_per_word)]),
        tts=ScriptedTts(ttfb_ms=ttfb_ms),
        reports=reports,
    )

    async def caller(stage: Stage) -> None:
        await stage.until_answered()
        await stage.say(spoken_ms)
        await stage.until_answered()
        stage.hang_up()

    stage.play(caller)

    (latency,) = stage.latencies
    stopped = stage.spoken[0][1]
    felt_ms = 1_000 * (next(began for began, _ in stage.line.played if began > stopped) - stopped)
    assert latency.voice_to_voice_ms == pytest.approx(felt_ms, abs=25)
    if is_eager:
        return  # what was done while the caller paused is in no segment
    assert latency.pause_ms == pytest.approx(480, abs=10)
    if felt_ms < 2_200:  # without a filler, each segment is its engine's
        assert latency.transcript_ms == pytest.approx(max(0, final_ms + 200 - 480), abs=60)
        assert latency.first_token_ms == pytest.approx(ttft_ms, abs=1)
        assert latency.first_clause_ms == pytest.approx(3 * ms_per_word, abs=1)
        assert latency.first_audio_ms == pytest.approx(ttfb_ms, abs=1)
