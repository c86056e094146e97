"""The fixtures that run a test once with every speech engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.speech_engines import ENGINES, ClosableTts, Engine


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.name)
def engine(request: pytest.FixtureRequest) -> Engine:
    assert isinstance(request.param, Engine)
    return request.param


@pytest.fixture
async def tts(engine: Engine, tmp_path: Path) -> AsyncIterator[ClosableTts]:
    made = await engine.make(tmp_path)
    yield made
    await made.aclose()
