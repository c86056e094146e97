"""How every speech engine serves several at once, is left early and shuts down, whoever made it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from backend.domain.errors import ProviderError
from backend.domain.value_objects.language import SPANISH
from tests.support.speech_engines import ClosableTts, Engine
from tests.support.speech_orders import duration_ms, order, speak, speech

pytest_plugins = ["tests.support.speech_engine_fixtures"]


async def test_requests_do_not_wait_for_one_another(tts: ClosableTts) -> None:
    long_text = "Esta es una frase de un texto que no se acaba nunca. " * 600
    short_is_done = asyncio.Event()

    async def read_aloud() -> float:
        read_ms = 0.0
        async with speech(tts, order(long_text)) as chunks:
            async for chunk in chunks:
                read_ms += chunk.frame.duration_ns / 1e6
                if short_is_done.is_set():
                    break
        return read_ms

    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(read_aloud())
        assert duration_ms(await speak(tts, order("Sí, claro.", language=SPANISH))) > 0
        short_is_done.set()
    assert reading.result() < 600_000, "the short text waited for much of the long one"


async def test_leaving_early_stops_the_work_and_harms_nobody(tts: ClosableTts) -> None:
    for _ in range(20):
        async with speech(tts, order("Una frase bastante larga que nadie va a oír. " * 200)) as chunks:
            await anext(chunks)
    async with asyncio.timeout(60):
        assert await speak(tts, order("Hola.")) != []


async def test_a_cancelled_listener_stops_the_work(tts: ClosableTts) -> None:
    began = asyncio.Event()

    async def listen() -> None:
        async with speech(tts, order("Una frase. " * 2_000)) as chunks:
            async for _ in chunks:
                began.set()
                await asyncio.Event().wait()

    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(listen())
        await began.wait()
        listening.cancel()
    assert listening.cancelled()
    assert await speak(tts, order("Hola.")) != []


async def test_shutting_down_leaves_nothing(engine: Engine, tmp_path: Path) -> None:
    if not engine.closes:
        pytest.skip("n/a: it speaks without anything that could be shut down")
    tts = await engine.make(tmp_path)
    assert await speak(tts, order("Hola.")) != []
    async with asyncio.timeout(60):
        await tts.aclose()
        await tts.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    with pytest.raises(ProviderError):
        await speak(tts, order("Hola."))
