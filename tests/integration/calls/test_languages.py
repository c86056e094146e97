"""An agent whose callers may speak one of several languages."""

from __future__ import annotations

from dataclasses import dataclass, field

from backend.domain.conversation.manners import manners_of
from backend.domain.ports.stt_port import SttRequest
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.domain.value_objects.voice_config import VoiceConfig
from tests.support.calls import Stage, agent
from tests.support.scripted import Say, ScriptedLlm, ScriptedStt, ScriptedSttStream, ScriptedTts

MEXICAN = Language("es-419")
BILINGUAL = agent(other_languages=(MEXICAN,), voice=VoiceConfig(voice="jenny", style="cheerful", speed=1.2))
QUESTION, PREGUNTA = "Are you open?", "¿Y los domingos?"


@dataclass
class ListeningStt(ScriptedStt):
    """Remembers what it was asked to expect."""

    asked: list[SttRequest] = field(default_factory=list)

    async def open(self, request: SttRequest) -> ScriptedSttStream:
        self.asked.append(request)
        return await super().open(request)


def bilingual_call(*lines: str, answers: list[Say] | None = None) -> Stage:
    """Play a call in which the caller says ``lines``, each in its language, and waits for an answer."""
    stage = Stage(
        agent=BILINGUAL,
        stt=ListeningStt(lines, heard_in={QUESTION: ENGLISH, PREGUNTA: MEXICAN}),
        llm=ScriptedLlm(answers or [Say("Yes."), Say("También.")]),
        tts=ScriptedTts(),
    )

    async def caller(stage: Stage) -> None:
        await stage.until_answered()
        for _ in lines:
            await stage.say(1_000)
            await stage.until_answered()
        stage.hang_up()

    stage.play(caller)
    return stage


def test_the_recogniser_is_told_what_else_may_be_spoken() -> None:
    stage = bilingual_call(QUESTION)
    assert isinstance(stage.stt, ListeningStt)
    assert stage.stt.asked == [SttRequest(ENGLISH, alternatives=(MEXICAN,))]


def test_the_caller_is_answered_in_their_own_language() -> None:
    stage = bilingual_call(QUESTION, PREGUNTA)
    asked = [request for request in stage.llm.requests if request.messages[-1].content.endswith("?")]
    last = {request.messages[-1].content: request for request in asked}
    assert last[QUESTION].language == ENGLISH
    assert "'en'" in last[QUESTION].messages[0].content
    assert last[PREGUNTA].language == MEXICAN
    assert "'es-419'" in last[PREGUNTA].messages[0].content
    spoken = {request.text.strip(): request for request in stage.tts.requests}
    assert spoken["Yes."].language == ENGLISH
    assert spoken["Yes."].voice == BILINGUAL.voice
    assert spoken["También."].language == MEXICAN
    assert spoken["También."].voice == VoiceConfig(speed=1.2)  # the agent's voice is an English one
    assert [text for role, text in stage.dialogue if role is Role.AGENT][1:] == ["Yes.", "También."]


def test_a_draft_in_the_wrong_language_is_never_heard() -> None:
    """It is begun from a partial, of which nobody knows the language yet."""
    stage = bilingual_call(PREGUNTA, answers=[Say("Wrong."), Say("También.")])
    drafts = [request.language for request in stage.llm.requests]
    assert drafts == [ENGLISH, MEXICAN]
    assert "Wrong." not in stage.heard_by_caller
    assert stage.dialogue[-1] == (Role.AGENT, "También.")


def test_what_the_machine_itself_says_is_in_the_callers_language_too() -> None:
    stage = Stage(
        agent=BILINGUAL,
        stt=ScriptedStt([PREGUNTA], heard_in={PREGUNTA: MEXICAN}),
        llm=ScriptedLlm([Say("También.")]),
    )

    async def caller(stage: Stage) -> None:
        await stage.until_answered()
        await stage.say(1_000)
        await stage.until("reply_ended", count=3)
        stage.hang_up()

    stage.play(caller)

    assert stage.dialogue[-1] == (Role.AGENT, manners_of(SPANISH).phrases.idle_prompt)
