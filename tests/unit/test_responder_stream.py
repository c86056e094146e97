"""The built-in responder as an engine: how its answers come, how fast, and how it hangs up."""

from __future__ import annotations

import time

import pytest

from backend.domain.entities.conversation import Message, MessageRole
from backend.domain.ports.llm_port import LlmEvent, LlmFinished, LlmRequest, TextDelta, Tool, ToolCall
from backend.domain.value_objects.language import ENGLISH, Language
from backend.domain.value_objects.readiness import ReadinessState
from backend.infrastructure.adapters.llm.builtin_responder import BuiltinResponder

END_CALL = Tool("end_call", "Hang up.")
MENU = "Pizzas:\n- Margarita: 9 euros\n- Diavola: 11 euros\n"


def asking(
    *said: str, language: Language = ENGLISH, knowledge: str = MENU, tools: tuple[Tool, ...] = ()
) -> LlmRequest:
    messages = tuple(Message(MessageRole.USER, text) for text in said)
    return LlmRequest(messages, language, knowledge=knowledge, tools=tools)


async def answer(request: LlmRequest, responder: BuiltinResponder | None = None) -> list[LlmEvent]:
    return [event async for event in (responder or BuiltinResponder()).stream(request)]


async def test_an_answer_comes_clause_by_clause() -> None:
    assert await answer(asking("hello", "what pizzas do you have")) == [
        TextDelta("Pizzas: "),
        TextDelta("Margarita, "),
        TextDelta("9 euros; "),
        TextDelta("Diavola, "),
        TextDelta("11 euros."),
        LlmFinished("stop"),
    ]


async def test_a_goodbye_is_said_before_the_call_is_ended() -> None:
    assert await answer(asking("hello", "bye", tools=(END_CALL,))) == [
        TextDelta("Thank you for calling. "),
        TextDelta("Goodbye!"),
        ToolCall("end_call_1", "end_call", "{}"),
        LlmFinished("stop"),
    ]


@pytest.mark.parametrize("tools", [(), (Tool("transfer", "To a person."),)])
async def test_without_the_tool_a_goodbye_is_only_said(tools: tuple[Tool, ...]) -> None:
    events = await answer(asking("hello", "bye", tools=tools))
    assert not any(isinstance(event, ToolCall) for event in events)


async def test_a_question_does_not_end_the_call() -> None:
    events = await answer(asking("how much is a diavola", tools=(END_CALL,)))
    assert not any(isinstance(event, ToolCall) for event in events)


async def test_a_language_that_it_does_not_speak_is_answered_in_english() -> None:
    french = Language("fr")
    assert BuiltinResponder().readiness(french).state is ReadinessState.UNAVAILABLE
    assert (await answer(asking("hi", "diavola", language=french)))[0] == TextDelta("Diavola: ")


async def test_a_changed_text_changes_the_answer() -> None:
    responder = BuiltinResponder()
    question = ("hello", "how much is a diavola")
    assert TextDelta("11 euros.") in await answer(asking(*question), responder)
    dearer = MENU.replace("11 euros", "12 euros")
    assert TextDelta("12 euros.") in await answer(asking(*question, knowledge=dearer), responder)


async def test_it_remembers_only_so_many_agents() -> None:
    responder = BuiltinResponder()
    for number in range(100):
        question = asking("hello", "how much is a diavola", knowledge=f"Diavola: {number} euros")
        assert TextDelta(f"{number} euros.") in await answer(question, responder)
    assert len(responder._personas) <= 32


async def test_it_answers_at_once_even_from_a_long_text() -> None:
    services = "".join(f"- Repair of machine {n}: {n * 7} euros, within {n % 9} days\n" for n in range(1_500))
    request = asking("hello", "how much is the repair of machine 1234", knowledge=f"Services:\n{services}")
    responder = BuiltinResponder()
    assert TextDelta("8638 euros, ") in await answer(request, responder)  # has read the text
    began = time.process_time()  # others may have the machine meanwhile
    for _ in range(20):
        await answer(request, responder)
    assert (time.process_time() - began) / 20 < 0.05
