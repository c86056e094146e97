"""Where on the call's line the caller's audio belongs.

Frames arrive with the network's jitter, in bursts after a stall, and sometimes never. When they came does not
tell when they were said, but their sender's clock does: it is in their stamps where the sender sends stamps,
else in the number of their samples. So a frame lies as far behind the one before as the sender says. A burst
then fills the hole that its stall left, and what was lost leaves a hole of its own length.

What remains to be known is how far the sender's clock is from ours, and no frame can come before it was said:
the one that was least on its way tells (as RTP receivers have it). In the stream's first second that is found
out before anything is placed. Later the line follows the least lag of each while, as slowly as clocks drift:
that it lies right beside the other side's matters less than that nothing is cut, and words stay as far apart
as they were said. A lag that stays large is no drift but audio that is missing without the sender's saying
so, as when a browser suspends its tab, and the line jumps by that much.

A stamp is only believed if it leads neither behind what was placed nor to a time when the frame could not
have come yet; any other is taken for a clock that was set anew, and its frame for the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

JITTER_MS: Final = 300  # a lag below this is jitter or drift
FIRST_MS: Final = 1_000  # how long the first frames wait; the recording is written 2.5 s behind
MOST_HELD_MS: Final = 3_000  # ... of audio: a stream may begin with a burst
# How long a lag has to stay. A sender whose stamps go on evenly has nothing missing, most likely.
WINDOW_MS: Final = 1_000
STAMPED_WINDOW_MS: Final = 5_000
SLACK_MS: Final = 10  # stamps are rounded, and some carriers' wander by some milliseconds
DRIFT_MS: Final = 20  # the least lag wanders, too
DRIFT: Final = 500  # one part in so many: more than any clock drifts


@dataclass(frozen=True, slots=True)
class Placed:
    """Audio (int16, shape (n,)) that begins at the sample ``begins`` of the call's line."""

    begins: int
    samples: NDArray[np.int16]


class CallerLine:
    """Places one caller's frames; positions and lengths are samples at ``rate`` Hz.

    What is placed never overlaps, only moves forward, and ends at most ``JITTER_MS`` after it came. Where the
    line moves back, the frames that come then lose their beginning, as do those from before the call.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._jitter = self._samples(JITTER_MS)
        self._drift = self._samples(DRIFT_MS)
        self._slack = self._samples(SLACK_MS)
        self._next: int | None = None  # where a frame begins that follows right on
        self._zero: int | None = None  # where a frame begins that is stamped 0
        self._is_believed = False  # the last stamp
        self._is_trusted = False  # the sender's clock: it has been seen to go as one
        self._least_lag: int | None = None
        self._watched_since = 0
        self._moved = 0  # the line, in all
        self._held: list[Placed] | None = []  # in the first second: as if the line had not moved
        self._held_samples = 0
        self._began = 0
        self._end = 0  # of what is placed

    def put(self, samples: NDArray[np.int16], arrived: int, stamp_ms: int | None = None) -> Sequence[Placed]:
        """Take a frame (int16, shape (n,)) whose last sample came at ``arrived`` by our clock.

        Return what has its place now. ``stamp_ms`` is when the frame began by the sender's clock.
        """
        length = len(samples)
        if self._next is None:
            self._next, self._began = arrived - length, arrived
        begins = self._follow(self._next, length, arrived, stamp_ms)
        begins += self._correct(arrived - length - begins, arrived)
        self._next = begins + length
        if self._held is None:
            return self._laid([Placed(begins, samples)])
        self._held.append(Placed(begins - self._moved, samples))
        self._held_samples += length
        is_over = arrived - self._began >= self._samples(FIRST_MS)
        return self.finish() if is_over or self._held_samples >= self._samples(MOST_HELD_MS) else ()

    def settle(self, before: int) -> Sequence[Placed]:
        """``finish`` if what waits begins before this sample, for whoever will not take it there any more."""
        waits = self._held and self._held[0].begins + self._moved < before
        return self.finish() if waits else ()

    def finish(self) -> Sequence[Placed]:
        """Return what waits for the first second to be over; from now on nothing waits."""
        held, self._held = self._held or (), None
        return self._laid([Placed(frame.begins + self._moved, frame.samples) for frame in held])

    def _samples(self, milliseconds: int) -> int:
        return self._rate * milliseconds // 1_000

    def _follow(self, begins: int, length: int, arrived: int, stamp_ms: int | None) -> int:
        """Return where a frame begins by its stamp, or else at ``begins``, right behind the one before."""
        if stamp_ms is None:
            return begins
        stamp = self._samples(stamp_ms)
        if self._zero is None:
            self._zero = begins - stamp
            return begins
        by_stamp = self._zero + stamp
        is_even = abs(by_stamp - begins) <= self._slack
        most_early = self._jitter if self._is_trusted else self._drift
        can_have_come = by_stamp + length <= arrived + most_early
        self._is_believed = is_even or (by_stamp > begins and can_have_come)
        self._is_trusted = self._is_believed and (is_even or self._is_trusted)
        if not self._is_believed:
            self._zero = begins - stamp
        return by_stamp if self._is_believed and not is_even else begins

    def _correct(self, lag: int, arrived: int) -> int:
        """Return by how much the line moves, from a frame on that came with this lag."""
        if lag < (-self._jitter if self._held is None else 0):  # it cannot have come before it was said
            return self._move(lag)
        if self._least_lag is None:
            self._least_lag, self._watched_since = lag, arrived
        self._least_lag = least = min(self._least_lag, lag)
        watched = arrived - self._watched_since  # by the clock: a burst takes no time
        if watched < self._samples(STAMPED_WINDOW_MS if self._is_believed else WINDOW_MS):
            return 0
        if least > self._jitter:
            return self._move(least)
        most = watched // DRIFT if abs(least) > self._drift else 0
        return self._move(max(-most, min(least, most)))

    def _move(self, by: int) -> int:
        """Move the line, and watch anew how late frames are on it."""
        self._least_lag = None
        self._moved += by
        if self._zero is not None:
            self._zero += by
        return by

    def _laid(self, frames: Sequence[Placed]) -> list[Placed]:
        """Return ``frames`` without what would lie on others, or before the call."""
        laid = []
        for frame in frames:
            missing = max(0, self._end - frame.begins)
            self._end = max(self._end, frame.begins + len(frame.samples))
            if missing < len(frame.samples):
                laid.append(Placed(frame.begins + missing, frame.samples[missing:]))
        return laid
