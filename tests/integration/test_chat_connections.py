"""The real SDKs against a scripted server on loopback: connections, keys, and what the agent chooses."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from itertools import pairwise
from types import SimpleNamespace

import pytest

from backend.domain.entities.agent import Agent
from backend.domain.entities.conversation import Conversation
from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.ports.engine_port import Checkable, Warmable
from backend.domain.ports.llm_port import LlmFinished, LlmRequest, TextDelta
from backend.domain.use_cases.generate_response import system_message
from backend.domain.use_cases.model_tools import END_CALL
from backend.domain.value_objects.conversation_turn import ConversationTurn, Role
from backend.domain.value_objects.instant import Instant
from backend.domain.value_objects.language import ENGLISH
from tests.support.chat_models import (
    KEY,
    MODEL,
    PATIENT,
    REQUEST,
    Flavour,
    Patience,
    answer,
    ask,
    each_flavour,
    failure,
    groq,
    openai,
    served,
)
from tests.support.llm_server import Exchange, llm_server

by_name = pytest.mark.parametrize("flavour", [openai, groq], ids=lambda flavour: flavour.__name__)


async def says_yes(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.words("Yes.")
    await exchange.finish()


YES = [TextDelta("Yes."), LlmFinished("stop")]


# --- connections ----------------------------------------------------------------------------------


@each_flavour
async def test_a_connection_waits_for_the_next_turn(
    flavour: Flavour, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The HTTP library by itself would give it up after five seconds."""
    late_s = 0.0
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + late_s)
    for library in ("httpcore", "httpcore2"):
        monkeypatch.setattr(f"{library}._async.http11.time", clock)
    async with served(flavour, says_yes) as (adapter, server):
        for seconds in (0.0, 10.0, 200.0):
            late_s += seconds
            assert await ask(adapter) == YES
        assert (len(server.exchanges), server.connections) == (3, 1)
        late_s += 300.0
        assert await ask(adapter) == YES
        assert server.connections == 2


@each_flavour
async def test_routers_on_the_way_see_that_a_waiting_connection_lives(
    flavour: Flavour, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: list[tuple[int, int, object]] = []
    set_option = socket.socket.setsockopt

    def spy(self: socket.socket, level: int, name: int, value: int) -> None:
        options.append((level, name, value))
        set_option(self, level, name, value)

    async with served(flavour, says_yes) as (adapter, _):
        await adapter.start()
        monkeypatch.setattr(socket.socket, "setsockopt", spy)
        await adapter.warm_up(ENGLISH)
    assert (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1) in options


@each_flavour
async def test_a_call_that_begins_opens_a_connection_unless_one_waits(flavour: Flavour) -> None:
    async with served(flavour, says_yes) as (adapter, server):
        assert isinstance(adapter, Warmable)
        await adapter.warm_up(ENGLISH)
        await adapter.warm_up(ENGLISH)
        assert (len(server.lookups), server.connections) == (1, 1)
        assert await ask(adapter) == YES
        await adapter.warm_up(ENGLISH)
        assert (len(server.lookups), server.connections) == (1, 1)


@each_flavour
async def test_a_connection_in_use_does_not_wait(flavour: Flavour) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def script(exchange: Exchange) -> None:
        await exchange.head()
        begun.set()
        await may_end.wait()
        await exchange.words("Yes.")
        await exchange.finish()

    async with served(flavour, script) as (adapter, server), asyncio.TaskGroup() as group:
        asking = group.create_task(ask(adapter))
        await begun.wait()
        await adapter.warm_up(ENGLISH)
        assert server.connections == 2
        may_end.set()
        assert await asking == YES


@each_flavour
async def test_a_connection_that_the_server_has_closed_does_not_wait(flavour: Flavour) -> None:
    async with served(flavour, says_yes) as (adapter, server):
        await adapter.warm_up(ENGLISH)
        await server.hang_up()
        await adapter.warm_up(ENGLISH)
        assert server.connections == 2


@each_flavour
async def test_warming_up_keeps_its_troubles_to_itself(flavour: Flavour) -> None:
    async with llm_server(says_yes) as server:
        address = server.base_url
    adapter = flavour(address, PATIENT)
    await adapter.warm_up(ENGLISH)
    with pytest.raises(ProviderError) as caught:
        await ask(adapter)
    assert caught.value.code == "connection-failed"
    await adapter.aclose()


# --- trying the key and the model -----------------------------------------------------------------


@by_name
async def test_a_model_that_the_server_knows_passes_without_an_answer(flavour: Flavour) -> None:
    async with served(flavour, says_yes) as (adapter, server):
        assert isinstance(adapter, Checkable)
        server.models = {MODEL}
        await adapter.check()
        assert server.exchanges == []
        assert server.lookups[0].headers["authorization"] == f"Bearer {KEY}"


@each_flavour
async def test_a_server_that_does_not_know_its_models_by_name_is_asked_for_an_answer(
    flavour: Flavour,
) -> None:
    """Only for its beginning: the socket is closed as soon as there is something."""

    async def script(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.words("Once upon a time ")
        await exchange.until_client_closes()

    async with served(flavour, script) as (adapter, server), asyncio.timeout(20):
        await adapter.check()
        await server.exchanges[0].client_closed.wait()


@each_flavour
@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "auth-failed"), (404, "model-not-found"), (429, "rate-limited"), (500, "provider-unavailable")],
)
async def test_what_an_answer_would_raise_does_not_pass(flavour: Flavour, status: int, code: str) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.refuse(status, {"message": f"Bad key {KEY}"})

    async with served(flavour, script) as (adapter, _):
        with pytest.raises(ProviderError) as caught:
            await adapter.check()
    assert caught.value.code == code
    assert KEY not in str(caught.value)


