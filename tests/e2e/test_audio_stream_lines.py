"""Lines that break, peers that do not read, agents that go: every call ends as it should."""

from __future__ import annotations

import asyncio
import socket as sockets
from contextlib import suppress
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.ear import a_script, call
from tests.support.raw_line import FRAME, Outcome, begin_call, open_line, outcome
from tests.support.speech import espeak, flite
from tests.support.victoria import Victoria


async def talk(socket: ClientConnection, seconds: float, speech: bytes = b"") -> None:
    """Send ``speech``, then silence, in real time."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number in range(int(seconds * 50)):
        part = speech[number * len(FRAME) : (number + 1) * len(FRAME)]
        await socket.send(part.ljust(len(FRAME), b"\0"))
        await asyncio.sleep(max(0.0, began + (number + 1) * 0.02 - loop.time()))


async def ended(victoria: Victoria, call_id: str) -> dict[str, Any]:
    """Return a call once it is over. It may have ended before the history has heard of it."""
    async with asyncio.timeout(20):
        while True:
            answer = await asyncio.to_thread(victoria.ask, "GET", f"/api/history/calls/{call_id}")
            if answer.status_code == 200 and answer.json()["status"] != "live":
                call: dict[str, Any] = answer.json()
                return call
            await asyncio.sleep(0.1)


async def is_live(victoria: Victoria, agent: str) -> None:
    """Wait until a call of ``agent`` goes on."""
    async with asyncio.timeout(20):
        while True:
            calls = (await asyncio.to_thread(victoria.get, "/api/history/calls?status=live"))["items"]
            if any(call["agent"]["name"] == agent for call in calls):
                return
            await asyncio.sleep(0.05)


@pytest.mark.speech
async def test_a_line_that_is_dropped_in_mid_turn_ends_its_call(simulated_victoria: Victoria) -> None:
    async with open_line(simulated_victoria) as socket:
        call_id = await begin_call(socket, await simulated_victoria.ticket())
        await talk(socket, 1.0, flite("please tell me about the prices"))
        socket.transport.abort()
    dropped = await ended(simulated_victoria, call_id)
    assert dropped["end_cause"] == "connection-lost"
    assert dropped["has_recording"]


async def test_who_hangs_up_without_reading_is_let_go(simulated_victoria: Victoria) -> None:
    """The receiving end is filled to the brim; the server neither waits for it nor keeps the call."""
    small = sockets.socket(sockets.AF_INET, sockets.SOCK_STREAM)
    small.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 2_048)
    small.setblocking(False)
    await asyncio.get_running_loop().sock_connect(small, ("127.0.0.1", simulated_victoria.port))
    ticket = await simulated_victoria.ticket()
    socket = await connect(
        simulated_victoria.calls_url, sock=small, compression=None, max_queue=1, close_timeout=1, proxy=None
    )
    try:
        call_id = await begin_call(socket, ticket)
        await talk(socket, 3.0)
        await socket.send('{"type":"hangup"}')
        call = await ended(simulated_victoria, call_id)
        assert (call["status"], call["end_cause"]) == ("completed", "caller-hung-up")
    finally:
        with suppress(ConnectionClosed):
            await socket.close()


async def test_a_line_that_falls_silent_is_not_a_silent_caller(simulated_victoria: Victoria) -> None:
    """No audio at all for a second: it is told as a stall, and the call goes on when there is some."""
    async with open_line(simulated_victoria) as socket:
        call_id = await begin_call(socket, await simulated_victoria.ticket())
        await talk(socket, 0.3)
        await asyncio.sleep(1.0)
        await talk(socket, 0.5)
        await socket.send('{"type":"hangup"}')
        assert await outcome(socket) == Outcome(None, 1000)
    await ended(simulated_victoria, call_id)
    timeline = simulated_victoria.get(f"/api/history/calls/{call_id}/timeline")["items"]
    events = [entry["event"] for entry in timeline]
    began = [event["at"] for event in events if event["type"] == "media_stalled"]
    over = [event["at"] for event in events if event["type"] == "media_resumed"]
    # On a busy machine there may be others, of which none is as long.
    assert sum(end - start > 600_000_000 for start, end in zip(began, over, strict=True)) == 1


@pytest.mark.speech
async def test_an_agent_that_is_deleted_in_mid_call_finishes_it(simulated_victoria: Victoria) -> None:
    victoria = simulated_victoria
    draft = {"name": "Leaving", "prompt": "You answer.", "first_message": "Hello there.", "language": "en"}
    agent = victoria.ask("POST", "/api/config/agents", draft).raise_for_status().json()
    going = asyncio.create_task(call(victoria, a_script(espeak("tell me more", "en")), "Leaving"))
    await is_live(victoria, "Leaving")
    deleted = await asyncio.to_thread(victoria.ask, "DELETE", f"/api/config/agents/{agent['id']}")
    assert deleted.status_code == 204
    record = await going
    assert record.cause == "caller-hung-up"
    assert len(record.story.turns) == 3
    kept = victoria.get(f"/api/history/calls/{record.call_id}")
    assert kept["agent"]["name"] == "Leaving"
    assert len(kept["transcript"]) == 3
