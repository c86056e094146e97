"""The fixtures that run a test once with every recogniser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.domain.ports.stt_port import SttRequest, SttStream
from backend.domain.value_objects.language import ENGLISH
from tests.support.recognisers import RECOGNISERS, ClosableStt, Recogniser


@pytest.fixture(params=RECOGNISERS, ids=lambda recogniser: recogniser.name)
def recogniser(request: pytest.FixtureRequest) -> Recogniser:
    assert isinstance(request.param, Recogniser)
    return request.param


@pytest.fixture
async def stt(recogniser: Recogniser, tmp_path: Path) -> AsyncIterator[ClosableStt]:
    made = await recogniser.make(tmp_path)
    yield made
    await made.aclose()


@pytest.fixture
async def stream(stt: ClosableStt) -> AsyncIterator[SttStream]:
    opened = await stt.open(SttRequest(ENGLISH))
    yield opened
    await opened.aclose()
