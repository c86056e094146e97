"""A telephone call survives its process and its socket: the caller stays, and the agent comes back."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from backend.interfaces.cli import phone_messages as wire
from backend.interfaces.cli.phone_messages import Answered, Audio, Mark
from tests.support.victoria import SIMULATED, Victoria, a_victoria

NUMBER = "+34910000001"
CALLER = "+34600000001"
SILENCE = b"\xff" * 160  # 20 ms of µ-law
CALLS = 3


@pytest.fixture
def victoria(tmp_path: Path) -> Iterator[Victoria]:
    with a_victoria(tmp_path, SIMULATED) as victoria:
        agent = victoria.server.agent_id("Victoria")
        line = {"number": NUMBER, "carrier": "loopback", "agent_id": agent}
        assert victoria.ask("POST", "/api/config/numbers", line).status_code == 201
        yield victoria


class Telephone:
    """A telephone whose owner listens and says nothing."""

    def __init__(self, victoria: Victoria) -> None:
        self.id = uuid.uuid4().hex
        self.tickets: list[str] = []
        self.heard_bytes = 0
        self._heard = asyncio.Event()
        self._victoria = victoria

    async def tells(self, event: str, **fields: object) -> dict[str, Any]:
        """Have the carrier tell something of this call; return what it shall do."""
        body = orjson.dumps({"event": event, "call": self.id, **fields})
        headers = {wire.SIGNATURE_HEADER: wire.signature_of(self._secret, wire.WEBHOOK_PATH, body)}
        async with httpx2.AsyncClient(base_url=self._victoria.url, trust_env=False, timeout=20) as client:
            response = await client.post(wire.WEBHOOK_PATH, content=body, headers=headers)
        answer: dict[str, Any] = response.raise_for_status().json()
        return answer

    async def connected(self, event: str, **fields: object) -> Answered:
        """The same, where that is to open a media socket."""
        answered = wire.parse_answer(orjson.dumps(await self.tells(event, **fields)))
        assert isinstance(answered, Answered), answered
        self.tickets.append(answered.ticket)
        return answered

    @asynccontextmanager
    async def on_the_line(self, answered: Answered) -> AsyncIterator[ClientConnection]:
        """Be on a media socket: send silence, hear the agent, give receipts."""
        url = self._victoria.url.replace("http", "ws") + answered.path
        headers = {wire.SIGNATURE_HEADER: wire.signature_of(self._secret, answered.path)}
        async with connect(url, additional_headers=headers, proxy=None) as socket:
            await socket.send(wire.start(self.id, answered.ticket))
            async with asyncio.TaskGroup() as group:
                pumps = [group.create_task(pump(socket)) for pump in (self._breathe, self._listen)]
                try:
                    yield socket
                finally:
                    for pump in pumps:
                        pump.cancel()

    async def hears(self) -> None:
        """Wait until the agent speaks (again)."""
        before = self.heard_bytes
        async with asyncio.timeout(20):
            while self.heard_bytes - before < 8_000:  # a second
                self._heard.clear()
                await self._heard.wait()

    async def _breathe(self, socket: ClientConnection) -> None:
        loop, count = asyncio.get_running_loop(), 0
        began = loop.time()
        with suppress(ConnectionClosed):
            while True:
                await socket.send(wire.media(count + 1, count * 20, SILENCE))
                count += 1
                await asyncio.sleep(began + count * 0.02 - loop.time())

    async def _listen(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for message in socket:
                match wire.parse_media(message):
                    case Audio(payload=payload):
                        self.heard_bytes += len(payload)
                        self._heard.set()
                    case Mark(name=name):
                        await socket.send(wire.mark(name))

    @property
    def _secret(self) -> str:
        return (self._victoria.folder / "data" / "loopback.key").read_text(encoding="ascii").strip()


def history(victoria: Victoria) -> list[dict[str, Any]]:
    """Return all calls, oldest first."""
    calls: list[dict[str, Any]] = victoria.get("/api/history/calls")["items"]
    return list(reversed(calls))


async def written_down(victoria: Victoria, count: int) -> None:
    """Wait until the history knows of so many calls; they may have begun before."""
    async with asyncio.timeout(20):
        while len(await asyncio.to_thread(history, victoria)) < count:  # noqa: ASYNC110 (another process)
            await asyncio.sleep(0.05)


async def ended(victoria: Victoria, count: int) -> list[dict[str, Any]]:
    """Wait until there are so many calls and all have ended; return them, oldest first."""
    async with asyncio.timeout(20):
        while True:
            calls = await asyncio.to_thread(history, victoria)
            if len(calls) == count and all(call["status"] != "live" for call in calls):
                return calls
            await asyncio.sleep(0.1)


async def hangs_up(phone: Telephone, socket: ClientConnection) -> None:
    await socket.send(wire.stop())
    await phone.tells("progressed", status="completed")


def first_words(victoria: Victoria, call: dict[str, Any]) -> str:
    words: str = victoria.get(f"/api/history/calls/{call['id']}")["transcript"][0]["content"]
    return words


async def test_calls_go_on_after_their_process_was_killed(victoria: Victoria) -> None:
    phones = [Telephone(victoria) for _ in range(CALLS)]
    killed = asyncio.Event()

    async def is_called(phone: Telephone, ready: asyncio.Event) -> None:
        answered = await phone.connected("offered", **{"from": CALLER, "to": NUMBER})
        async with phone.on_the_line(answered):
            await phone.hears()
            ready.set()
            await killed.wait()

    ready = [asyncio.Event() for _ in phones]
    async with asyncio.TaskGroup() as group:
        for phone, event in zip(phones, ready, strict=True):
            group.create_task(is_called(phone, event))
        for event in ready:
            await event.wait()
        await written_down(victoria, CALLS)
        victoria.kill()
        killed.set()
    await asyncio.to_thread(victoria.start)

    async def goes_on(phone: Telephone) -> None:
        async with phone.on_the_line(await phone.connected("unattended")) as socket:
            await phone.hears()
            await hangs_up(phone, socket)

    async with asyncio.TaskGroup() as group:
        for phone in phones:
            group.create_task(goes_on(phone))
    calls = await ended(victoria, 2 * CALLS)

    before, after = calls[:CALLS], calls[CALLS:]
    assert {(call["status"], call["end_cause"]) for call in before} == {("interrupted", "process-died")}
    assert {call["end_cause"] for call in after} == {"caller-hung-up"}
    assert {call["continues"] for call in after} == {call["id"] for call in before}
    assert {(call["caller"], call["called"]) for call in calls} == {(CALLER, NUMBER)}
    assert {first_words(victoria, call) for call in after} == {
        "Sorry, we were cut off for a moment. Where were we?"
    }
    assert not [ticket for phone in phones for ticket in phone.tickets if ticket in victoria.log]
    assert "Traceback" not in victoria.log


async def test_a_call_goes_on_after_its_socket_broke(victoria: Victoria) -> None:
    phone = Telephone(victoria)
    async with phone.on_the_line(
        await phone.connected("offered", **{"from": CALLER, "to": NUMBER})
    ) as socket:
        await phone.hears()
        socket.transport.abort()
    async with phone.on_the_line(await phone.connected("unattended")) as socket:
        await phone.hears()
        await hangs_up(phone, socket)
    first, second = await ended(victoria, 2)
    assert (first["end_cause"], second["end_cause"]) == ("connection-lost", "caller-hung-up")
    assert second["continues"] == first["id"]
    assert (await phone.tells("unattended"))["do"] == "hang-up"


async def test_what_a_carrier_once_told_gets_nobody_in_and_nobody_out(victoria: Victoria) -> None:
    phone = Telephone(victoria)
    offer = {"from": CALLER, "to": NUMBER}
    answered = await phone.connected("offered", **offer)
    async with phone.on_the_line(answered) as socket:
        await phone.hears()
        assert (await phone.connected("offered", **offer)).ticket == answered.ticket
        assert (await phone.tells("unattended"))["do"] == "nothing"
        address = victoria.url.replace("http", "ws") + f"{answered.path}/{answered.ticket}"
        with pytest.raises(InvalidStatus) as refused:
            await connect(address, proxy=None)
        assert refused.value.response.status_code == 403
        async with phone.on_the_line(answered) as second:
            await second.wait_closed()
        assert second.close_code == 1008
        await phone.hears()  # the call has not noticed
        await hangs_up(phone, socket)
    (call,) = await ended(victoria, 1)
    assert call["end_cause"] == "caller-hung-up"
    assert answered.ticket not in victoria.log
