"""Chains of scripted recognisers, conversations with them, and what was heard."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from hypothesis import strategies as st

from backend.application.services.fallback.chain import Link
from backend.application.services.fallback.fallback_stt import FallbackStt
from backend.domain.ports.stt_port import (
    SttFinal,
    SttPartial,
    SttPort,
    SttRequest,
    SttSettled,
    SttStream,
)
from backend.domain.value_objects.language import ENGLISH
from tests.support.level_stt import FRAME_MS, LevelStt, spoken
from tests.support.virtual_time import run_virtual

# Numbers are words: each utterance is a list of them.
UTTERANCES: Final = st.lists(st.lists(st.integers(1, 4), max_size=15), min_size=1, max_size=4)


@dataclass
class Heard:
    """What a conversation would make of a stream's events."""

    finals: list[list[str]] = field(default_factory=lambda: [[]])  # of each utterance
    settled: list[int] = field(default_factory=list)
    shown: list[list[str]] = field(default_factory=list)  # all finals and the partial, each time
    settled_at: list[float] = field(default_factory=list)

    async def listen(self, stream: SttStream) -> None:
        """Take the events of ``stream`` until it ends."""
        async for event in stream.events():
            match event:
                case SttPartial():
                    self.shown.append([*chain.from_iterable(self.finals), *event.text.split()])
                case SttFinal():
                    self.finals[-1] += event.text.split()
                case SttSettled():
                    self.settled.append(event.utterance)
                    self.settled_at.append(asyncio.get_running_loop().time())
                    self.finals.append([])


def fallback(*engines: LevelStt) -> FallbackStt:
    """Return a chain of recognisers."""
    links: list[Link[SttPort]] = [Link(f"engine {number}", engine) for number, engine in enumerate(engines)]
    return FallbackStt(links)


def converse(stt: SttPort, utterances: Sequence[Sequence[int]], *, wait_s: float = 6) -> Heard:
    """Say ``utterances`` one after the other with half a second between them; return what was heard."""

    async def main() -> Heard:
        heard = Heard()
        stream = await stt.open(SttRequest(ENGLISH))
        async with asyncio.TaskGroup() as group:
            group.create_task(heard.listen(stream))
            for number, words in enumerate(utterances, start=1):
                for frame in (frame for word in words for frame in spoken(word)):
                    stream.feed(frame)
                    await asyncio.sleep(FRAME_MS / 1_000)
                stream.finalize(number)
                await asyncio.sleep(0.5)
            await asyncio.sleep(wait_s)
            await stream.aclose()
        return heard

    return run_virtual(main())


def check(heard: Heard, utterances: Sequence[Sequence[int]]) -> None:
    """Expect every word once and in its place, and each utterance settled once."""
    expected = [list(map(str, words)) for words in utterances]
    assert heard.finals == [*expected, []]
    assert heard.settled == list(range(1, len(utterances) + 1))
    said = list(chain.from_iterable(expected))
    for words in heard.shown:
        assert words == said[: len(words)], "words that were not said, or twice"
