"""What a carrier's own voice says for us when no agent can."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from backend.domain.ports.telephony_port import Apologise
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language

_BUSY: Final[Mapping[str, str]] = {
    "en": "We are sorry, all our lines are busy. Please call again in a few minutes. Goodbye.",
    "es": "Lo sentimos, todas nuestras líneas están ocupadas. Llame de nuevo dentro de unos minutos. Adiós.",
}
_TROUBLE: Final[Mapping[str, str]] = {
    "en": "We are sorry, something went wrong on our side. Please call again later. Goodbye.",
    "es": "Lo sentimos, algo ha fallado por nuestra parte. Llame de nuevo más tarde. Adiós.",
}


def all_lines_busy(language: Language) -> Apologise:
    """Return the apology of a server that takes no more calls."""
    return _apology(_BUSY, language)


def something_failed(language: Language) -> Apologise:
    """Return the apology for a call that cannot begin, or cannot go on."""
    return _apology(_TROUBLE, language)


def _apology(words: Mapping[str, str], language: Language) -> Apologise:
    """Return the apology in ``language``, in English where we have no words in it."""
    spoken = SPANISH if language.base == SPANISH.base else ENGLISH
    return Apologise(words[spoken.base], language if language.base == spoken.base else spoken)
