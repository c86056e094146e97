"""Lines that break, peers that do not read, agents that go: every call ends as it should."""

from __future__ import annotations

import asyncio
import socket as sockets
from contextlib import suppress
from typing import Any

import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.ear import a_script, call
from tests.support.raw_line import FRAME, Outcome, open_call, outcome
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


async def newest_call(victoria: Victoria, within_s: float = 10.0) -> dict[str, Any]:
    """Return the newest call of the history once it is over."""
    async with asyncio.timeout(within_s):
        while True:
            page = await asyncio.to_thread(victoria.get, "/api/history/calls?limit=1")
            newest: dict[str, Any] = page["items"][0]
            if newest["status"] != "live":
                return newest
            await asyncio.sleep(0.1)


@pytest.mark.speech
async def test_a_line_that_is_dropped_in_mid_turn_ends_its_call(simulated_victoria: Victoria) -> None:
    async with open_call(simulated_victoria) as socket:
        await talk(socket, 1.0, flite("please tell me about the prices"))
        socket.transport.abort()
    dropped = await newest_call(simulated_victoria)
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
        await socket.send(orjson.dumps({"type": "hello", "version": 1, "ticket": ticket}).decode())
        await talk(socket, 3.0)
        await socket.send('{"type":"hangup"}')
        ended = await newest_call(simulated_victoria)
        assert (ended["status"], ended["end_cause"]) == ("completed", "caller-hung-up")
    finally:
        with suppress(ConnectionClosed):
            await socket.close()


async def test_a_line_that_falls_silent_is_not_a_silent_caller(simulated_victoria: Victoria) -> None:
    """No audio at all for a second: it is told as a stall, and the call goes on when there is some."""
    async with open_call(simulated_victoria) as socket:
        await talk(socket, 0.3)
        await asyncio.sleep(1.0)
        await talk(socket, 0.5)
        await socket.send('{"type":"hangup"}')
        assert await outcome(socket) == Outcome(None, 1000)
    ended = await newest_call(simulated_victoria)
    timeline = simulated_victoria.get(f"/api/history/calls/{ended['id']}/timeline")["items"]
    events = [entry["event"]["type"] for entry in timeline]
    assert events.count("media_stalled") == events.count("media_resumed") == 1


@pytest.mark.speech
async def test_an_agent_that_is_deleted_in_mid_call_finishes_it(simulated_victoria: Victoria) -> None:
    victoria = simulated_victoria
    draft = {"name": "Leaving", "prompt": "You answer.", "first_message": "Hello there.", "language": "en"}
    agent = victoria.ask("POST", "/api/config/agents", draft).raise_for_status().json()
    going = asyncio.create_task(call(victoria, a_script(espeak("tell me more", "en")), "Leaving"))
    await asyncio.sleep(1.0)
    deleted = await asyncio.to_thread(victoria.ask, "DELETE", f"/api/config/agents/{agent['id']}")
    assert deleted.status_code == 204
    record = await going
    assert record.cause == "caller-hung-up"
    assert len(record.story.turns) == 3
    kept = victoria.get(f"/api/history/calls/{record.call_id}")
    assert kept["agent"]["name"] == "Leaving"
    assert len(kept["transcript"]) == 3
