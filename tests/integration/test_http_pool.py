"""The connections to speech services: they wait for the next turn, and stay alive on the way."""

from __future__ import annotations

import asyncio
import socket
import time
from types import SimpleNamespace

import pytest

from backend.domain.errors import ProviderError
from backend.infrastructure.adapters.http_pool import HttpPool
from tests.support.speech_server import SpeechExchange, speech_server


async def says_yes(exchange: SpeechExchange) -> None:
    await exchange.answer(200, "Yes.")


async def test_a_connection_waits_for_the_next_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The HTTP library by itself would give it up after five seconds."""
    late_s = 0.0
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + late_s)
    monkeypatch.setattr("httpcore._async.http11.time", clock)
    async with speech_server(says_yes) as server:
        pool = HttpPool("scripted", {})
        for seconds in (0.0, 10.0, 200.0):
            late_s += seconds
            await (await pool.load()).post(server.url, json={})
        assert (len(server.exchanges), server.connections) == (3, 1)
        late_s += 300.0
        await (await pool.load()).post(server.url, json={})
        assert server.connections == 2
        await pool.aclose()


async def test_routers_on_the_way_see_that_a_waiting_connection_lives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options: list[tuple[int, int, object]] = []
    set_option = socket.socket.setsockopt

    def spy(self: socket.socket, level: int, name: int, value: int) -> None:
        options.append((level, name, value))
        set_option(self, level, name, value)

    async with speech_server(says_yes) as server:
        pool = HttpPool("scripted", {})
        client = await pool.load()
        monkeypatch.setattr(socket.socket, "setsockopt", spy)
        await client.head(server.url)
        await pool.aclose()
    assert (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1) in options


async def test_calls_that_begin_together_share_the_connections() -> None:
    pool = HttpPool("scripted", {})
    async with asyncio.TaskGroup() as group:
        loading = [group.create_task(pool.load()) for _ in range(3)]
    assert len({id(task.result()) for task in loading}) == 1
    await pool.aclose()


async def test_a_pool_that_is_closed_while_it_is_made_opens_nothing() -> None:
    pool = HttpPool("scripted", {})
    loading = asyncio.create_task(pool.load())
    await asyncio.sleep(0)
    await pool.aclose()
    with pytest.raises(ProviderError) as caught:
        await loading
    assert (caught.value.code, caught.value.retryable) == ("closed", False)
