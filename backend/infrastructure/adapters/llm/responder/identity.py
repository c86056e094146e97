"""Who the agent is, as far as its prompt says so in one of the usual ways."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_NAME: Final = r"(?P<name>[A-ZÁÉÍÓÚÑ][a-záéíóúñü]+)\b"
_PLACE: Final = (
    r"(?P<place>[A-ZÁÉÍÓÚÑ][\w'&-]*(?:\s+(?:(?:of|de|del|la|el|los|las|y|and|&)\s+)*[A-ZÁÉÍÓÚÑ][\w'&-]*)*)"
)
_NAMED: Final = {
    "en": re.compile(rf"(?i:\byou are|\byou're|\byour name is|\bact as)\s+(?!(?:A|An|The)\b){_NAME}"),
    "es": re.compile(rf"(?i:\beres|\bte llamas|\btu nombre es|\bsos)\s+(?!(?:Un|Una|El|La)\b){_NAME}"),
}
_PLACED: Final = {
    "en": re.compile(
        r"(?i:receptionist|assistant|agent|host|hostess|waiter|operator|voice|desk)\s+(?i:at|of|for|from)\s+"
        rf"(?i:the\s+)?{_PLACE}"
    ),
    "es": re.compile(
        r"(?i:recepcionista|asistente|agente|camarer[oa]|operadora?|telefonista|voz)(?:\s+\w+){0,2}?\s+"
        rf"(?i:de la|de el|del|de|en la|en)\s+{_PLACE}"
    ),
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Empty where the prompt does not say."""

    name: str = ""
    place: str = ""


def identity_of(prompt: str, language: str) -> Identity:
    """Return the name and the business that the prompt gives the agent."""
    named = _NAMED[language].search(prompt)
    placed = _PLACED[language].search(prompt)
    return Identity(named["name"] if named else "", placed["place"] if placed else "")
