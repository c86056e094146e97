"""Watching live calls of the real server: what is seen, by whom, and after a connection was lost."""

from __future__ import annotations

import asyncio

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from backend.infrastructure.database.repositories.sqlalchemy_repositories import SqlApiKeyRepository
from backend.infrastructure.database.session import Database
from backend.interfaces.cli.caller import Caller
from tests.support.ear import a_script
from tests.support.http import add_key
from tests.support.live_view import LiveReader, open_view
from tests.support.raw_line import Outcome, open_call, open_line, outcome
from tests.support.speech import flite
from tests.support.victoria import Victoria

WITHIN_S = 30.0


async def a_ticket(victoria: Victoria, key: str | None = None) -> str:
    """Return a ticket for a view, with the owner's key if no other is given."""
    async with httpx2.AsyncClient(base_url=victoria.url, trust_env=False) as client:
        answer = await client.post("/api/live/tickets", headers={"X-API-Key": key or victoria.key})
    assert answer.status_code == 201
    ticket = answer.json()
    assert ticket["expires_in_s"] == 30
    return str(ticket["ticket"])


async def key_of_others(victoria: Victoria) -> str:
    """Return a key of another tenant on the same server."""
    async with Database(f"sqlite:///{victoria.folder}/data/victoria.db") as database:
        return await add_key(SqlApiKeyRepository(database), "theirs")


async def last_words(reader: LiveReader) -> tuple[str | None, int | None]:
    """Read to the end; return the code of the last message, if it was an error, and the close code."""
    try:
        while True:
            await reader.read()
    except ConnectionClosed:
        code = reader.messages[-1].get("code") if reader.messages else None
        return code, reader.socket.close_code


@pytest.mark.speech
async def test_two_calls_are_seen_from_their_greeting_to_their_end(simulated_victoria: Victoria) -> None:
    victoria = simulated_victoria
    question = flite("please tell me about the prices")
    callers = [Caller(a_script(question)) for _ in range(2)]
    async with asyncio.timeout(WITHIN_S), open_view(victoria.url, await a_ticket(victoria)) as reader:
        assert (await reader.read())["type"] == "snapshot"
        tickets = [await victoria.ticket() for _ in callers]
        async with asyncio.TaskGroup() as group:
            for caller, ticket in zip(callers, tickets, strict=True):
                group.create_task(caller.call(victoria.calls_url, ticket))
            await reader.read_until(lambda calls: len(calls) == 2)
            both = list(reader.calls)
            await reader.read_until(lambda calls: not calls)

    for call_id in both:
        states = reader.told_of(call_id, "state")
        assert {"speaking", "caller_speaking"} <= set(states)
        assert states.index("speaking") < states.index("caller_speaking")
        assert max(reader.told_of(call_id, "last_voice_to_voice_ms")[1:]) > 100
        story = await asyncio.to_thread(victoria.get, f"/api/history/calls/{call_id}")
        greeting, asked, *_ = story["transcript"]
        assert greeting["content"] in reader.told_of(call_id, "agent_text")
        assert asked["content"] in reader.told_of(call_id, "caller_text")
        assert reader.told_of(call_id, "started_at") == [story["started_at"]]
        assert reader.told_of(call_id, "agent") == [{"id": story["agent"]["id"], "name": "Victoria"}]


async def test_who_comes_again_sees_what_is_there_now(simulated_victoria: Victoria) -> None:
    victoria = simulated_victoria
    async with asyncio.timeout(WITHIN_S):
        async with open_call(victoria):
            async with open_view(victoria.url, await a_ticket(victoria)) as reader:
                await reader.read_until(lambda calls: len(calls) == 1)
                (call_id,) = reader.calls
                reader.socket.transport.abort()  # the network goes, without a word
            async with open_view(victoria.url, await a_ticket(victoria)) as reader:
                assert [call["id"] for call in (await reader.read())["calls"]] == [call_id]
        async with open_view(victoria.url, await a_ticket(victoria)) as reader:
            await reader.read_until(lambda calls: not calls)
    assert "Traceback" not in victoria.log


async def test_another_tenant_sees_nothing(simulated_victoria: Victoria) -> None:
    victoria = simulated_victoria
    theirs = await a_ticket(victoria, await key_of_others(victoria))
    async with (
        asyncio.timeout(WITHIN_S),
        open_view(victoria.url, theirs) as stranger,
        open_view(victoria.url, await a_ticket(victoria)) as owner,
    ):
        assert (await stranger.read())["calls"] == []
        async with open_call(victoria):
            await owner.read_until(lambda calls: len(calls) == 1)
        await owner.read_until(lambda calls: not calls)
        await stranger.socket.close()
        await last_words(stranger)

    assert [message["type"] for message in stranger.messages] == ["snapshot"]


async def test_a_ticket_opens_one_view_and_no_call(simulated_victoria: Victoria) -> None:
    victoria = simulated_victoria
    used, unused, for_a_call = await a_ticket(victoria), await a_ticket(victoria), await victoria.ticket()
    async with open_view(victoria.url, used) as reader:
        await reader.read()
        for ticket in (used, for_a_call, "made-up"):
            async with open_view(victoria.url, ticket) as refused:
                assert await last_words(refused) == ("ticket-invalid", 1008)
    async with open_line(victoria) as line:
        await line.send(f'{{"type":"hello","version":1,"ticket":"{unused}"}}')
        assert await outcome(line) == Outcome("ticket-invalid", 1008)


async def test_a_ticket_needs_a_key(simulated_victoria: Victoria) -> None:
    async with httpx2.AsyncClient(base_url=simulated_victoria.url, trust_env=False) as client:
        assert (await client.post("/api/live/tickets")).status_code == 401


async def test_pages_of_others_are_turned_away(simulated_victoria: Victoria) -> None:
    victoria = simulated_victoria
    ticket = await a_ticket(victoria)
    with pytest.raises(InvalidStatus) as caught:
        async with open_view(victoria.url, ticket, headers={"Origin": "https://evil.example"}):
            pass
    assert caught.value.response.status_code == 403
    async with open_view(victoria.url, ticket, headers={"Origin": victoria.url}) as reader:
        assert (await reader.read())["type"] == "snapshot"
