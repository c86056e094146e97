"""What the owner and the runner ask of the domain: start, answer, end, and a first agent."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import replace
from itertools import count

import pytest

from backend.domain.entities.agent import Agent
from backend.domain.entities.call import Call, CallStatus, Direction, EndCause
from backend.domain.entities.conversation import Conversation, MessageRole
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.errors import ConflictError, NotFoundError, ProviderError
from backend.domain.ports.llm_port import LlmEvent, LlmFinished, LlmRequest, TextDelta, ToolCall
from backend.domain.use_cases.end_call import EndCall
from backend.domain.use_cases.generate_response import (
    Clause,
    FirstToken,
    GenerateResponse,
    ResponsePart,
    system_message,
)
from backend.domain.use_cases.model_tools import EndCall as EndCallPart
from backend.domain.use_cases.seed_agents import SeedAgents
from backend.domain.use_cases.start_call import StartCall
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.conversation_turn import ConversationTurn, Role
from backend.domain.value_objects.engine_names import EngineNames
from backend.domain.value_objects.instant import ms
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.domain.value_objects.readiness import READY, Readiness
from tests.support.memory import ManualClock

AGENT = Agent(id="a" * 32, tenant="bakery", name="Ada", prompt="Be brief.", knowledge="We open at nine.")
CALL_ID = CallId("c" * 32)


class MemoryAgents:
    """An ``AgentRepository`` in a dictionary."""

    def __init__(self, *agents: Agent) -> None:
        self._agents = {agent.id: agent for agent in agents}

    async def all(self, tenant: str) -> list[Agent]:
        return [agent for agent in self._agents.values() if agent.tenant == tenant]

    async def get(self, tenant: str, agent_id: str) -> Agent:
        agent = self._agents.get(agent_id)
        if agent is None or agent.tenant != tenant:
            raise NotFoundError("no such agent")
        return agent

    async def add(self, agent: Agent) -> None:
        self._agents[agent.id] = agent

    async def update(self, agent: Agent) -> None:
        self._agents[agent.id] = agent

    async def archive(self, tenant: str, agent_id: str, *, is_archived: bool) -> Agent:
        self._agents[agent_id] = replace(await self.get(tenant, agent_id), is_archived=is_archived)
        return self._agents[agent_id]

    async def delete(self, tenant: str, agent_id: str) -> None:
        del self._agents[agent_id]


class MemoryCallLog:
    """A ``CallLog`` that remembers what was closed."""

    def __init__(self) -> None:
        self.closed: list[Call] = []

    async def open(self, call: Call, engines: EngineNames | None = None) -> None: ...

    async def append(self, call_id: CallId, entries: Sequence[TimelineEntry]) -> None: ...

    async def close(self, call: Call) -> None:
        self.closed.append(call)

    async def mark_interrupted(self) -> int:
        return 0


class WordByWord:
    """A ``ClauseSplitter`` for which a clause ends at a full stop."""

    def __init__(self) -> None:
        self._text = ""

    def feed(self, text: str) -> list[str]:
        *whole, self._text = (self._text + text).replace(".", ".\0").split("\0")
        return whole

    def flush(self) -> list[str]:
        return [self._text] if self._text else []


class ScriptedLlm:
    """An ``LlmPort`` that says what it was told to, and fails with what it was told to."""

    def __init__(self, *events: LlmEvent, error: ProviderError | None = None) -> None:
        self._events = events
        self._error = error
        self.requests: list[LlmRequest] = []
        self.is_closed = False

    def readiness(self, language: Language) -> Readiness:
        return READY

    async def stream(self, request: LlmRequest) -> AsyncGenerator[LlmEvent, None]:
        self.requests.append(request)
        try:
            for event in self._events:
                yield event
            if self._error is not None:
                raise self._error
        finally:
            self.is_closed = True


async def everything(parts: AsyncIterator[ResponsePart]) -> list[ResponsePart]:
    return [part async for part in parts]


# --- start and end --------------------------------------------------------------------------------


async def test_a_call_keeps_the_agent_it_started_with() -> None:
    agents = MemoryAgents(AGENT)
    call = await StartCall(agents, ManualClock(5), lambda: CALL_ID)("bakery", AGENT.id, Direction.BROWSER)
    await agents.update(replace(AGENT, prompt="Be long.", version=2))
    assert call == Call(CALL_ID, AGENT, Direction.BROWSER, started_at=5)
    assert call.status is CallStatus.LIVE


async def test_an_agent_speaks_the_language_of_the_number_that_was_called() -> None:
    agent = replace(AGENT, other_languages=(Language("es-MX"), Language("fr")), prompt="It is {{weekday}}.")
    start = StartCall(MemoryAgents(agent), ManualClock(), lambda: CALL_ID)
    call = await start("bakery", agent.id, Direction.INBOUND, language=SPANISH)
    assert (call.agent.language, call.agent.other_languages) == (SPANISH, (Language("fr"),))
    assert call.agent.prompt == "It is martes."


async def test_a_call_goes_on_with_the_agent_that_it_began_with() -> None:
    agents, ids = MemoryAgents(AGENT), map(CallId, ("c" * 32, "d" * 32))
    start = StartCall(agents, ManualClock(5), lambda: next(ids))
    first = await start("bakery", AGENT.id, Direction.INBOUND, caller="+34600000001", carrier="twilio")
    await agents.update(replace(AGENT, prompt="Be long.", version=2))
    second = start.going_on_with(first.end(EndCause.CONNECTION_LOST, at=6, duration_ms=1))
    assert second == replace(first, id=CallId("d" * 32), continues=first.id)


async def test_nobody_calls_another_tenants_agent() -> None:
    start = StartCall(MemoryAgents(AGENT), ManualClock(), lambda: CALL_ID)
    with pytest.raises(NotFoundError):
        await start("florist", AGENT.id, Direction.BROWSER)


async def test_only_a_call_that_has_ended_is_closed() -> None:
    log = MemoryCallLog()
    live = Call(CALL_ID, AGENT, Direction.BROWSER, started_at=5)
    with pytest.raises(ConflictError, match="has not ended"):
        await EndCall(log)(live)
    ended = live.end(EndCause.IDLE, at=65, duration_ms=60)
    await EndCall(log)(ended)
    assert log.closed == [ended]


# --- answers --------------------------------------------------------------------------------------


async def test_an_answer_comes_in_clauses() -> None:
    llm = ScriptedLlm(TextDelta("We open"), TextDelta(" at nine. We close"), LlmFinished("stop"))
    parts = await everything(GenerateResponse(llm, AGENT)(Conversation(), "When?", WordByWord(), ENGLISH))
    assert parts == [FirstToken(), Clause("We open at nine."), Clause(" We close")]


async def test_the_model_is_asked_with_everything_the_agent_is() -> None:
    llm = ScriptedLlm(LlmFinished("stop"))
    heard = ConversationTurn(1, Role.AGENT, "Hello. How are you?", "Hello.", ms(0), ms(1))
    await everything(
        GenerateResponse(llm, AGENT)(Conversation([heard]), "When do you open?", WordByWord(), ENGLISH)
    )
    (request,) = llm.requests
    assert [(message.role, message.content) for message in request.messages] == [
        (MessageRole.SYSTEM, system_message(AGENT, ENGLISH)),
        (MessageRole.ASSISTANT, "Hello."),
        (MessageRole.USER, "When do you open?"),
    ]
    assert (request.prompt, request.knowledge, request.language) == (
        "Be brief.",
        "We open at nine.",
        AGENT.language,
    )
    assert [tool.name for tool in request.tools] == ["end_call", "wait_for_caller"]


async def test_only_the_tool_that_was_offered_is_run() -> None:
    llm = ScriptedLlm(
        ToolCall("1", "transfer_money", "{}"),
        TextDelta("Goodbye."),
        ToolCall("2", "end_call", "{}"),
        LlmFinished("tool_calls"),
    )
    parts = await everything(GenerateResponse(llm, AGENT)(Conversation(), "Bye.", WordByWord(), ENGLISH))
    assert parts == [FirstToken(), Clause("Goodbye."), EndCallPart()]


async def test_who_stops_listening_stops_the_model() -> None:
    llm = ScriptedLlm(TextDelta("One. Two."), TextDelta(" Three."))
    parts = GenerateResponse(llm, AGENT)(Conversation(), "Count.", WordByWord(), ENGLISH)
    assert await anext(parts) == FirstToken()
    assert await anext(parts) == Clause("One.")
    await parts.aclose()
    assert llm.is_closed


async def test_a_model_that_fails_says_so() -> None:
    llm = ScriptedLlm(TextDelta("We open."), error=ProviderError("groq", "gone"))
    with pytest.raises(ProviderError, match="groq: gone"):
        await everything(GenerateResponse(llm, AGENT)(Conversation(), "When?", WordByWord(), ENGLISH))


def test_the_instructions_name_the_language_and_hold_what_is_known() -> None:
    instructions = system_message(AGENT, SPANISH)
    assert instructions.startswith("Be brief.\n\nWhat you know:\nWe open at nine.")
    assert "'es'" in instructions
    assert "What you know" not in system_message(replace(AGENT, knowledge=" "), ENGLISH)


# --- the first start ------------------------------------------------------------------------------


async def test_a_tenant_without_agents_gets_one_in_each_language() -> None:
    agents, ids = MemoryAgents(), count()
    seed = SeedAgents(agents, ManualClock(), lambda: f"{next(ids):032x}")
    await seed("bakery")
    await seed("bakery")
    samples = await agents.all("bakery")
    assert [sample.language.base for sample in samples] == ["en", "es"]
    assert all(sample.first_message and sample.knowledge for sample in samples)
    assert samples[0].created_at < samples[1].created_at


async def test_a_tenant_with_an_agent_keeps_it_to_itself() -> None:
    agents = MemoryAgents(AGENT)
    await SeedAgents(agents, ManualClock(), lambda: "b" * 32)("bakery")
    assert await agents.all("bakery") == [AGENT]
