"""The door of ``/ws/audio``: what a caller who cannot be served is told, and what the log says of it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from backend.application.factories.orchestrator_factory import OrchestratorFactory
from backend.application.services.call_registry import CallRegistry
from backend.application.services.call_services import Keeping
from backend.domain.entities.agent import Agent, EngineChoice
from backend.domain.entities.call import Call
from backend.domain.errors import NotFoundError, StorageError
from backend.domain.ports.ticket_port import TicketGrant
from backend.domain.use_cases.start_call import StartCall
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.engine_names import EngineNames
from backend.infrastructure.logging.config import log_handler
from backend.interfaces.websocket.endpoints.audio_stream import PATH, BrowserCalls, audio_router
from tests.support.calls import AGENT, agent
from tests.support.engines import FixedEngines
from tests.support.keeping import MemoryLog, MemoryRecordings, Storage
from tests.support.memory import ManualClock
from tests.support.scripted import ScriptedClips

CALL_ID = CallId("d" * 32)
HELLO = {"type": "hello", "version": 1, "ticket": "any"}

Log = Callable[[], list[dict[str, Any]]]


class OneAgent:
    """An ``AgentRepository`` that knows one agent, or says why it does not."""

    def __init__(self, found: Agent | Exception = AGENT) -> None:
        self._found = found

    async def get(self, tenant: str, agent_id: str) -> Agent:
        if isinstance(self._found, Exception):
            raise self._found
        return self._found

    async def all(self, tenant: str) -> list[Agent]:
        raise NotImplementedError

    async def add(self, agent: Agent) -> None:
        raise NotImplementedError

    async def update(self, agent: Agent) -> None:
        raise NotImplementedError

    async def archive(self, tenant: str, agent_id: str, *, is_archived: bool) -> Agent:
        raise NotImplementedError

    async def delete(self, tenant: str, agent_id: str) -> None:
        raise NotImplementedError


class AnyTicket:
    """A ``TicketPort`` for which every ticket is good."""

    async def issue(self, grant: TicketGrant, *, ttl_s: int = 30) -> str:
        raise NotImplementedError

    async def redeem(self, ticket: str) -> TicketGrant | None:
        return TicketGrant(AGENT.tenant, AGENT.id)


class BuggyLog(MemoryLog):
    """A log whose first word is a bug."""

    async def open(self, call: Call, engines: EngineNames | None = None) -> None:
        raise RuntimeError("a bug")


@pytest.fixture
def lines() -> Iterator[Log]:
    """What our loggers write, as the server would write it."""
    stream, logger = io.StringIO(), logging.getLogger("backend")
    handler = log_handler("json", show_personal=False, stream=stream)
    logger.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.removeHandler(handler)


def a_door(agents: OneAgent | None = None, log: MemoryLog | None = None, *, max_calls: int = 1) -> TestClient:
    clock = ManualClock()
    factory = OrchestratorFactory(
        start_call=StartCall(agents or OneAgent(), clock, lambda: CALL_ID),
        engines=FixedEngines(),
        clips=ScriptedClips(),
        keeping=Keeping(log or MemoryLog(), MemoryRecordings()),
        clock=clock,
    )
    app = FastAPI()
    app.include_router(audio_router(BrowserCalls(AnyTicket(), CallRegistry(max_calls), factory)))
    return TestClient(app)


def end_of(session: WebSocketTestSession) -> tuple[int, dict[str, Any]]:
    """Read to the end; return the close code and the last words."""
    last: dict[str, Any] = {}
    while (message := session.receive())["type"] != "websocket.close":
        last = json.loads(message["text"]) if "text" in message else last
    return message["code"], last


def call(door: TestClient, *messages: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    with door.websocket_connect(PATH) as session:
        for message in (HELLO, *messages):
            session.send_json(message)
        return end_of(session)


def test_the_last_words_of_a_call_that_a_bug_ended_lead_to_its_lines_in_the_log(lines: Log) -> None:
    code, last = call(a_door(log=BuggyLog()))

    assert (code, last["type"], last["code"]) == (1011, "error", "internal-error")
    assert CALL_ID.value in last["message"]
    assert "a call was ended by a bug" in [line["event"] for line in lines()]
    assert {line.get("call_id") for line in lines()} == {CALL_ID.value}


def test_a_call_whose_end_could_not_be_stored_is_named_in_the_log(lines: Log) -> None:
    call(a_door(log=MemoryLog(Storage.REFUSES)), {"type": "hangup"})

    assert "the end of a call was not stored" in [line["event"] for line in lines()]
    assert {line.get("call_id") for line in lines()} == {CALL_ID.value}


@pytest.mark.parametrize(
    ("agents", "code"),
    [
        (OneAgent(StorageError("/srv/private.db does not answer")), "storage"),
        (OneAgent(agent(engines=EngineChoice(stt=("private",)))), "unknown-engine"),
    ],
)
def test_why_a_call_could_not_be_opened_is_for_the_log_alone(lines: Log, agents: OneAgent, code: str) -> None:
    close_code, last = call(a_door(agents))

    assert (close_code, last["type"], last["code"]) == (1011, "error", code)
    assert "private" not in last["message"]
    (line,) = lines()
    assert (line["level"], line["event"], line["code"]) == ("warning", "a call could not be opened", code)
    assert "private" in line["exception"]


@pytest.mark.parametrize(
    ("agents", "max_calls", "close_code", "code", "message"),
    [
        (OneAgent(NotFoundError("There is no such agent.")), 1, 1011, "not-found", "There is no such agent."),
        (OneAgent(), 0, 1013, "busy", "All lines are busy. Please try again."),
    ],
)
def test_a_caller_who_can_do_something_about_it_is_told_in_full(
    lines: Log, agents: OneAgent, max_calls: int, close_code: int, code: str, message: str
) -> None:
    end = call(a_door(agents, max_calls=max_calls))

    assert end == (close_code, {"type": "error", "code": code, "message": message})
    (line,) = lines()
    assert (line["level"], line["event"], line["code"]) == ("warning", "a call could not be opened", code)
    assert "exception" not in line


@pytest.mark.parametrize("origin", ["http://[", "http://testserver]", "//testserver:port/", "testserver", ""])
def test_an_origin_that_is_none_is_turned_away_at_the_door(origin: str) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as raised,
        a_door().websocket_connect(PATH, headers={"Origin": origin}),
    ):
        pass

    assert raised.value.code == 1008
