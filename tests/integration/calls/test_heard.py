"""One truth of what the caller heard: transcript, model and recording agree with the caller's speaker."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from backend.domain.value_objects.audio import WIDEBAND
from backend.domain.value_objects.conversation_turn import Role
from tests.support.calls import Stage, agent
from tests.support.scripted import Say, ScriptedLlm, ScriptedStt, ScriptedTts

STORY = (
    "Once upon a time there was a telephone, and it rang. Nobody answered it, for nobody was at home. "
    "It rang again, and again. Then it stopped."
)
SLACK_S = 0.020


@settings(max_examples=40, deadline=None)
@given(
    after_ms=st.integers(0, 7_000),
    word_timestamps=st.booleans(),
    speed=st.sampled_from([0.7, 1.5, 8.0]),
    reports=st.booleans(),
)
@example(after_ms=0, word_timestamps=True, speed=8.0, reports=True)
@example(after_ms=401, word_timestamps=False, speed=1.5, reports=False)
def test_what_is_kept_of_an_interrupted_reply_is_what_the_speaker_played(
    after_ms: int, word_timestamps: bool, speed: float, reports: bool
) -> None:
    stage = Stage(
        agent=agent(first_message=""),
        stt=ScriptedStt(["Tell me a story.", "Stop it please."]),
        llm=ScriptedLlm([Say(STORY), Say("As you wish.")]),
        tts=ScriptedTts(word_timestamps=word_timestamps, speed=speed),
        reports=reports,
    )

    async def caller(stage: Stage) -> None:
        await stage.say(900)
        await stage.until("playout_started")
        await asyncio.sleep(after_ms / 1_000)
        await stage.say(900)
        await stage.until_answered()
        stage.hang_up()

    stage.play(caller)

    story = next(turn for turn in stage.turns if turn.role is Role.AGENT)
    assert story.content.startswith("Once") or story.content.startswith("As")
    heard = story.heard if story.content.startswith("Once") else ""
    assert STORY.startswith(heard.strip())
    # How long a clause without timings will last can only be guessed from its text until all of it is made,
    # which at little more than the speed of speech takes most of it.
    slack_words = 1 if word_timestamps or speed > 2 else 3
    really = [word for word in stage.words_played if word in STORY.split()]
    assert abs(len(heard.split()) - len(really)) <= slack_words
    told = [message.content for message in stage.llm.requests[-1].messages if message.role == "assistant"]
    assert told == ([heard] if heard else [])
    _assert_the_recording_is_true(stage)


def test_a_word_that_was_begun_again_is_remembered_once() -> None:
    stage = Stage(
        agent=agent(first_message=STORY),
        stt=ScriptedStt(["uh-huh", "Stop it please."]),
        llm=ScriptedLlm([Say("As you wish.")]),
    )

    async def caller(stage: Stage) -> None:
        await stage.until_heard("telephone")
        await stage.say(400)
        await stage.until_heard("Nobody answered i")
        await stage.say(900)
        await stage.until_answered()
        stage.hang_up()

    stage.play(caller)

    assert stage.turns[0].heard == "Once upon a time there was a telephone, and it rang. Nobody answered"
    _assert_the_recording_is_true(stage)


def test_a_reply_that_was_interrupted_while_it_was_held_keeps_every_word_that_was_heard() -> None:
    """Timings that are no whole number of samples must not cost the last word."""
    stage = Stage(
        agent=agent(first_message=STORY),
        stt=ScriptedStt(["Stop it please."], partials=False),
        tts=ScriptedTts(ms_per_character=33.33),
    )

    async def caller(stage: Stage) -> None:
        await stage.until_heard("upon a time the")
        await stage.say(900)
        await stage.until_answered()
        stage.hang_up()

    stage.play(caller)

    assert stage.turns[0].heard == "Once upon a time"


def test_the_recording_holds_all_of_a_call_without_a_word() -> None:
    stage = Stage(agent=agent(first_message=""))

    async def caller(stage: Stage) -> None:
        await asyncio.sleep(6.6667)
        stage.hang_up()

    stage.play(caller)

    _assert_the_recording_is_true(stage)


def _assert_the_recording_is_true(stage: Stage) -> None:
    audio = stage.recordings.samples(stage.call_id)
    duration_ms = stage.log.calls[stage.call_id].duration_ms
    assert duration_ms is not None
    assert len(audio) == duration_ms * WIDEBAND.rate // 1_000
    spoken = _stretches(audio[:, 0])
    assert len(spoken) == len(stage.spoken)
    for recorded, real in zip(spoken, stage.spoken, strict=True):
        assert recorded == pytest.approx(real, abs=SLACK_S)
    _assert_laid_where_it_was_played(stage, audio[:, 1])


def _assert_laid_where_it_was_played(stage: Stage, recorded: NDArray[np.int16]) -> None:
    """Each character that the speaker played to its end lies in the recording where it sounded."""
    line = np.zeros(len(recorded), np.int16)
    for sound in stage.line.sounds:
        at = round(sound.at * WIDEBAND.rate)
        line[at : at + len(sound.samples)] = sound.samples[: max(0, len(line) - at)]
    real, kept = _onsets(stage, line), _onsets(stage, recorded)
    assert len(real.keys() ^ kept.keys()) <= 2  # what was on its way when the speaker was silenced
    for character in kept.keys() & real.keys():
        assert kept[character] == pytest.approx(real[character], abs=SLACK_S)


def _onsets(stage: Stage, samples: NDArray[np.int16]) -> dict[int, float]:
    levels = np.abs(samples.astype(np.int32))
    changes = np.flatnonzero(np.diff(levels, prepend=0))
    return {int(levels[at]): float(at) / WIDEBAND.rate for at in changes if levels[at] > 0}


def _stretches(samples: NDArray[np.int16]) -> list[tuple[float, float]]:
    """Return where sound begins and ends, in seconds; gaps below 50 ms do not count."""
    loud = np.flatnonzero(samples)
    if len(loud) == 0:
        return []
    breaks = np.flatnonzero(np.diff(loud) > WIDEBAND.rate // 20)
    begins, ends = loud[np.r_[0, breaks + 1]], loud[np.r_[breaks, len(loud) - 1]] + 1
    return [(b / WIDEBAND.rate, e / WIDEBAND.rate) for b, e in zip(begins, ends, strict=True)]
