"""Azure's voices in Spanish and English: a first choice, not the whole catalogue of five hundred.

Any other voice can be named as well; the service knows best which there are.
"""

from __future__ import annotations

import re
from typing import Final

from backend.domain.ports.tts_port import Voice
from backend.domain.value_objects.language import Language

# Such as "es-ES-ElviraNeural" or "en-US-Ava:DragonHDLatestNeural"
_NAME: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)+-[A-Za-z0-9]+(:[A-Za-z0-9]+)?")


def _voice(locale: str, name: str, gender: str) -> Voice:
    return Voice(f"{locale}-{name}Neural", f"{name} ({locale})", Language(locale), gender)


VOICES: Final = (
    _voice("es-ES", "Elvira", "female"),
    _voice("es-ES", "Alvaro", "male"),
    _voice("es-MX", "Dalia", "female"),
    _voice("es-MX", "Jorge", "male"),
    _voice("es-US", "Paloma", "female"),
    _voice("es-US", "Alonso", "male"),
    _voice("es-AR", "Elena", "female"),
    _voice("es-AR", "Tomas", "male"),
    _voice("es-CO", "Salome", "female"),
    _voice("es-CO", "Gonzalo", "male"),
    _voice("en-US", "Ava", "female"),
    _voice("en-US", "Andrew", "male"),
    _voice("en-US", "Jenny", "female"),
    _voice("en-US", "Guy", "male"),
    _voice("en-GB", "Sonia", "female"),
    _voice("en-GB", "Ryan", "male"),
    _voice("en-AU", "Natasha", "female"),
    _voice("en-AU", "William", "male"),
)


def azure_voice(asked: str, locale: str) -> str | None:
    """Return the voice that was ``asked`` for, or the default of ``locale``; None if it cannot be a voice."""
    if asked:
        return asked if _NAME.fullmatch(asked) else None
    of_locale = (voice.id for voice in VOICES if voice.language.tag == locale)
    of_language = (voice.id for voice in VOICES if voice.language.base == Language(locale).base)
    return next(of_locale, None) or next(of_language, None)
