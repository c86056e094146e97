"""The keys of a telephone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

KEYS: Final = "0123456789*#ABCD"  # ITU-T Q.23; the letters are on few telephones
# Among keys that are to be pressed: wait. Sign and length are the carriers' (Twilio's ``SendDigits``, Telnyx'
# ``send_dtmf``).
PAUSE: Final = "w"
PAUSE_MS: Final = 500


@dataclass(frozen=True, slots=True)
class Keypad:
    """When the keys that a caller presses are complete: with ``end_key`` (empty: there is none), or
    ``pause_ms`` after the last one. Raises ``ValueError`` for a key that no telephone has, and for a pause
    outside its bounds."""

    end_key: str = "#"
    pause_ms: int = 2_500

    MIN_PAUSE_MS: ClassVar = 500
    MAX_PAUSE_MS: ClassVar = 10_000

    def __post_init__(self) -> None:
        if len(self.end_key) > 1 or self.end_key not in KEYS:
            raise ValueError(f"end_key is one of {KEYS}, or empty")
        if not self.MIN_PAUSE_MS <= self.pause_ms <= self.MAX_PAUSE_MS:
            raise ValueError(f"pause_ms is between {self.MIN_PAUSE_MS} and {self.MAX_PAUSE_MS}")
