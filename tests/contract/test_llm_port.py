"""What every language engine must do, whatever is behind the port."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from typing import cast

import pytest

from backend.application.services.fallback.chain import Link
from backend.application.services.fallback.chosen_model import ChosenModel
from backend.application.services.fallback.fallback_llm import FallbackLlm
from backend.domain.entities.agent import ModelChoice
from backend.domain.entities.conversation import Message, MessageRole
from backend.domain.errors import ProviderError
from backend.domain.ports.llm_port import (
    LlmEvent,
    LlmFinished,
    LlmPort,
    LlmRequest,
    TextDelta,
    Tool,
    ToolCall,
)
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.infrastructure.adapters.llm.builtin_responder import BuiltinResponder
from backend.infrastructure.adapters.llm.groq_adapter import GroqAdapter, GroqSettings
from backend.infrastructure.adapters.llm.openai_adapter import OpenAiAdapter, OpenAiSettings
from backend.infrastructure.adapters.simulated.llm import SimulatedLlm, SimulatedLlmSettings
from tests.support.llm_server import Exchange, llm_server
from tests.support.scripted import Say, ScriptedLlm


@asynccontextmanager
async def builtin() -> AsyncIterator[LlmPort]:
    yield BuiltinResponder()


@asynccontextmanager
async def simulated() -> AsyncIterator[LlmPort]:
    yield SimulatedLlm(SimulatedLlmSettings(ttft_ms=10, tokens_per_second=500))


@asynccontextmanager
async def scripted() -> AsyncIterator[LlmPort]:
    yield ScriptedLlm([Say("Behind the house.", ttft_ms=10)])


@asynccontextmanager
async def chosen_model() -> AsyncIterator[LlmPort]:
    yield ChosenModel(BuiltinResponder(), ModelChoice("builtin", "large", 0.5))


async def echo(exchange: Exchange) -> None:
    await exchange.head()
    said = exchange.body["messages"][-1]["content"]
    await exchange.words("You ", "said: ", said)
    if "goodbye" in said and "tools" in exchange.body:
        function = {"name": "end_call", "arguments": ""}
        await exchange.delta(tool_calls=[{"index": 0, "id": "call_1", "function": function}])
    await exchange.finish()


@asynccontextmanager
async def groq() -> AsyncIterator[LlmPort]:
    async with llm_server(echo) as server:
        address = server.base_url.removesuffix("/v1")
        adapter = GroqAdapter(GroqSettings(model="echo", api_key="none", base_url=address))
        yield adapter
        await adapter.aclose()


@asynccontextmanager
async def openai() -> AsyncIterator[LlmPort]:
    async with llm_server(echo) as server:
        adapter = OpenAiAdapter(OpenAiSettings(model="echo", base_url=server.base_url))
        yield adapter
        await adapter.aclose()


@asynccontextmanager
async def azure() -> AsyncIterator[LlmPort]:
    async with llm_server(echo) as server:
        address = server.base_url.removesuffix("/v1")
        settings = OpenAiSettings("echo", "none", address, azure_api_version="2024-10-21")
        adapter = OpenAiAdapter(settings)
        yield adapter
        await adapter.aclose()


@asynccontextmanager
async def fallback() -> AsyncIterator[LlmPort]:
    broken = ScriptedLlm([Say("", error=ProviderError("scripted", "it is broken"))])
    links: list[Link[LlmPort]] = [Link("broken", broken), Link("builtin", BuiltinResponder())]
    yield FallbackLlm(links)


Factory = Callable[[], AbstractAsyncContextManager[LlmPort]]
FACTORIES: list[Factory] = [builtin, groq, openai, azure, simulated, scripted, chosen_model, fallback]
END_CALL = Tool("end_call", "Hang up when the conversation is over.")


@pytest.fixture(params=FACTORIES, ids=lambda factory: factory.__name__)
async def llm(request: pytest.FixtureRequest) -> AsyncIterator[LlmPort]:
    async with cast("Factory", request.param)() as port:
        yield port


def asking(said: str, *, language: Language = ENGLISH, tools: tuple[Tool, ...] = ()) -> LlmRequest:
    knowledge = "Parking: behind the house."
    messages = (Message(MessageRole.SYSTEM, knowledge), Message(MessageRole.USER, said))
    return LlmRequest(messages, language, knowledge=knowledge, tools=tools)


async def answer(llm: LlmPort, request: LlmRequest) -> list[LlmEvent]:
    async with asyncio.timeout(20), aclosing(llm.stream(request)) as events:
        return [event async for event in events]


def text_of(events: list[LlmEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


@pytest.mark.parametrize("language", [ENGLISH, SPANISH, Language("es-419"), Language("en-GB")])
async def test_it_is_ready(llm: LlmPort, language: Language) -> None:
    assert llm.readiness(language).is_ready


async def test_an_answer_is_text_and_then_finished(llm: LlmPort) -> None:
    events = await answer(llm, asking("where can i park"))
    assert text_of(events).strip()
    assert [isinstance(event, LlmFinished) for event in events] == [False] * (len(events) - 1) + [True]


async def test_no_piece_of_text_is_empty(llm: LlmPort) -> None:
    events = await answer(llm, asking("where can i park"))
    assert all(event.text for event in events if isinstance(event, TextDelta))


async def test_the_same_question_gets_the_same_answer(llm: LlmPort) -> None:
    assert await answer(llm, asking("where can i park")) == await answer(llm, asking("where can i park"))


async def test_answers_that_run_side_by_side_do_not_mix(llm: LlmPort) -> None:
    asked = ["where can i park", "how are you", "what can you do"]
    alone = [await answer(llm, asking(said)) for said in asked]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(answer(llm, asking(said))) for said in asked]
    assert [task.result() for task in tasks] == alone


async def test_only_tools_that_are_offered_are_called_and_with_complete_arguments(llm: LlmPort) -> None:
    without = await answer(llm, asking("goodbye"))
    assert not any(isinstance(event, ToolCall) for event in without)
    offered = await answer(llm, asking("goodbye", tools=(END_CALL,)))
    for call in (event for event in offered if isinstance(event, ToolCall)):
        assert call.name == END_CALL.name
        assert call.id
        assert json.loads(call.arguments) == {}


async def test_an_answer_that_is_closed_early_leaves_nothing_behind(llm: LlmPort) -> None:
    before = asyncio.all_tasks()
    async with asyncio.timeout(20):
        async with aclosing(llm.stream(asking("where can i park"))) as events:
            await anext(events)
        if left := asyncio.all_tasks() - before:  # the test's own server, until it notices
            await asyncio.wait(left)
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize("after_first_piece", [False, True])
async def test_an_answer_can_be_cancelled_at_any_time(llm: LlmPort, after_first_piece: bool) -> None:
    begun = asyncio.Event()

    async def consume() -> None:
        async with aclosing(llm.stream(asking("where can i park"))) as events:
            if not after_first_piece:
                begun.set()
            async for _ in events:
                begun.set()
                await asyncio.sleep(60)

    async with asyncio.timeout(20):
        consumer = asyncio.create_task(consume())
        await begun.wait()
        consumer.cancel()
        with pytest.raises(asyncio.CancelledError):
            await consumer
    assert text_of(await answer(llm, asking("where can i park")))  # others can go on
