"""Where scripted calls are kept: a log and recordings in memory that can refuse, or hang."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from backend.domain.entities.call import Call, CallStatus
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.errors import StorageError
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.engine_names import EngineNames


class Storage(Enum):
    """How storage feels."""

    WELL = auto()
    REFUSES = auto()
    HANGS = auto()


async def _ask(storage: Storage) -> None:
    if storage is Storage.REFUSES:
        raise StorageError("the disk is full")
    if storage is Storage.HANGS:
        await asyncio.sleep(3_600)


class MemoryLog:
    """A ``CallLog`` in memory."""

    def __init__(self, storage: Storage = Storage.WELL) -> None:
        self.calls: dict[CallId, Call] = {}
        self.engines: dict[CallId, EngineNames | None] = {}
        self.entries: dict[CallId, dict[int, TimelineEntry]] = {}
        self.storage = storage

    @property
    def open_calls(self) -> list[CallId]:
        """The calls whose record was not closed."""
        return [id_ for id_, call in self.calls.items() if call.status is CallStatus.LIVE]

    async def open(self, call: Call, engines: EngineNames | None = None) -> None:
        await _ask(self.storage)
        self.calls.setdefault(call.id, call)
        self.engines[call.id] = engines

    async def append(self, call_id: CallId, entries: Sequence[TimelineEntry]) -> None:
        await _ask(self.storage)
        self.entries.setdefault(call_id, {}).update({entry.seq: entry for entry in entries})

    async def close(self, call: Call) -> None:
        await _ask(self.storage)
        self.calls[call.id] = call

    async def mark_interrupted(self) -> int:
        raise NotImplementedError


class MemoryRecordings:
    """A ``RecordingStore`` in memory, for writing."""

    def __init__(self, storage: Storage = Storage.WELL) -> None:
        self.storage = storage
        self.recordings: dict[CallId, MemoryRecording] = {}

    async def create(self, call_id: CallId, rate: int) -> MemoryRecording:
        await _ask(self.storage)
        return self.recordings.setdefault(call_id, MemoryRecording(self, bytearray()))

    def exists(self, call_id: CallId) -> bool:
        return call_id in self.recordings

    async def size(self, call_id: CallId) -> int | None:
        raise NotImplementedError

    async def read(self, call_id: CallId, start: int, end: int) -> bytes:
        raise NotImplementedError

    async def delete(self, call_id: CallId) -> None:
        raise NotImplementedError

    def samples(self, call_id: CallId) -> NDArray[np.int16]:
        """Return a recording as int16 of shape (n, 2): caller, agent."""
        return np.frombuffer(bytes(self.recordings[call_id].audio), np.int16).reshape(-1, 2)


@dataclass
class MemoryRecording:
    store: MemoryRecordings
    audio: bytearray
    is_closed: bool = False

    async def write(self, interleaved: bytes) -> None:
        if self.store.storage is not Storage.REFUSES:
            self.audio += interleaved
        await _ask(self.store.storage)

    async def close(self) -> None:
        self.is_closed = True
