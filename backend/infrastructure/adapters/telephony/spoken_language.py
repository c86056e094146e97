"""In which language a carrier's own voice speaks.

Both carriers take these tags (https://www.twilio.com/docs/voice/twiml/say/text-speech and Telnyx' ``speak``
command, as of November 2026), and neither takes a language without its region.
"""

from __future__ import annotations

from typing import Final

from backend.domain.value_objects.language import Language

_KNOWN: Final = frozenset({"en-AU", "en-GB", "en-IN", "en-US", "es-ES", "es-MX", "es-US"})
_OF_REGIONS: Final = {"es-419": "es-MX"}
_OF_BASES: Final = {"en": "en-US", "es": "es-ES"}


def spoken_tag(language: Language) -> str:
    """Return the tag of the voice for ``language``: its own, that of a related region, else English."""
    if language.tag in _KNOWN:
        return language.tag
    return _OF_REGIONS.get(language.tag) or _OF_BASES.get(language.base, "en-US")
