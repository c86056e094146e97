"""Which numbers may be dialled, by whomever and for whatever reason.

Toll fraud is the theft that telephones invite: whoever gets a machine to call a number that pays its owner
earns by the minute. So two things have to hold, whatever a caller or a model says. The number begins with
something that the owner of the server has listed; and it is in none of the ranges that nobody means who lists
a country, because they cost many times what the country costs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from backend.domain.errors import ConflictError
from backend.domain.value_objects.phone_number import PhoneNumber

# Numbers of no country: shared cost, personal, satellite, international networks, premium (ITU-T E.164,
# list of assigned country codes, Operational Bulletin 1114).
_OF_NO_COUNTRY: Final = ("+800", "+808", "+870", "+878", "+881", "+882", "+883", "+888", "+979", "+991")

# Premium and shared-cost numbers, personal ones, pagers, and what is too short to be a subscriber's: what
# libphonenumber's metadata 9.0.43 has under these names, as prefixes that hold no ordinary numbers. Where a
# country is not here, the owner's list alone decides.
_COSTLY: Final = {
    "+1": "900 500 52[1-9] 53[23] 544 566 577 588 600 622 633 700 .{0,9}$ [0-9]{3}976",
    "+31": "14 66 84 87 90",
    "+32": "70 78 90",
    "+33": "8 .{0,8}$",
    "+34": "51 70 80[367] 90[1257] .{0,8}$",
    "+351": "60[178] 622 646 648 689 707 76 80[89] 884",
    "+353": "1[58].{8}$ 700",
    "+39": "0878 144 16[346] 178 199 84 89",
    "+41": "74 84 86 87 90",
    "+43": "8[1-9] 9",
    "+44": "70 76(?!24) 8[47] 9",
    "+48": "64 70 801",
    "+49": "11 13[78] 16[489] 18 19 700 900",
    "+51": "80[1245]",
    "+52": "[359]00",
    "+54": "60 810",
    "+55": "[3459]00 30 .{0,9}$",
    "+56": "600.{7,8}$",
    "+57": "190 19[48] 901",
    "+61": "13 163 190",
}
_NEVER: Final = re.compile(
    "|".join(
        [re.escape(code) for code in _OF_NO_COUNTRY]
        + [f"{re.escape(code)}(?:{ranges.replace(' ', '|')})" for code, ranges in _COSTLY.items()]
    )
)

# They share a country code with the United States and Canada and cost what islands cost: whoever lists +1
# does not mean them (North American Numbering Plan, area codes by country).
_ISLANDS: Final = re.compile(
    r"\+1(?:242|246|264|268|284|345|441|473|649|658|664|721|758|767|784|809|829|849|868|869|876)"
)
_AREA_CODE: Final = len("+1") + 3


@dataclass(frozen=True, slots=True)
class DialPlan:
    """Numbers that begin with one of ``prefixes`` (``+34``, ``+1212``) may be dialled.

    The ranges above never may, and without prefixes nothing may. Raises ``ValueError`` for a prefix that no
    number begins with.
    """

    prefixes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for prefix in self.prefixes:
            if not re.fullmatch(r"\+[1-9][0-9]{0,14}", prefix):
                raise ValueError(f"{prefix!r} is not the beginning of a number such as +34 or +1212")

    def allows(self, number: PhoneNumber) -> bool:
        """Whether ``number`` may be dialled."""
        digits = number.value
        if _NEVER.match(digits):
            return False
        shortest = _AREA_CODE if _ISLANDS.match(digits) else 0
        return any(len(prefix) >= shortest and digits.startswith(prefix) for prefix in self.prefixes)

    def check(self, number: PhoneNumber) -> None:
        """Raise ``ConflictError`` (``forbidden-number``) unless ``number`` may be dialled."""
        if not self.allows(number):
            raise ConflictError("This number may not be called from here.", code="forbidden-number")
