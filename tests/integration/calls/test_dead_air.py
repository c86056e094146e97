"""Never dead air: whatever fails, the caller hears something, is told, and can go on."""

from __future__ import annotations

import asyncio

import pytest

from backend.application.services.transcription import TROUBLE
from backend.domain.conversation.manners import manners_of
from backend.domain.entities.agent import LatencyOptions
from backend.domain.entities.call import Call, CallStatus, EndCause
from backend.domain.errors import ProviderError
from backend.domain.ports.channel_port import TroubleReported
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.language import ENGLISH
from tests.support.calls import Stage, agent
from tests.support.scripted import Say, ScriptedLlm, ScriptedStt, ScriptedTts, SttTrouble, TtsTrouble

PHRASES = manners_of(ENGLISH).phrases
BROKEN = ProviderError("scripted", "the model broke", code="llm-broke")
HOUR_MS = 3_600_000


async def two_questions(stage: Stage) -> None:
    """Ask, wait patiently for whatever comes, ask again, wait for the answer, hang up."""
    await stage.until_answered()
    for _ in range(2):
        await stage.say(1_000)
        await stage.until_answered(quiet_s=4.6)
    stage.hang_up()


def play(stage: Stage) -> Call:
    call = stage.play(two_questions)
    assert call.end_cause is EndCause.CALLER_HUNG_UP
    assert stage.longest_silence_s < 5
    assert stage.still_running == 0
    return call


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Say("Never.", ttft_ms=HOUR_MS), id="hangs"),
        pytest.param(Say("", error=BROKEN), id="fails before its first token"),
        pytest.param(Say("", ttft_ms=3_000, error=BROKEN), id="fails late"),
        pytest.param(Say("", stalls=True), id="begins and says nothing"),
        pytest.param(Say(""), id="is empty"),
    ],
)
def test_a_model_that_says_nothing_is_apologised_for_and_may_try_again(answer: Say) -> None:
    stage = Stage(
        agent=agent(latency=LatencyOptions(speculative_replies=False)),
        stt=ScriptedStt(["Are you open?", "Are you open today?"]),
        llm=ScriptedLlm([answer, Say("Yes, until five.")]),
    )

    play(stage)

    assert (Role.AGENT, PHRASES.apology) in stage.dialogue
    assert stage.dialogue[-1] == (Role.AGENT, "Yes, until five.")
    assert "Never" not in stage.heard_by_caller


def test_a_slow_model_is_bridged_by_a_filler_and_then_heard() -> None:
    stage = Stage(
        stt=ScriptedStt(["Are you open?", "Really?"]), llm=ScriptedLlm([Say("Yes, we are.", ttft_ms=4_500)])
    )

    play(stage)

    assert stage.dialogue[2] == (Role.AGENT, f"{PHRASES.filler}Yes, we are.")
    assert PHRASES.apology not in {text for _, text in stage.dialogue}
    asked = stage.spoken[0][1]
    filler = next(began for began, _ in stage.line.played if began > asked)
    assert filler - asked < 2.5


@pytest.mark.parametrize("ending", [{"stalls": True}, {"error": BROKEN}], ids=["stalls", "fails"])
def test_a_model_that_breaks_off_is_heard_so_far_and_then_apologised_for(ending: dict[str, bool]) -> None:
    stage = Stage(
        stt=ScriptedStt(["Tell me.", "Go ahead please."]),
        llm=ScriptedLlm(
            [Say("We open at nine o'clock. We close at five o'clock. And", **ending), Say("Sure.")]  # type: ignore[arg-type]
        ),
    )

    play(stage)

    said = "We open at nine o'clock. We close at five o'clock."
    assert stage.dialogue[2:] == [
        (Role.AGENT, said),
        (Role.AGENT, PHRASES.apology),
        (Role.CALLER, "Go ahead please."),
        (Role.AGENT, "Sure."),
    ]
    assert f"{said} Sure." in stage.heard_by_caller


@pytest.mark.parametrize("trouble", list(TtsTrouble))
@pytest.mark.parametrize("word_timestamps", [True, False])
def test_speech_that_breaks_off_is_remembered_as_far_as_it_was_heard(
    trouble: TtsTrouble, word_timestamps: bool
) -> None:
    stage = Stage(
        stt=ScriptedStt(["Tell me.", "Go ahead please."]),
        llm=ScriptedLlm([Say("We open at nine o'clock. We close at five o'clock."), Say("Sure.")]),
        tts=ScriptedTts(troubles={"close": trouble}, word_timestamps=word_timestamps),
    )

    play(stage)

    role, heard = stage.dialogue[2]
    assert role is Role.AGENT
    assert heard in {"We open at nine o'clock.", "We open at nine o'clock. We"}
    assert stage.turns[2].interrupted
    assert stage.dialogue[3] == (Role.AGENT, PHRASES.apology)
    assert stage.dialogue[-1] == (Role.AGENT, "Sure.")


