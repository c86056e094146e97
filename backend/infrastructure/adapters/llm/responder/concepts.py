"""What people ask businesses about, in words that need not be in the text.

"When do you open?" and "Monday to Friday, 9:00-18:00" share no word, but both are about hours. A concept is
found in a question by its words and in a fact by its words or the shape of what it says (a time, a price).
Patterns are matched against folded text.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Concept(StrEnum):
    """Topics that nearly every business's callers ask about. Values start with @: no stem does."""

    HOURS = "@hours"
    PRICE = "@price"
    PLACE = "@place"
    CONTACT = "@contact"
    PAYMENT = "@payment"
    BOOKING = "@booking"
    DELIVERY = "@delivery"
    PARKING = "@parking"


@dataclass(frozen=True, slots=True)
class _Signs:
    """How a concept shows: ``asked`` in questions, ``told`` in facts (there besides ``asked``)."""

    asked: re.Pattern[str]
    told: re.Pattern[str]


def _signs(asked: str, told: str = r"(?!)") -> _Signs:
    return _Signs(re.compile(rf"\b(?:{asked})"), re.compile(told))


_DAYS_EN: Final = r"mon|tues|wednes|thurs|fri|satur|sun"
_CLOCK: Final = r"\d\s?(?:am|pm|a\.m|p\.m|hs?\b|o'clock)|\b\d{1,2}[:.h]\d\d\b"

_SIGNS: Final = {
    "en": {
        Concept.HOURS: _signs(
            r"open|close[sd]?\b|closing|hours?\b|schedule|(?:what|which) (?:time|days?)|until when"
            rf"|weekends?\b|when (?:do|are|can) you\b|(?:{_DAYS_EN})days?\b|holidays?\b",
            _CLOCK,
        ),
        Concept.PRICE: _signs(
            r"how much|prices?\b|pricing|costs?\b|charge|fees?\b|rates?\b|expensive|cheap",
            r"[€$£]|\beuros?\b|\bdollars?\b",
        ),
        Concept.PLACE: _signs(
            r"where|address|locat|directions|find you|get there|how (?:do|can) (?:i|we) get"
            r"|(?:street|avenue|road|square)\b"
        ),
        Concept.CONTACT: _signs(r"phone|telephone|e ?mail|contact|whatsapp|website|number", r"@|www\."),
        Concept.PAYMENT: _signs(r"pay|cards?\b|cash\b|credit|insurance|financ|instal"),
        Concept.BOOKING: _signs(r"book|appointment|reserv|schedule an?|order\b"),
        Concept.DELIVERY: _signs(r"deliver|take ?away|takeout|pick ?up|bring it"),
        Concept.PARKING: _signs(r"park"),
    },
    "es": {
        Concept.HOURS: _signs(
            r"abr[ei]|abier|cierr|cerra|horario|a que hora|que horas|que dias|hasta que hora"
            r"|fin(?:es)? de semana"
            r"|lunes|martes|miercoles|jueves|viernes|sabados?|domingos?|festivos?",
            _CLOCK,
        ),
        Concept.PRICE: _signs(
            r"cuanto (?:cuesta|vale|sale|es|cobra|seria)|cuanto|precios?\b|cuestan?\b|cobra|tarifa"
            r"|valor\b|caro|barat",
            r"[€$]|\beuros?\b|\bpesos?\b|\bdolares\b",
        ),
        Concept.PLACE: _signs(
            r"donde|direccion|ubica|como (?:llego|se llega|llegar)|llegar|(?:calle|avenida|plaza|paseo)\b"
        ),
        Concept.CONTACT: _signs(r"telefono|correo|e ?mail|contact|whatsapp|numero", r"@|www\."),
        Concept.PAYMENT: _signs(r"pag(?:o|a|u)|tarjetas?\b|efectivo|credito|seguros?\b|financ|bizum|cuotas"),
        Concept.BOOKING: _signs(r"citas?\b|reserv|turnos?\b|agendar|pedir hora|pedidos?\b"),
        Concept.DELIVERY: _signs(r"domicilio|reparto|repart|envi(?:o|a)|llevar|recoger|entrega"),
        Concept.PARKING: _signs(r"aparca|parking|estaciona|parqueadero|cochera"),
    },
}

# Asking about one of these alone is a whole question; a price is always the price of something.
WHOLE_QUESTIONS: Final = frozenset(Concept) - {Concept.PRICE}


def asked_about(folded: str, language: str) -> frozenset[Concept]:
    """Return what a question is about."""
    return frozenset(concept for concept, signs in _SIGNS[language].items() if signs.asked.search(folded))


def naming_words(folded: str, language: str) -> frozenset[int]:
    """Return the positions (in ``folded.split()``) of the words by which a question names its concepts."""
    spans = [match.span() for signs in _SIGNS[language].values() for match in signs.asked.finditer(folded)]
    return frozenset(
        position
        for position, word in enumerate(re.finditer(r"\S+", folded))
        if any(start < word.end() and word.start() < end for start, end in spans)
    )


def told_about(folded: str, language: str) -> Counter[Concept]:
    """Return what a fact tells about; a concept that it both names and has the shape of counts twice."""
    return Counter(
        concept
        for concept, signs in _SIGNS[language].items()
        for sign in (signs.asked, signs.told)
        if sign.search(folded)
    )
