"""Telephone numbers in E.164."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# ITU-T E.164: a country code that does not begin with 0, fifteen digits at most in all.
# [0-9], not \d: other scripts' digits are not dialable.
_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A telephone number as ``+<country code><subscriber>``; raises ``ValueError`` on anything else.

    Its ``repr`` shows only the last two digits: numbers are personal and logs are read by many.
    """

    value: str

    def __post_init__(self) -> None:
        if not _E164.fullmatch(self.value):
            raise ValueError("a telephone number is written as + and 7 to 15 digits (E.164)")

    def __str__(self) -> str:
        return self.value

    def __repr__(self) -> str:
        return f"PhoneNumber(…{self.value[-2:]})"
