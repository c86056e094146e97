"""A call that goes on with one that broke off: what the caller hears, and what the model is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.application.services.call_services import Earlier
from backend.domain.entities.call import Call, Direction, EndCause
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.conversation_turn import ConversationTurn, Role
from backend.domain.value_objects.instant import ms
from backend.domain.value_objects.language import SPANISH, Language
from tests.support.calls import AGENT, Stage
from tests.support.scripted import Say, ScriptedLlm, ScriptedStt


def said(*words: str) -> list[ConversationTurn]:
    """Return turns, the agent's first."""
    return [
        ConversationTurn(
            number=number,
            role=Role.AGENT if number % 2 else Role.CALLER,
            content=text,
            heard=text,
            started_at=ms(number * 1_000),
            ended_at=ms(number * 1_000 + 500),
        )
        for number, text in enumerate(words, 1)
    ]


def broken_off(cause: EndCause = EndCause.CONNECTION_LOST, *words: str) -> Earlier:
    call = Call(CallId("b" * 32), AGENT, Direction.INBOUND, started_at=1)
    return Earlier(call.end(cause, at=2, duration_ms=1), said(*words))


async def listens_and_leaves(stage: Stage) -> None:
    await stage.until_answered()
    stage.hang_up()


async def asks_one_thing(stage: Stage) -> None:
    await stage.until_answered()
    await stage.say(600)
    await stage.until_answered()
    stage.hang_up()


@pytest.mark.parametrize(
    ("cause", "language", "words"),
    [
        (EndCause.CONNECTION_LOST, AGENT.language, "Sorry, we were cut off for a moment. Where were we?"),
        (EndCause.PROCESS_DIED, SPANISH, "Perdone, se ha cortado un momento. ¿Por dónde íbamos?"),
        (
            EndCause.TRANSFERRED,
            AGENT.language,
            "I'm sorry, nobody can take the call right now. What else can I do for you?",
        ),
    ],
)
def test_the_first_words_say_what_has_happened(cause: EndCause, language: Language, words: str) -> None:
    agent = replace(AGENT, language=language)
    stage = Stage(agent=agent, earlier=broken_off(cause, "Hello, this is Ana."))
    stage.play(listens_and_leaves)
    assert stage.heard_by_caller.strip() == words


def test_the_agent_remembers_what_was_said_before_the_line_broke() -> None:
    stage = Stage(
        earlier=broken_off(EndCause.CONNECTION_LOST, "Hello, this is Ana.", "I am Pedro.", "Hello, Pedro."),
        stt=ScriptedStt(["what is my name"]),
        llm=ScriptedLlm([Say("You are Pedro.")]),
    )
    stage.play(asks_one_thing)
    told = [message.content for message in stage.llm.requests[-1].messages[1:]]
    assert told == [
        "Hello, this is Ana.",
        "I am Pedro.",
        "Hello, Pedro. Sorry, we were cut off for a moment. Where were we?",
        "what is my name",
    ]
    # Its own record begins with its own words.
    assert [turn.number for turn in stage.turns] == [1, 2, 3]
    assert stage.turns[0].content.startswith("Sorry")
