"""The server dies in the middle of ten calls. What callers were told is kept is kept, once."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from backend.domain.entities.timeline import committed_turns
from backend.interfaces.cli.caller import RATE, Caller, CallRecord
from tests.support.ear import a_script, call, read_stereo
from tests.support.listening import until
from tests.support.raw_line import Outcome, open_call, open_line, outcome
from tests.support.speech import flite
from tests.support.victoria import SIMULATED, Victoria, a_victoria

CALLS = 10
SEED = 20_261_122
# Old calls have had several turns by then, the youngest has not heard its greeting to the end.
SPREAD_S = 11.0
KILLED_AFTER_S = 15.0
DRAIN_S = 40
PATIENCE_S = 20.0
BUSY = Outcome("busy", 1013)

pytestmark = pytest.mark.speech


@pytest.fixture(scope="module")
def doomed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victoria]:
    """A server that this module may kill."""
    with a_victoria(tmp_path_factory.mktemp("doomed"), SIMULATED) as server:
        yield server


async def calls_until_the_server_dies(victoria: Victoria) -> list[CallRecord]:
    """Begin ten calls at random moments and kill the server while all of them talk."""
    chance = random.Random(SEED)
    speech = flite("please tell me about the prices")
    callers = [Caller(a_script(*[speech] * 10)) for _ in range(CALLS)]

    async def one(caller: Caller, delay_s: float) -> None:
        ticket = await victoria.ticket()
        await asyncio.sleep(delay_s)
        await caller.call(victoria.calls_url, ticket)

    async with asyncio.TaskGroup() as group:
        for caller in callers:
            group.create_task(one(caller, chance.uniform(0, SPREAD_S)))
        await asyncio.sleep(KILLED_AFTER_S + chance.random())
        await until(lambda: all(caller.story.entries for caller in callers))  # also on a busy machine
        await asyncio.to_thread(victoria.kill)
    return [caller.record() for caller in callers]


async def test_every_turn_that_was_told_to_be_kept_survives_a_kill_once(doomed: Victoria) -> None:
    records = await calls_until_the_server_dies(doomed)
    assert [record.cause for record in records] == [None] * CALLS
    await asyncio.to_thread(doomed.start)
    told = 0
    for record in records:
        entries = [entry for entry in record.story.entries if entry.seq <= record.committed]
        assert len(entries) == record.committed
        expected = [(turn.role.value, turn.content, turn.heard) for turn in committed_turns(entries)]
        told += len(expected)
        assert_is_there(doomed, record, expected)
    assert told >= CALLS, "the server was killed before anything was said"
    live = doomed.get("/api/history/calls?status=live")["items"]
    assert live == []


def assert_is_there(victoria: Victoria, record: CallRecord, expected: list[tuple[str, str, str]]) -> None:
    """The call is interrupted and begins with the ``expected`` turns; nothing is there twice."""
    kept = victoria.get(f"/api/history/calls/{record.call_id}")
    assert kept["status"] == "interrupted"
    turns = kept["transcript"]
    assert [(turn["role"], turn["content"], turn["heard"]) for turn in turns][: len(expected)] == expected
    assert [turn["number"] for turn in turns] == list(range(1, len(turns) + 1))
    timeline = victoria.get(f"/api/history/calls/{record.call_id}/timeline?limit=1000")["items"]
    assert [entry["seq"] for entry in timeline] == list(range(1, len(timeline) + 1))
    assert len(timeline) >= record.committed
    if kept["has_recording"]:
        recording = victoria.ask("GET", f"/api/history/calls/{record.call_id}/recording")
        caller, _ = read_stereo(recording.content)
        assert 0 < len(caller) <= len(record.said) + RATE
    else:
        assert len(record.said) < 10 * RATE, "a chunk of five seconds should have been on disk"


async def test_the_server_that_was_killed_takes_calls_again(doomed: Victoria) -> None:
    record = await call(doomed, a_script(flite("please tell me about the prices")))
    assert record.cause == "caller-hung-up"
    assert len(record.story.turns) == 3


async def test_a_second_signal_ends_the_server_at_once(doomed: Victoria) -> None:
    caller = Caller(a_script(*[flite("please tell me about the prices")] * 5))
    calling = asyncio.create_task(caller.call(doomed.calls_url, await doomed.ticket()))
    await until_live(doomed, 1)
    doomed.tell_to_stop()
    await until_it_drains(doomed)
    assert doomed.process.poll() is None
    doomed.tell_to_stop()
    await asyncio.to_thread(doomed.wait, PATIENCE_S)
    record = await calling
    assert record.cause != "caller-hung-up"
    await asyncio.to_thread(doomed.start)
    kept = doomed.get(f"/api/history/calls/{record.call_id}")
    assert kept["status"] != "live"


def test_engines_do_not_outlive_a_killed_server(tmp_path: Path) -> None:
    """The processes that speak and listen notice that nobody is there any more."""
    with a_victoria(tmp_path) as victoria:
        engines = victoria.children()
        assert engines
        victoria.kill()
        deadline = time.monotonic() + PATIENCE_S
        while left := {pid for pid in engines if Path(f"/proc/{pid}").exists()}:
            assert time.monotonic() < deadline, f"{left} are still there"
            time.sleep(0.05)


async def test_a_drain_lets_calls_end_and_takes_no_more(tmp_path: Path) -> None:
    environment = {**SIMULATED, "VICTORIA_MAX_CALLS": "2", "VICTORIA_DRAIN_SECONDS": str(DRAIN_S)}
    with a_victoria(tmp_path, environment) as victoria:
        loop = asyncio.get_running_loop()
        speech = flite("please tell me about the prices")
        async with open_call(victoria):
            goes_on = asyncio.create_task(
                Caller(a_script(speech, speech)).call(victoria.calls_url, await victoria.ticket())
            )
            await until_live(victoria, 2)
            assert await one_more_call(victoria) == BUSY  # both places are taken
        await until_live(victoria, 1)
        told_at = loop.time()
        victoria.tell_to_stop()
        await until_it_drains(victoria)
        assert await one_more_call(victoria) == BUSY  # one place is free, and not to be had
        record = await goes_on
        assert record.cause == "caller-hung-up"
        assert len(record.story.turns) == 5
        assert await asyncio.to_thread(victoria.wait, PATIENCE_S) == 0
        assert loop.time() - told_at < DRAIN_S
        assert "Traceback" not in victoria.log


async def until_live(victoria: Victoria, calls: int) -> None:
    """Wait until so many calls are going on."""
    async with asyncio.timeout(PATIENCE_S):
        while await asyncio.to_thread(victoria.live_calls) != calls:  # noqa: ASYNC110 (a process of its own)
            await asyncio.sleep(0.05)


async def until_it_drains(victoria: Victoria) -> None:
    """Wait until the server says that it takes no more calls."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            health = await asyncio.to_thread(victoria.ask, "GET", "/health/ready")
            if health.status_code == 503 and health.json()["status"] != "ok":
                return
            await asyncio.sleep(0.05)


async def one_more_call(victoria: Victoria) -> Outcome:
    """Try to call, and tell how that ended."""
    ticket = await victoria.ticket()
    async with open_line(victoria) as socket:
        await socket.send(orjson.dumps({"type": "hello", "version": 1, "ticket": ticket}).decode())
        return await outcome(socket)
