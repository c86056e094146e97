"""Words that end in a full stop without ending a sentence.

English and Spanish; the Spanish ones are those likely in speech of the list in the Diccionario
panhispánico de dudas (RAE, 2005, appendix 2). All are in lower case and without their last stop. Other
languages are read as English.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from backend.domain.value_objects.language import Language


class FullStop(Enum):
    """What a full stop after a word may be."""

    ENDS_SENTENCE = "ends sentence"
    ABBREVIATES = "abbreviates"  # "Dr. Soto": the next word belongs to it
    ABBREVIATES_AT_LEAST = "abbreviates at least"  # "at 9 a.m. We open": a capital begins a sentence
    NUMBERS_AT_LEAST = "numbers at least"  # "No. 5", but "No. Thank you."
    FOLLOWS_NUMBER = "follows number"  # "3.", "3.5", "1. First"


_BEFORE_A_WORD: Final = {
    "en": frozenset(
        "adm approx capt cf col dept dr e.g eg esp est ext fig gen gov hon i.e ie lt messrs mr mrs ms mt "
        "pp prof rep rev sen sgt sr st tel viz vol vs".split()
    ),
    "es": frozenset(
        "admón aprox art av avda cap cf col ctra dep depto dir dña dpto dr dra dres ee ej excma excmo ext "
        "fig gral hno hna ilma ilmo ing lic ntra núm p.ej pág págs pbro pl prof profa prov sr sra sras "
        "sres srta srtas sta sto tel tfno teléf vol vs".split()
    ),
}
_ANYWHERE: Final = {
    "en": frozenset(
        "apr assn aug ave bldg blvd bros co corp dec etc feb ft hr hrs inc jan jr ltd min mph nov oct "
        "ph.d rd sec sept vs".split()
    ),
    "es": frozenset(
        "abr ago cía dcha dic ene esq etc feb hab hs izda izq jul jun kg km min mín máx nov oct sdad seg "
        "sept ud uds uu vd vds".split()
    ),
}
_BEFORE_A_NUMBER: Final = {"en": frozenset({"no", "nos", "ch"}), "es": frozenset({"no", "nro"})}

_OPENING: Final = "\"'“\N{LEFT SINGLE QUOTATION MARK}«([{¿¡*_#—\N{EN DASH}-"
_DOTTED: Final = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,3}")  # a.m, U.S, EE.UU, S.A
_HALF_OF_DAY: Final = re.compile(r"(?:^|[\s\d])[ap]\.\s?m$", re.IGNORECASE)  # 9 a. m


def full_stop_after(text: str, language: Language) -> FullStop:
    """Return what a single full stop right after ``text`` may be; ``text`` ends with the word before it."""
    base = language.base if language.base in _BEFORE_A_WORD else "en"
    written = text[max(text.rfind(" "), text.rfind("\n")) + 1 :].lstrip(_OPENING)
    word = written.lower()
    if not word:
        return FullStop.ENDS_SENTENCE
    if word[-1].isdigit():
        return FullStop.FOLLOWS_NUMBER
    if word in _BEFORE_A_NUMBER[base]:
        return FullStop.NUMBERS_AT_LEAST
    if word in _BEFORE_A_WORD[base]:
        return FullStop.ABBREVIATES
    if word in _ANYWHERE[base] or _DOTTED.fullmatch(word) or _HALF_OF_DAY.search(text):
        return FullStop.ABBREVIATES_AT_LEAST
    if len(word) == 1 and word.isalpha():
        return FullStop.ABBREVIATES  # an initial
    return FullStop.ENDS_SENTENCE
