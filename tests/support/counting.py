"""Counting the await points of a call, and letting one of them go wrong.

Everything that a call awaits is one of its ports' methods. Each time one is awaited is a point, numbered
from 1; at one chosen point something else happens than should.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, TypeVar

from backend.domain.errors import ProviderError, StorageError
from tests.support.calls import Stage

T = TypeVar("T")
HANG_S = 60.0


class Mishap(Enum):
    """What may happen at a point."""

    CANCEL = auto()  # the call is cancelled
    FAIL = auto()  # the port raises what it may raise
    BUG = auto()  # … or what it may not
    HANG = auto()


@dataclass
class Points:
    """Counts points; at the ``number``-th of those named ``name``, ``mishap`` happens."""

    name: str = ""
    number: int = 0
    mishap: Mishap | None = None
    cancel: Callable[[], object] = lambda: None
    seen: Counter[str] = field(default_factory=Counter)

    async def pass_by(self, name: str) -> None:
        """Called before each await of a port."""
        self.seen[name] += 1
        if name != self.name or self.seen[name] != self.number:
            return
        match self.mishap:
            case Mishap.CANCEL:
                self.cancel()
                await asyncio.sleep(0)
            case Mishap.FAIL if name.startswith(("log", "recording")):
                raise StorageError("the disk is full")
            case Mishap.FAIL:
                raise ProviderError("scripted", "it broke", code="broke")
            case Mishap.BUG:
                raise RuntimeError("a bug")
            case Mishap.HANG:
                await asyncio.sleep(HANG_S)
            case None:
                pass


class Shim:
    """Stands before an object: passes everything on, and passes ``points`` by before each await."""

    def __init__(self, real: Any, points: Points, name: str, awaited: str, streams: str = "") -> None:
        self._real = real
        self._points = points
        self._name = name
        self._awaited = awaited.split()
        self._streams = streams.split()

    def __getattr__(self, method: str) -> Any:
        found = getattr(self._real, method)
        name = f"{self._name}.{method}"
        if method in self._streams:
            return lambda *args: _streamed(found(*args), self._points, name)
        if method in self._awaited:
            return lambda *args, **kwargs: _awaited(found, args, kwargs, self._points, name)
        return found


async def _awaited(method: Any, args: Any, kwargs: Any, points: Points, name: str) -> Any:
    await points.pass_by(name)
    result = await method(*args, **kwargs)
    if name == "stt.open":
        return Shim(result, points, "stt", "aclose", "events")
    if name == "recordings.create":
        return Shim(result, points, "recording", "write close")
    return result


async def _streamed(stream: Any, points: Points, name: str) -> Any:
    try:
        while True:
            await points.pass_by(name)
            try:
                item = await anext(stream)
            except StopAsyncIteration:
                return
            yield item
    finally:
        await points.pass_by(f"{name}.aclose")
        await stream.aclose()


def count(stage: Stage, points: Points) -> None:
    """Put shims before everything that the call of ``stage`` is going to await."""
    stage.shim = lambda name, real: Shim(real, points, name, *_PORTS[name])


_PORTS = {
    "line": ("receive send_audio flush notify close",),
    "stt": ("open",),
    "llm": ("", "stream"),
    "tts": ("", "synthesize"),
    "log": ("open append close",),
    "recordings": ("create",),
}
