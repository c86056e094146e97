"""Azure's voices in Spanish and English: a first choice, and the whole catalogue as the service tells it.

The catalogue comes over the network; until it is there, or if it does not come, the first choice is what
there is. Any other voice can be named as well.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from typing import Any, Final

from backend.domain.ports.tts_port import Voice
from backend.domain.value_objects.language import Language
from backend.infrastructure.adapters.azure.account import LANGUAGES

# Such as "es-ES-ElviraNeural" or "en-US-Ava:DragonHDLatestNeural"
_NAME: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)+-[A-Za-z0-9]+(:[A-Za-z0-9]+)?")


def _voice(locale: str, name: str, gender: str) -> Voice:
    return Voice(f"{locale}-{name}Neural", f"{name} ({locale})", Language(locale), gender)


VOICES: Final[tuple[Voice, ...]] = (
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


def parse_voices(listed: Any) -> tuple[Voice, ...]:
    """Return the voices of our languages in the service's list, those of ``VOICES`` first.

    ``listed`` is JSON as it came; the fields are those of the service's ``voices/list`` ("Text to speech REST
    API" in Microsoft's documentation). What is not understood is left out, if need be all of it.
    """
    voices: list[Voice] = []
    for entry in listed if isinstance(listed, list) else ():
        with contextlib.suppress(AttributeError, LookupError, TypeError, ValueError):
            if _is_ours(entry):
                voices.append(_listed_voice(entry))
    rank = {voice.id: place for place, voice in enumerate(VOICES)}
    return tuple(sorted(voices, key=lambda voice: rank.get(voice.id, len(rank))))


def _is_ours(entry: Mapping[str, Any]) -> bool:
    is_usable = _NAME.fullmatch(entry["ShortName"]) and entry.get("Status") != "Deprecated"
    return bool(is_usable) and entry["Locale"].partition("-")[0] in LANGUAGES


def _listed_voice(entry: Mapping[str, Any]) -> Voice:
    locale = entry["Locale"]
    return Voice(
        entry["ShortName"],
        f"{entry['LocalName']} ({locale})",
        Language(locale),
        entry["Gender"].lower(),
        tuple(str(style) for style in entry.get("StyleList", ())),
    )
