"""Saying sentences to a recogniser, and collecting what it makes of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from backend.domain.ports.stt_port import SttEvent, SttFinal, SttSettled, SttStream
from tests.support.speech import frames


def say(stream: SttStream, pcm: bytes) -> None:
    for frame in frames(pcm):
        stream.feed(frame)


async def until_settled(events: AsyncIterator[SttEvent], utterance: int) -> list[SttEvent]:
    """Collect events up to the settling of ``utterance``."""
    collected: list[SttEvent] = []
    async with asyncio.timeout(60):
        async for event in events:
            collected.append(event)
            if event == SttSettled(utterance):
                return collected
    raise AssertionError(f"the events ended before utterance {utterance} settled: {collected}")


def words(events: list[SttEvent]) -> str:
    return " ".join(event.text for event in events if isinstance(event, SttFinal))
