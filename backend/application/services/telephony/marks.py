"""What a carrier's receipts say of how far it has played.

A mark follows the first audio after a silence and then every ``MARK_EVERY_MS``; it is named by its position
on the line, so that a receipt explains itself. A carrier plays in order: a receipt also stands for those
before it, and for what lies between two of them the playout clock has to do. Receipts of audio that was
cleared come back as well; they say that it is gone, not that it was heard.

A receipt that is overdue by ``OVERDUE_MS`` is not waited for: from then on the clock is believed, until a
receipt comes again. Otherwise a lost message would hold up a goodbye for ever.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from backend.domain.value_objects.audio import AudioFormat
from backend.domain.value_objects.instant import NS_PER_MS

MARK_EVERY_MS: Final = 200
OVERDUE_MS: Final = 1_500
_LONGEST_NAME: Final = 15  # digits: more samples than anybody can listen to


class Marks:
    """The receipts of one line. ``now`` is nanoseconds of any clock that never goes back."""

    def __init__(self, format_: AudioFormat) -> None:
        self._format = format_
        self._every = format_.samples_in(MARK_EVERY_MS)
        self._position = 0  # samples ever sent
        self._marked = 0  # where the last mark is
        self._plays_until = 0  # when all that was sent will have been played, at the soonest
        self._awaited: deque[tuple[int, int]] = deque()  # position, and when it is reached at the soonest
        self._trusts_clock = False

    def sent(self, samples: int, now: int) -> str | None:
        """Audio was sent; return the name of the mark to send behind it, if it is time for one."""
        begins_anew = self._plays_until <= now
        self._plays_until = max(self._plays_until, now) + self._format.duration_ns(samples)
        self._position += samples
        if not begins_anew and self._position - self._marked < self._every:
            return None
        self._marked = self._position
        self._awaited.append((self._position, self._plays_until))
        return str(self._position)

    def cleared(self, now: int) -> None:
        """The carrier was told to drop what it has not played."""
        self._plays_until = now
        self._awaited.clear()

    def returned(self, name: str) -> int | None:
        """A receipt came: return the position before which nothing is left to be played, None if the mark is
        none of ours."""
        if not (name.isascii() and name.isdigit() and len(name) <= _LONGEST_NAME):
            return None
        position = int(name)
        if position > self._position:
            return None
        while self._awaited and self._awaited[0][0] <= position:
            self._awaited.popleft()
            self._trusts_clock = False
        return position

    @property
    def overdue_at(self) -> int | None:
        """When ``overdue`` will have something to say if no receipt comes before, None if not at all."""
        if not self._awaited:
            return None
        return self._awaited[0][1] + (0 if self._trusts_clock else OVERDUE_MS * NS_PER_MS)

    def overdue(self, now: int) -> int | None:
        """Return the position that must have been played by ``now`` although no receipt says so."""
        due = self.overdue_at
        if due is None or now < due:
            return None
        self._trusts_clock = True
        position = None
        while self._awaited and self._awaited[0][1] <= now:
            position = self._awaited.popleft()[0]
        return position
