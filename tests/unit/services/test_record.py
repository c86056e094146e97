"""What is kept of a call when storage refuses a part of it for good, or for a while."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

import numpy as np
import pytest

from backend.application.services.call_clock import CallClock
from backend.application.services.record import RETRY_S, Record
from backend.domain.entities.call import Call
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.errors import StorageError
from backend.domain.ports.channel_port import Notice, TimelineCommitted, TroubleReported
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.engine_names import EngineNames
from backend.domain.value_objects.instant import ms
from tests.support.keeping import MemoryLog, MemoryRecordings, Storage
from tests.support.storage_builders import a_call, an_entry
from tests.support.virtual_time import LoopClock, run_virtual

REFUSED = TroubleReported("storage-refused", "refused")


class PickyLog(MemoryLog):
    """Will never take the entries numbered ``seqs``, nor the call itself if it is not ``takes_call``."""

    def __init__(self, *seqs: int, takes_call: bool = True) -> None:
        super().__init__()
        self.seqs = seqs
        self.takes_call = takes_call
        self.attempts = 0

    async def open(self, call: Call, engines: EngineNames | None = None) -> None:
        self.attempts += 1
        if not self.takes_call:
            raise StorageError("refused", code="storage-refused", retryable=False)
        await super().open(call, engines)

    async def append(self, call_id: CallId, entries: Sequence[TimelineEntry]) -> None:
        self.attempts += 1
        if any(entry.seq in self.seqs for entry in entries):
            raise StorageError("refused", code="storage-refused", retryable=False)
        await super().append(call_id, entries)


def keep(log: MemoryLog, act: Callable[[Record], Awaitable[None]]) -> tuple[Call, list[Notice]]:
    """Keep a call while somebody acts; return it with what was told."""
    call, told = a_call(), list[Notice]()

    async def main() -> None:
        clock = CallClock(LoopClock())
        record = Record(call, log=log, recordings=MemoryRecordings(), rate=16_000, clock=clock)
        keeping = asyncio.ensure_future(record.keep_entries(told.append))
        await act(record)
        await asyncio.sleep(10 * RETRY_S)
        keeping.cancel()
        await asyncio.wait({keeping})

    run_virtual(main())
    return call, told


async def a_hundred_entries(record: Record) -> None:
    for seq in range(1, 101):
        record.entry(an_entry(seq))


def test_an_entry_that_storage_will_never_take_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    log = PickyLog(7, 8, 60)
    call, told = keep(log, a_hundred_entries)

    assert sorted({*range(1, 101)} - set(log.entries[call.id])) == [7, 8, 60]
    assert told[-1] == TimelineCommitted(100)
    assert [notice for notice in told if isinstance(notice, TroubleReported)] == [REFUSED, REFUSED]
    left_out = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [vars(record)["seq"] for record in left_out] == [7, 8, 60]
    assert {vars(record)["call_id"] for record in left_out} == {call.id.value}
    assert log.attempts < 60


def test_entries_after_a_refused_one_are_kept_as_they_come() -> None:
    async def one_by_one(record: Record) -> None:
        for seq in (1, 2, 3):
            record.entry(an_entry(seq))
            await asyncio.sleep(1)

    log = PickyLog(2)
    call, told = keep(log, one_by_one)
    assert list(log.entries[call.id]) == [1, 3]
    assert told == [TimelineCommitted(1), REFUSED, TimelineCommitted(3)]


def test_a_call_that_storage_will_never_take_goes_on_without_a_record() -> None:
    async def talk(record: Record) -> None:
        for _ in range(300):
            await a_hundred_entries(record)  # more in all than may wait
            await asyncio.sleep(0.1)

    log = PickyLog(takes_call=False)
    _, told = keep(log, talk)
    assert told == [REFUSED]
    assert log.attempts == 1


def test_storage_that_is_away_for_a_while_gets_everything_afterwards() -> None:
    log = MemoryLog(Storage.REFUSES)

    async def come_back(record: Record) -> None:
        await a_hundred_entries(record)
        await asyncio.sleep(5)
        log.storage = Storage.WELL

    call, told = keep(log, come_back)
    assert list(log.entries[call.id]) == list(range(1, 101))
    assert told == [TroubleReported("storage", "the disk is full"), TimelineCommitted(100)]


def samples_missed(caplog: pytest.LogCaptureFixture, *, late_ms: int, at_ms: int = 0) -> list[int]:
    """Record a second of the agent, heard from ``at_ms`` on and told of ``late_ms`` after its end, on storage
    that takes ten seconds and no more; return the numbers that were warned of."""

    async def main() -> None:
        clock = CallClock(LoopClock())
        recordings = MemoryRecordings()
        record = Record(a_call(), log=MemoryLog(), recordings=recordings, rate=16_000, clock=clock)
        keeping = asyncio.ensure_future(record.keep_audio(lambda _: None))
        asyncio.get_running_loop().call_later(10, setattr, recordings, "storage", Storage.REFUSES)
        await asyncio.sleep((at_ms + 1_000 + late_ms) / 1_000)
        record.agent_audio(ms(at_ms), bytes(2 * 16_000))
        keeping.cancel()
        await asyncio.wait({keeping})
        await record.finish_audio(at_ms + 5_000, lambda _: None)
        record.agent_audio(ms(at_ms + 5_000), bytes(2 * 16_000))  # the line is drained after the recording

    run_virtual(main())
    return [vars(record)["samples"] for record in caplog.records if record.levelno == logging.WARNING]


def test_audio_that_is_missing_in_a_recording_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    assert samples_missed(caplog, late_ms=2_400) == [8_000]


def test_audio_in_its_place_is_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    assert samples_missed(caplog, late_ms=1_000) == []


def test_a_recording_that_ended_before_misses_nothing(caplog: pytest.LogCaptureFixture) -> None:
    assert samples_missed(caplog, late_ms=1_000, at_ms=40_000) == []


def test_a_stall_in_the_first_second_costs_nothing_of_what_was_said_before() -> None:
    """Where the first second belongs is found out while it waits, but no longer than the disk does."""
    call, recordings = a_call(), MemoryRecordings()
    said = np.arange(1, 4_801, dtype=np.int16)  # 300 ms

    async def main() -> None:
        clock = CallClock(LoopClock())
        record = Record(call, log=MemoryLog(), recordings=recordings, rate=16_000, clock=clock)
        keeping = asyncio.ensure_future(record.keep_audio(lambda _: None))
        await asyncio.sleep(0.3)
        record.caller_audio(said, clock.now(), 0)
        await asyncio.sleep(6.7)
        keeping.cancel()
        await asyncio.wait({keeping})
        await record.finish_audio(7_000, lambda _: None)

    run_virtual(main())
    caller = recordings.samples(call.id)[:, 0]
    assert np.array_equal(caller[: len(said)], said)
    assert not caller[len(said) :].any()
