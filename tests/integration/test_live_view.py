"""Live views on real sockets: readers who do not read, and what is left of those who are gone."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from fastapi import FastAPI
from websockets.exceptions import ConnectionClosed

from backend.application.services.live_call import MAX_TEXT
from backend.application.services.live_calls import MAX_WATCHES, LiveCalls
from backend.domain.conversation.events import PartialTranscript
from backend.domain.entities.call import Call, Direction
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.ports.ticket_port import WatchGrant
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.instant import ms
from backend.infrastructure.clock import SystemClock
from backend.infrastructure.tickets.in_process import InProcessTickets
from backend.interfaces.websocket.endpoints.live import SEND_TIMEOUT_S, LiveViews, live_router
from tests.support.calls import AGENT
from tests.support.live_view import LiveReader, open_view

CALLS = 300
SMALL_BUFFER = 4_096


class Gallery:
    """A server with nothing but live views, and calls in which only what a test says happens."""

    def __init__(self, send_timeout_s: float) -> None:
        self.calls = LiveCalls()
        self.url = ""
        self._tickets = InProcessTickets[WatchGrant](SystemClock())
        self._lines = [
            Call(CallId(f"{number:032x}"), AGENT, Direction.BROWSER, started_at=number)
            for number in range(CALLS)
        ]
        self.app = FastAPI()
        self.app.include_router(
            live_router(LiveViews(self._tickets, self.calls, send_timeout_s=send_timeout_s))
        )

    async def ticket(self) -> str:
        return await self._tickets.issue(WatchGrant(AGENT.tenant))

    def all_call(self) -> None:
        for call in self._lines:
            self.calls.call_started(call)

    def all_say(self, number: int) -> None:
        """Have every caller say something long that begins anew with ``number``."""
        words = f"{number} " + "word " * (MAX_TEXT // 5 - 2)
        for call in self._lines:
            self.calls.entry_appended(call, TimelineEntry(1, PartialTranscript(ms(0), words), ()))


@asynccontextmanager
async def a_gallery(
    *, send_timeout_s: float = SEND_TIMEOUT_S, ping_s: float = 20.0
) -> AsyncIterator[Gallery]:
    gallery = Gallery(send_timeout_s)
    config = uvicorn.Config(
        gallery.app,
        host="127.0.0.1",
        port=0,
        log_config=None,
        lifespan="off",
        timeout_graceful_shutdown=2,
        ws_ping_interval=ping_s,
        ws_ping_timeout=ping_s,
    )
    server = uvicorn.Server(config)
    listener = config.bind_socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BUFFER)  # connections inherit it
    listener.listen()  # the server does so only some moments after it was told to begin
    gallery.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve(sockets=[listener]))
        try:
            yield gallery
        finally:
            server.should_exit = True
            await serving


def small_socket(url: str) -> socket.socket:
    """Return a connection that takes little beyond what is read of it."""
    host, port = url.removeprefix("http://").split(":")
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    connection.connect((host, int(port)))
    connection.setblocking(False)
    return connection


def numbers_told(reader: LiveReader) -> list[int]:
    """Return which of the things that callers said a reader has been told, in order."""
    texts = [message["call"]["caller_text"] for message in reader.messages if message["type"] == "call"]
    return [int(text.split()[0]) for text in texts if text]


async def test_a_reader_who_pauses_goes_on_with_the_newest_state() -> None:
    rounds = 15
    async with asyncio.timeout(60), a_gallery() as gallery:
        gallery.all_call()
        small = small_socket(gallery.url)
        async with open_view(gallery.url, await gallery.ticket(), sock=small, max_queue=1) as reader:
            await reader.read()
            for number in range(1, rounds + 1):
                gallery.all_say(number)
                await asyncio.sleep(0.21)  # so that a quick reader would be told of each
            await reader.read_until(
                lambda calls: all(call["caller_text"].split()[:1] == [f"{rounds}"] for call in calls.values())
            )

    told = numbers_told(reader)
    assert told == sorted(told)
    assert len(told) < CALLS * rounds / 2


async def test_a_reader_who_takes_nothing_is_let_go_and_disturbs_nobody() -> None:
    async with asyncio.timeout(60), a_gallery(send_timeout_s=2.0) as gallery:
        gallery.all_call()
        small, ticket = small_socket(gallery.url), await gallery.ticket()
        async with (
            open_view(gallery.url, ticket, sock=small, max_queue=1) as sleeper,
            open_view(gallery.url, await gallery.ticket()) as reader,
        ):
            await sleeper.read()
            await reader.read()
            number = 0
            while gallery.calls.watches > 1:
                number += 1
                gallery.all_say(number)
                await reader.read_until(lambda calls: all(call["caller_text"] for call in calls.values()))
                reader.calls = {id_: {**call, "caller_text": ""} for id_, call in reader.calls.items()}
            assert set(numbers_told(reader)) == set(range(1, number + 1))
            sleeper.socket.transport.abort()


async def test_a_reader_who_vanishes_is_let_go_though_nothing_happens() -> None:
    async with asyncio.timeout(60), a_gallery(ping_s=1.0) as gallery:
        tasks = len(asyncio.all_tasks())
        async with open_view(gallery.url, await gallery.ticket()) as reader:
            await reader.read()
            reader.socket.transport.pause_reading()  # and so it does not answer, nor say goodbye
            await no_more_than(tasks + 1, gallery)  # its own task stays
            reader.socket.transport.abort()


async def no_more_than(tasks: int, gallery: Gallery) -> None:
    """Wait until nobody watches and no more tasks than that are left."""
    while True:
        if gallery.calls.watches == 0 and len(asyncio.all_tasks()) <= tasks:
            return
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("leaves", ["politely", "without a word"])
async def test_nothing_is_left_of_readers_who_are_gone(leaves: str) -> None:
    async with asyncio.timeout(60), a_gallery() as gallery:
        gallery.all_call()
        tasks = len(asyncio.all_tasks())
        for _ in range(MAX_WATCHES + 10):
            async with open_view(gallery.url, await gallery.ticket()) as reader:
                await reader.read()
                if leaves == "without a word":
                    reader.socket.transport.abort()
        await no_more_than(tasks, gallery)


async def test_who_watches_when_the_server_stops_is_told_so() -> None:
    async with asyncio.timeout(60), a_gallery() as gallery:
        connection = open_view(gallery.url, await gallery.ticket())
        reader = await connection.__aenter__()
        await reader.read()
    with pytest.raises(ConnectionClosed):
        await reader.read()
    assert reader.socket.close_code == 1012
    await connection.__aexit__(None, None, None)
