"""Fifty callers hang up in the same tenth of a second, on a machine that has no time for it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from benchmarks.server import Server
from benchmarks.telephone import number_with_agent
from benchmarks.telephone_load import Callers, Talk, question_packets
from tests.support.victoria import SIMULATED, Victoria, a_victoria

pytest_plugins = ["tests.support.storage_fixtures"]
pytestmark = [pytest.mark.speech, pytest.mark.alone]

LEAVING: Final = 50
STAYING: Final = 2
WITHIN_S: Final = 30.0
SLOW_S: Final = 4.0  # twice as long as a line waits for storage
HALTED_MS: Final = 80
RUNNING_MS: Final = 20
HISTORY: Final = "/api/history/calls"


@asynccontextmanager
async def a_slow_machine(process: int) -> AsyncIterator[None]:
    """Let a process run for a fifth of the time, for ``SLOW_S`` or until the end of the block."""

    async def halt_and_go() -> None:
        for _ in range(int(1_000 * SLOW_S / (HALTED_MS + RUNNING_MS))):
            os.kill(process, signal.SIGSTOP)
            try:
                await asyncio.sleep(HALTED_MS / 1_000)
            finally:
                os.kill(process, signal.SIGCONT)
            await asyncio.sleep(RUNNING_MS / 1_000)

    async with asyncio.TaskGroup() as group:
        slowing = group.create_task(halt_and_go())
        try:
            yield
        finally:
            slowing.cancel()


@asynccontextmanager
async def asking(victoria: Victoria) -> AsyncIterator[Server]:
    """Yield the server as the benchmark's callers see it."""
    headers = {"X-API-Key": victoria.key, "Content-Type": "application/json"}
    async with httpx2.AsyncClient(
        base_url=victoria.url, headers=headers, timeout=WITHIN_S, trust_env=False
    ) as http:
        yield Server(victoria.port, victoria.key, victoria.process.pid, victoria.folder / "data", http)


async def history(server: Server) -> list[dict[str, Any]]:
    page = (await server.http.get(f"{HISTORY}?limit=200")).raise_for_status().json()
    calls: list[dict[str, Any]] = page["items"]
    return calls


async def all_but_the_staying_have_ended(server: Server) -> None:
    async with asyncio.timeout(WITHIN_S):
        while True:
            if sum(call["status"] == "live" for call in await history(server)) <= STAYING:
                return
            await asyncio.sleep(0.1)


async def an_answer(talk: Talk) -> None:
    """Wait until the caller was answered once more."""
    answers = len(talk.latencies)
    async with asyncio.timeout(WITHIN_S):
        while True:
            if len(talk.latencies) > answers:
                return
            await asyncio.sleep(0.05)


async def is_recorded(server: Server, call: dict[str, Any]) -> None:
    """Wait until the recording is as long as the call, to a thousandth."""
    duration_ms = float(call["duration_ms"])
    async with asyncio.timeout(WITHIN_S):
        while True:
            wav = (await server.http.get(f"{HISTORY}/{call['id']}/recording")).raise_for_status().content
            if abs(duration_ms - (len(wav) - 44) / 32) <= duration_ms / 1_000:
                return
            await asyncio.sleep(0.1)


async def test_fifty_calls_that_end_at_once_are_all_stored(storage_url: str, tmp_path: Path) -> None:
    environment = {**SIMULATED, "DATABASE_URL": storage_url, "VICTORIA_MAX_CALLS": "100"}
    with a_victoria(tmp_path, environment) as victoria:
        async with asking(victoria) as server, asyncio.TaskGroup() as group:
            callers = Callers(server, await number_with_agent(server), await question_packets())
            talks: list[Talk] = []
            talking = group.create_task(callers.keep_talking(talks))
            for number in range(LEAVING + STAYING):  # one after the other: arriving is not what is tried
                talks += [await callers.call(number)]
            staying, leaving = talks[:STAYING], talks[STAYING:]
            await an_answer(staying[0])
            async with a_slow_machine(server.pid):
                for talk in leaving:
                    talk.line.hang_up()
                await all_but_the_staying_have_ended(server)
            for talk in staying:
                await an_answer(talk)
                assert not talk.line.is_lost
            ended = [call for call in await history(server) if call["status"] != "live"]
            assert [call["end_cause"] for call in ended] == LEAVING * ["caller-hung-up"]
            for call in ended:
                await is_recorded(server, call)
            talking.cancel()
            for talk in talks:
                talk.line.drop()
    assert "Traceback" not in victoria.log
