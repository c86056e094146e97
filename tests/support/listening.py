"""Speaking into a recogniser's stream, and waiting for what comes of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

import numpy as np
import pytest

from backend.application.processors.g711 import mulaw_encode
from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import SttEvent, SttStream
from backend.domain.value_objects.audio import MULAW_8K, WIDEBAND, AudioFormat
from tests.support.speech import frames

PATIENCE_S: Final = 20.0  # only so that nothing waits for ever: a busy machine needs its time


def hum(milliseconds: int, audio_format: AudioFormat = WIDEBAND) -> bytes:
    """Return what the scripted services take for speech."""
    samples = np.arange(audio_format.samples_in(milliseconds))
    tone = (6_000 * np.sin(2 * np.pi * 200 / audio_format.rate * samples)).astype("<i2")
    return mulaw_encode(tone) if audio_format == MULAW_8K else tone.tobytes()


def say(stream: SttStream, *pcm: bytes) -> None:
    """Feed PCM16 at 16 kHz, all at once."""
    for frame in frames(b"".join(pcm)):
        stream.feed(frame)


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that happens in the service, or on other threads."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110  (nobody tells when)
            await asyncio.sleep(0.005)


async def next_until(
    events: AsyncIterator[SttEvent], last: SttEvent, within_s: float = PATIENCE_S
) -> list[SttEvent]:
    """Return the events up to ``last``, and with it."""
    collected: list[SttEvent] = []
    async with asyncio.timeout(within_s):
        async for event in events:
            collected.append(event)
            if event == last:
                return collected
    raise AssertionError(f"the events ended before {last}: {collected}")


async def failure_of(stream: SttStream, key: str, within_s: float = PATIENCE_S) -> ProviderError:
    """Return how the stream fails, which does not tell the ``key``."""
    async with asyncio.timeout(within_s):
        with pytest.raises(ProviderError) as caught:
            async for _ in stream.events():
                pass
    assert key not in str(caught.value)
    return caught.value
