"""A telephone in somebody's hand: a microphone, an ear that keeps what it heard, keys, and a hook.

Everything is on one line of samples at 8 kHz, which begins when the handset is first connected. The ear plays
at once and gaplessly what arrives, as carriers do; it belongs to nobody's code but the command line's.
"""

from __future__ import annotations

import asyncio
from collections import deque
from enum import Enum, auto
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from backend.application.processors.resampler import Resampler
from backend.domain.value_objects.audio import NARROWBAND, WIDEBAND
from backend.interfaces.cli.meter import is_loud, sound_start
from backend.interfaces.cli.microphone import Microphone
from backend.interfaces.cli.speaker import Speaker

RATE: Final = NARROWBAND.rate
PACKET_S: Final = 0.02
PACKET: Final = int(RATE * PACKET_S)

Samples = NDArray[np.int16]


def narrow(pcm: bytes) -> Samples:
    """Return speech (PCM16 at 16 kHz) as a telephone carries it."""
    resampler = Resampler(WIDEBAND.rate, RATE)
    parts = (resampler.process(np.frombuffer(pcm, "<i2")), resampler.flush())
    samples: Samples = np.concatenate(parts).astype(np.int16)
    return samples


class Break(Enum):
    """How a media socket ends without a word: its connection is closed, or reset."""

    CLOSED = auto()
    RESET = auto()


class Handset:
    """One telephone. Positions are samples of its line; ``said_until`` is the end of what was said last."""

    def __init__(self) -> None:
        self.microphone = Microphone(PACKET)
        self.ear = Speaker(RATE)
        self.keys: deque[str] = deque()
        self.hung_up = asyncio.Event()
        self.vanished = asyncio.Event()
        self.breaking: asyncio.Queue[Break] = asyncio.Queue()
        self.clears: list[int] = []
        self.said_until = 0
        self._origin: float | None = None

    # --- for whoever holds it ---------------------------------------------------------------------

    def say(self, speech: bytes) -> int:
        """Say ``speech`` (PCM16 at 16 kHz); return where its sound begins."""
        samples = narrow(speech)
        onset = sound_start(samples, RATE)
        assert onset is not None, "there is no sound in it"
        begins = self.microphone.say(samples)
        self.said_until = begins + len(samples)
        return begins + onset

    async def has_said(self, speech: bytes) -> int:
        """Say ``speech`` and wait until it is said; return where its sound began."""
        began = self.say(speech)
        await self.until(began + len(narrow(speech)))
        return began

    def press(self, keys: str) -> None:
        """Press keys, five a second."""
        self.keys.extend(keys)

    def hang_up(self) -> None:
        """Put it down."""
        self.hung_up.set()

    def vanish(self) -> None:
        """Be gone without a word: nothing is sent, read or answered any more."""
        self.vanished.set()

    def break_off(self, how: Break) -> None:
        """Let the media socket break that it is connected by; the call goes on."""
        self.breaking.put_nowait(how)

    async def until(self, position: int) -> None:
        """Wait until the line is there."""
        await asyncio.sleep(max(0.0, (position - self.now) / RATE))

    async def hears(self, *, since: int | None = None, within_s: float = 12.0) -> int:
        """Wait until something audible is played after ``since`` (now), and return where that began."""
        since = self.now if since is None else since
        latest = self.now + int(within_s * RATE)
        while (begins := sound_start(self.heard()[since:], RATE)) is None:
            self._is_in_time(latest, f"sound after {since / RATE:.2f} s")
            await asyncio.sleep(0.04)
        return since + begins

    async def is_answered(
        self, *, since: int | None = None, quiet_s: float = 0.8, within_s: float = 15.0
    ) -> int:
        """Wait until something was heard after ``since`` (now) and is over; return where it ended.

        Its end is the first silence of ``quiet_s``, also if more was said by the time that this looks.
        """
        began = await self.hears(since=since, within_s=within_s)
        latest = self.now + int(within_s * RATE)
        while True:
            (_, ended), *more = self.utterances(since=began, quiet_s=quiet_s)
            if more or self.now >= max(ended, self.ear.end) + int(quiet_s * RATE):
                return ended
            self._is_in_time(latest, f"end of what began at {began / RATE:.2f} s")
            await asyncio.sleep(0.05)

    def _is_in_time(self, latest: int, awaited: str) -> None:
        """Raise a TimeoutError that tells all that was heard."""
        if self.now > latest:
            heard = ", ".join(f"{start / RATE:.2f} to {end / RATE:.2f}" for start, end in self.utterances())
            raise TimeoutError(f"no {awaited} until {self.now / RATE:.2f} s; heard: {heard or 'nothing'}")

    # --- what was heard ---------------------------------------------------------------------------

    def heard(self) -> Samples:
        """Return what was played until now."""
        return self.ear.heard(max(0, self.now))

    def utterances(self, *, since: int = 0, quiet_s: float = 0.3) -> list[tuple[int, int]]:
        """Return where what was heard after ``since`` began and ended, parted by silences of ``quiet_s``."""
        frame, parts = RATE // 100, list[tuple[int, int]]()
        for index in np.flatnonzero(is_loud(self.heard()[since:], RATE)).tolist():
            start = since + index * frame
            if parts and start - parts[-1][1] < quiet_s * RATE:
                start = parts.pop()[0]
            parts.append((start, since + (index + 1) * frame))
        return parts

    def silent_after_ms(self, position: int, *, quiet_ms: int = 500) -> float:
        """Return how long after ``position`` something was audible, before it was quiet for ``quiet_ms``."""
        last = quiet = 0
        for index, loud in enumerate(is_loud(self.heard()[position:], RATE)):
            quiet = 0 if loud else quiet + 1
            last = index + 1 if loud else last
            if quiet >= quiet_ms // 10:
                break
        return last * 10.0

    def loud_ms(self, since: int = 0, until: int | None = None) -> int:
        """Return how much of a part was audible."""
        return int(is_loud(self.heard()[since:until], RATE).sum()) * 10

    def gaps_ms(self, *, longest: float = 200.0) -> list[float]:
        """Return where the audio ran dry for a moment: silences that nobody meant."""
        stretches = self.ear.stretches
        gaps = [(after.start - before.end) * 1_000 / RATE for before, after in pairwise(stretches)]
        return [gap for gap in gaps if 0 < gap < longest]

    # --- for the carrier --------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """Where the line is."""
        if self._origin is None:
            return 0
        return int((asyncio.get_running_loop().time() - self._origin) * RATE)

    @property
    def origin(self) -> float:
        """The loop's time at which the line began."""
        assert self._origin is not None
        return self._origin

    def connect(self) -> None:
        """Be connected; what the microphone has missed meanwhile is gone."""
        if self._origin is None:
            self._origin = asyncio.get_running_loop().time()
        while self.microphone.position < self.now - PACKET:
            self.microphone.frame()
