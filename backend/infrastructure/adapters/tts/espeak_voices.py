"""The voices of eSpeak NG that Victoria offers, and which one a language gets."""

from __future__ import annotations

from typing import Final

from backend.domain.ports.tts_port import Voice
from backend.domain.value_objects.language import Language

_MALE: Final = "male"
_FEMALE: Final = "female"

# "+f3" is a variant: the same language through another vocal tract. "en" is eSpeak's British English.
VOICES: Final = (
    Voice("es", "Spanish (Spain), man", Language("es"), _MALE),
    Voice("es+f3", "Spanish (Spain), woman", Language("es"), _FEMALE),
    Voice("es-419", "Spanish (Latin America), man", Language("es-419"), _MALE),
    Voice("es-419+f3", "Spanish (Latin America), woman", Language("es-419"), _FEMALE),
    Voice("en-us", "English (United States), man", Language("en"), _MALE),
    Voice("en-us+f3", "English (United States), woman", Language("en"), _FEMALE),
    Voice("en", "English (Great Britain), man", Language("en-GB"), _MALE),
    Voice("en+f3", "English (Great Britain), woman", Language("en-GB"), _FEMALE),
)
_VOICE_IDS: Final = frozenset(voice.id for voice in VOICES)
_SPAIN: Final = frozenset({"es", "es-ES"})
# Where English follows the British model.
_BRITISH: Final = frozenset({"en-GB", "en-IE", "en-AU", "en-NZ", "en-ZA", "en-IN"})


def espeak_voice(voice_id: str, language: Language) -> str | None:
    """Return eSpeak's name of the voice; ``voice_id`` empty means the default of ``language``.

    None if there is no such voice, or none for the language.
    """
    if voice_id:
        return voice_id if voice_id in _VOICE_IDS else None
    match language.base:
        case "es":
            return "es" if language.tag in _SPAIN else "es-419"
        case "en":
            return "en" if language.tag in _BRITISH else "en-us"
        case _:
            return None
