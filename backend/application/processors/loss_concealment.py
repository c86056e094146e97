"""What a caller is given to have said where packets were lost.

In the spirit of ITU-T G.711 Appendix I (09/99): the last pitch period is said again and again, whole for
10 ms, then 20 % softer every 10 ms, so that after 60 ms there is silence; a pitch lies between 66 and 200 Hz.
The next real packet is blended in over 4 ms. Unlike the Appendix this holds nothing back: what was already
passed on is not blended into the first invented period, which costs a soft click at worst.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

_PAST_PACKETS: Final = 3  # 60 ms of ordinary packets; the Appendix keeps 48.75 ms
_SHORTEST_PITCH_MS: Final = 5
_LONGEST_PITCH_MS: Final = 15
_TEMPLATE_MS: Final = 20  # what is compared with itself to find the pitch
_WHOLE_MS: Final = 10
_FADED_MS: Final = 60
_BLEND_MS: Final = 4


class LossConcealment:
    """Follows one stream of mono PCM16 at ``rate`` Hz."""

    def __init__(self, rate: int) -> None:
        self._per_ms = rate // 1_000
        self._past: deque[bytes] = deque(maxlen=_PAST_PACKETS)
        self._blend: NDArray[np.float64] | None = None

    def heard(self, pcm: bytes) -> None:
        """Remember what was really said. Called for every packet, so it does next to nothing."""
        self._past.append(pcm)

    def conceal(self, samples: int) -> bytes:
        """Return PCM16 of that many samples in the place of what was lost."""
        past = np.frombuffer(b"".join(self._past), np.int16).astype(np.float64)
        blend = _BLEND_MS * self._per_ms
        if len(past) < (_TEMPLATE_MS + _LONGEST_PITCH_MS) * self._per_ms:
            invented = np.zeros(samples + blend)  # too little to go by
        else:
            invented = np.resize(past[-self._pitch(past) :], samples + blend) * self._gain(samples + blend)
        self._blend = invented[samples:]
        return np.rint(invented[:samples]).astype(np.int16).tobytes()

    def rejoin(self, pcm: bytes) -> bytes:
        """Return ``pcm``; after a loss, with its beginning blended into what was invented."""
        if self._blend is None:
            return pcm
        real = np.frombuffer(pcm, np.int16).astype(np.float64)
        blend = self._blend[: len(real)]
        self._blend = None
        rising = np.arange(1, len(blend) + 1) / (len(blend) + 1)
        real[: len(blend)] = real[: len(blend)] * rising + blend * (1 - rising)
        return np.rint(real).astype(np.int16).tobytes()

    def _pitch(self, past: NDArray[np.float64]) -> int:
        """Return after how many samples the end of ``past`` is most like itself."""
        shortest, longest = _SHORTEST_PITCH_MS * self._per_ms, _LONGEST_PITCH_MS * self._per_ms
        length = _TEMPLATE_MS * self._per_ms
        template = past[-length:]
        earlier = past[-length - longest : -shortest]
        likeness = np.correlate(earlier, template, "valid")  # [0] is the longest pitch
        power = np.convolve(np.square(earlier), np.ones(length), "valid")
        return longest - int(np.argmax(likeness / np.sqrt(power + 1.0)))

    def _gain(self, samples: int) -> NDArray[np.float64]:
        at_ms = np.arange(samples) / self._per_ms
        faded: NDArray[np.float64] = np.clip((_FADED_MS - at_ms) / (_FADED_MS - _WHOLE_MS), 0.0, 1.0)
        return faded