@each_flavour
async def test_a_silent_server_does_not_pass(flavour: Flavour) -> None:
    async with served(flavour, Exchange.until_client_closes, Patience(first_ms=100)) as (adapter, _):
        with pytest.raises(ProviderTimeoutError):
            await adapter.check()


# --- the key stays where it belongs ---------------------------------------------------------------


@each_flavour
@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_the_key_is_not_taken_elsewhere(flavour: Flavour, status: int) -> None:
    async with llm_server(says_yes) as elsewhere:

        async def script(exchange: Exchange) -> None:
            await exchange.refuse(status, {}, location=f"{elsewhere.base_url}/chat/completions")

        _, error = await failure(flavour, script)
        assert (error.code, error.retryable) == ("request-rejected", False)
        assert elsewhere.connections == 0


FOREIGN = {
    "OPENAI_API_KEY": "foreign",
    "OPENAI_ADMIN_KEY": "foreign",
    "OPENAI_ORG_ID": "foreign",
    "OPENAI_PROJECT_ID": "foreign",
    "OPENAI_CUSTOM_HEADERS": "X-Gateway: foreign",
    "AZURE_OPENAI_API_KEY": "foreign",
    "AZURE_OPENAI_AD_TOKEN": "foreign",
    "GROQ_API_KEY": "foreign",
    "GROQ_CUSTOM_HEADERS": "X-Gateway: foreign",
}


@each_flavour
async def test_what_the_sdks_find_in_the_environment_is_not_sent(
    flavour: Flavour, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in FOREIGN.items():
        monkeypatch.setenv(name, value)
    async with served(flavour, says_yes) as (adapter, server):
        await adapter.warm_up(ENGLISH)
        assert await ask(adapter) == YES
        sent = [exchange.headers for exchange in (*server.lookups, *server.exchanges)]
    assert len(sent) == 2
    for headers in sent:
        assert KEY in headers.get("authorization", "") + headers.get("api-key", "")
        assert "foreign" not in str(headers)


@each_flavour
@pytest.mark.parametrize("header", ["Authorization: Bearer foreign", "api-key: foreign"])
async def test_a_foreign_credential_is_not_sent_instead_of_ours(
    flavour: Flavour, header: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_CUSTOM_HEADERS", "GROQ_CUSTOM_HEADERS"):
        monkeypatch.setenv(name, header)
    async with served(flavour, says_yes) as (adapter, server):
        await ask(adapter)
        assert "foreign" not in str(server.exchanges[0].headers)


@each_flavour
async def test_neither_key_nor_words_are_logged(
    flavour: Flavour, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)

    async def script(exchange: Exchange) -> None:
        await exchange.refuse(401, {"message": f"Bad key {KEY}"})

    await answer(flavour, says_yes)
    await failure(flavour, script)
    logged = [*(f"{record.getMessage()} {record.args}" for record in caplog.records), *capfd.readouterr()]
    assert logged
    assert not [line for line in logged if KEY in line or "Hello?" in line]


# --- what the agent chooses -----------------------------------------------------------------------


@each_flavour
async def test_an_agents_model_and_temperature_come_first(flavour: Flavour) -> None:
    async with served(flavour, says_yes) as (adapter, server):
        await ask(adapter, LlmRequest(REQUEST.messages, ENGLISH, model="bigger", temperature=0.0))
        await ask(adapter)
        bodies = [exchange.body for exchange in server.exchanges]
    assert [(body["model"], body.get("temperature")) for body in bodies] == [("bigger", 0.0), (MODEL, None)]


@each_flavour
async def test_a_turn_begins_with_the_very_bytes_of_the_turn_before(flavour: Flavour) -> None:
    """Providers keep what a prompt begins with, and answer sooner and cheaper if it does not change."""
    conversation = Conversation()
    agent = Agent(
        id="a", tenant="t", name="Ana", language=ENGLISH, prompt="You answer.", knowledge="Open from nine."
    )

    def turn(role: Role, text: str) -> None:
        number = len(conversation.turns) + 1
        conversation.append(ConversationTurn(number, role, text, text, Instant(number), Instant(number)))

    questions = ("Hello?", "Are you open?", "Until when?")
    async with served(flavour, says_yes) as (adapter, server):
        for question in questions:
            messages = conversation.messages(system=system_message(agent, ENGLISH), caller_text=question)
            await ask(adapter, LlmRequest(tuple(messages), ENGLISH, tools=(END_CALL,)))
            turn(Role.CALLER, question)
            turn(Role.AGENT, "Yes.")
        payloads = [exchange.payload for exchange in server.exchanges]
    for question, (before, after) in zip(questions, pairwise(payloads), strict=False):
        begin, asked, _ = before.partition(question.encode())
        assert asked
        assert after.startswith(begin + asked)