@pytest.mark.parametrize("trouble", list(TtsTrouble))
def test_an_agent_without_a_voice_says_sorry_and_ends_the_call(trouble: TtsTrouble) -> None:
    stage = Stage(
        stt=ScriptedStt(["Hello?"] * 9),
        llm=ScriptedLlm([Say("Hello you.")]),
        tts=ScriptedTts(troubles={"": trouble}),
    )

    async def caller(stage: Stage) -> None:
        while True:
            await stage.until_answered()
            await stage.say(1_000)

    call = stage.play(caller)

    assert (call.status, call.end_cause) == (CallStatus.FAILED, EndCause.ENGINES_FAILED)
    assert stage.longest_silence_s < 5
    assert stage.dialogue[-1] == (Role.AGENT, PHRASES.farewell)
    assert stage.still_running == 0


@pytest.mark.parametrize("refusals", [1, 3])
def test_a_recogniser_that_cannot_be_opened_is_opened_again(refusals: int) -> None:
    stage = Stage(stt=ScriptedStt(["Are you open?", "Really?"], refusals=refusals))

    play(stage)

    assert stage.troubles == ["stt-refused"]
    assert stage.dialogue[-1] == (Role.AGENT, "All right.")


def test_a_caller_who_cannot_be_heard_is_told_whose_fault_it_is() -> None:
    stage = Stage(stt=ScriptedStt([], refusals=1_000))

    play(stage)

    assert stage.dialogue[1:] == [(Role.AGENT, PHRASES.apology)] * 2


def test_a_recogniser_that_refuses_for_good_is_not_asked_again() -> None:
    stage = Stage(stt=ScriptedStt([], refusals=1_000, retryable=False))

    play(stage)

    assert stage.stt.opened == 1
    assert stage.troubles == ["stt-refused"]
    assert stage.dialogue[1:] == [(Role.AGENT, PHRASES.apology)] * 2


def test_what_an_engine_says_of_its_trouble_is_for_the_log(caplog: pytest.LogCaptureFixture) -> None:
    stage = Stage(stt=ScriptedStt(["Are you open?", "Really?"], refusals=3))

    play(stage)

    (trouble,) = [notice for notice in stage.line.notices if isinstance(notice, TroubleReported)]
    assert (trouble.code, trouble.message) == ("stt-refused", TROUBLE)
    (record,) = [record for record in caplog.records if record.message == "a recogniser failed"]
    assert "scripted: no recogniser" in caplog.text
    assert record.levelname == "WARNING"


@pytest.mark.parametrize("trouble", list(SttTrouble))
def test_a_recogniser_that_breaks_in_mid_utterance_is_back_for_the_next(trouble: SttTrouble) -> None:
    rest = [""] if trouble is SttTrouble.FAILS_MIDWAY else []  # what the next one makes of half an utterance
    stage = Stage(stt=ScriptedStt([trouble, *rest, "Are you open today?"]))

    play(stage)

    assert stage.troubles
    assert stage.dialogue[-2:] == [(Role.CALLER, "Are you open today?"), (Role.AGENT, "All right.")]
    asked = stage.spoken[0][1]
    heard = next(began for began, _ in stage.line.played if began > asked)
    assert heard - asked < 4


def test_nothing_of_a_discarded_reply_is_heard_or_done() -> None:
    """A reply that is withdrawn must neither sound nor hang up."""
    stage = Stage(
        stt=ScriptedStt(["That was all.", "No, wait a moment."]),
        llm=ScriptedLlm([Say("Farewell.", ttft_ms=1_200, tool="end_call"), Say("I wait.")]),
    )

    async def caller(stage: Stage) -> None:
        await stage.until_answered()
        await stage.say(1_000)
        await asyncio.sleep(1.0)
        await stage.say(1_200)
        await stage.until_answered()
        stage.hang_up()

    call = stage.play(caller)

    assert call.end_cause is EndCause.CALLER_HUNG_UP
    assert "Farewell" not in stage.heard_by_caller
    assert stage.dialogue[-1] == (Role.AGENT, "I wait.")
