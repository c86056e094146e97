"""The door of ``/ws/live``, and what is said through it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from backend.application.services.live_calls import MAX_WATCHES, LiveCalls
from backend.domain.conversation.effects import PublishLatency
from backend.domain.conversation.events import Event, PartialTranscript, PlayoutStarted, SpeechStarted
from backend.domain.entities.call import Call, Direction
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.ports.ticket_port import WatchGrant
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.instant import ms
from backend.domain.value_objects.latency import TurnLatency
from backend.interfaces.websocket.endpoints.live import PATH, LiveViews, live_router
from tests.support.calls import AGENT

CALL = Call(CallId("d" * 32), AGENT, Direction.BROWSER, started_at=1_700_000_000_000)
HELLO = {"type": "hello", "version": 1, "ticket": "mine"}
NOW = ms(0)
SEEN = {
    "id": CALL.id.value,
    "agent": {"id": AGENT.id, "name": AGENT.name},
    "direction": "browser",
    "draft": False,
    "started_at": 1_700_000_000_000,
    "state": "listening",
    "caller_text": "",
    "agent_text": "",
    "turns": 0,
    "last_voice_to_voice_ms": None,
}


class TicketsOfTwo:
    """A ``TicketPort`` that knows a ticket of ours and one of somebody else, for ever."""

    async def issue(self, grant: WatchGrant, *, ttl_s: int = 30) -> str:
        raise NotImplementedError

    async def redeem(self, ticket: str) -> WatchGrant | None:
        return {"mine": WatchGrant(AGENT.tenant), "theirs": WatchGrant("theirs")}.get(ticket)


def a_gallery(calls: LiveCalls, **limits: Any) -> TestClient:
    app = FastAPI()
    app.include_router(live_router(LiveViews(TicketsOfTwo(), calls, **limits)))
    return TestClient(app)


def happens(calls: LiveCalls, event: Event, *effects: Any) -> None:
    calls.entry_appended(CALL, TimelineEntry(1, event, effects))


def end_of(session: WebSocketTestSession) -> tuple[int, str | None]:
    """Read to the end; return the close code, and the code of the error before it."""
    code: str | None = None
    try:
        while True:
            code = session.receive_json().get("code")
    except WebSocketDisconnect as closed:
        return closed.code, code


def outcome(*messages: dict[str, Any] | bytes) -> tuple[int, str | None]:
    with a_gallery(LiveCalls()).websocket_connect(PATH) as session:
        for message in messages:
            if isinstance(message, bytes):
                session.send_bytes(message)
            else:
                session.send_json(message)
        return end_of(session)


def test_a_view_begins_with_all_that_there_is_and_goes_on_with_what_changes() -> None:
    calls = LiveCalls()
    calls.call_started(CALL)

    with a_gallery(calls).websocket_connect(PATH) as session:
        session.send_json(HELLO)
        assert session.receive_json() == {"type": "snapshot", "calls": [SEEN]}
        session.portal.call(happens, calls, SpeechStarted(NOW, since=NOW))
        assert session.receive_json() == {"type": "call", "call": {**SEEN, "state": "caller_speaking"}}
        session.portal.call(happens, calls, PartialTranscript(NOW, "¿Sí? <b>"))
        assert session.receive_json()["call"]["caller_text"] == "¿Sí? <b>"
        session.portal.call(
            happens, calls, PlayoutStarted(NOW, 1, NOW), PublishLatency(1, TurnLatency(1, 2, 3, 4, 5, 6.5))
        )
        assert session.receive_json()["call"]["last_voice_to_voice_ms"] == 21.5
        session.portal.call(calls.call_ended, CALL)
        assert session.receive_json() == {"type": "ended", "call_id": CALL.id.value}


def test_a_call_with_a_draft_is_seen_as_one() -> None:
    calls = LiveCalls()
    calls.call_started(replace(CALL, is_draft=True))

    with a_gallery(calls).websocket_connect(PATH) as session:
        session.send_json(HELLO)
        assert session.receive_json() == {"type": "snapshot", "calls": [{**SEEN, "draft": True}]}


def test_where_nothing_happens_the_server_says_that_it_is_there() -> None:
    with a_gallery(LiveCalls(), heartbeat_s=0.01).websocket_connect(PATH) as session:
        session.send_json(HELLO)
        said = [session.receive_json() for _ in range(3)]

    assert said == [{"type": "snapshot", "calls": []}, {"type": "ping"}, {"type": "ping"}]


def test_nothing_is_seen_with_a_ticket_of_somebody_else() -> None:
    calls, theirs = LiveCalls(), replace(CALL, agent=replace(AGENT, tenant="theirs"), id=CallId("f" * 32))
    calls.call_started(CALL)

    with a_gallery(calls).websocket_connect(PATH) as session:
        session.send_json({**HELLO, "ticket": "theirs"})
        assert session.receive_json() == {"type": "snapshot", "calls": []}
        session.portal.call(happens, calls, PartialTranscript(NOW, "a secret"))
        session.portal.call(calls.call_started, theirs)
        assert session.receive_json()["call"]["id"] == theirs.id.value


@pytest.mark.parametrize(
    ("messages", "end"),
    [
        ([{**HELLO, "ticket": "made up"}], (1008, "ticket-invalid")),
        ([{"type": "hello", "version": 1}], (1003, "unexpected-message")),
        ([{**HELLO, "version": 2}], (1003, "unexpected-message")),
        ([b"\0\0"], (1003, "unexpected-message")),
        ([HELLO, HELLO], (1003, "unexpected-message")),
        ([HELLO, b"\0\0"], (1003, "unexpected-message")),
    ],
)
def test_who_says_anything_but_hello_is_shown_out(messages: list[Any], end: tuple[int, str]) -> None:
    assert outcome(*messages) == end


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver:1", "http://["])
def test_pages_of_others_are_turned_away_at_the_door(origin: str) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as raised,
        a_gallery(LiveCalls()).websocket_connect(PATH, headers={"Origin": origin}),
    ):
        pass

    assert raised.value.code == 1008


@pytest.mark.parametrize("origin", ["http://testserver", "https://console.example"])
def test_our_own_page_and_listed_ones_are_let_in(origin: str) -> None:
    gallery = a_gallery(LiveCalls(), allowed_origins=("https://console.example",))

    with gallery.websocket_connect(PATH, headers={"Origin": origin}) as session:
        session.send_json(HELLO)
        assert session.receive_json() == {"type": "snapshot", "calls": []}


def test_a_view_ends_after_a_while_and_can_be_opened_again() -> None:
    gallery = a_gallery(LiveCalls(), max_view_s=0.05)

    for _ in range(2):
        with gallery.websocket_connect(PATH) as session:
            session.send_json(HELLO)
            assert end_of(session) == (1001, None)


def test_only_so_many_may_watch() -> None:
    calls = LiveCalls()

    def crowd(number: int) -> None:
        with calls.watch(AGENT.tenant):
            if number > 1:
                crowd(number - 1)
            else:
                with a_gallery(calls).websocket_connect(PATH) as session:
                    session.send_json(HELLO)
                    assert end_of(session) == (1013, "busy")

    crowd(MAX_WATCHES)
