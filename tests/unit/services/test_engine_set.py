"""Engines of one name start and close together, and one's trouble is not another's."""

from __future__ import annotations

import asyncio

import pytest

from backend.application.factories.engine_set import EngineSet
from tests.support.virtual_time import run_virtual


def test_what_fails_to_start_keeps_nobody_from_starting(caplog: pytest.LogCaptureFixture) -> None:
    started: list[str] = []

    async def broken() -> None:
        raise RuntimeError("no library")

    async def slow() -> None:
        await asyncio.sleep(1)
        started.append("slow")

    def at_once() -> None:
        started.append("at once")

    run_virtual(EngineSet(name="Azure", starters=(broken, slow, at_once)).start())
    assert started == ["slow", "at once"]
    assert "an engine could not be started" in caplog.text


def test_closing_takes_as_long_as_the_slowest_whatever_fails(caplog: pytest.LogCaptureFixture) -> None:
    closed: list[str] = []

    async def broken() -> None:
        raise RuntimeError("no socket")

    async def slow() -> None:
        await asyncio.sleep(2)
        closed.append("slow")

    async def close() -> float:
        await EngineSet(closers=(broken, slow, slow)).aclose()
        return asyncio.get_running_loop().time()

    assert run_virtual(close()) == pytest.approx(2)
    assert closed == ["slow", "slow"]
    assert "an engine could not be closed" in caplog.text
