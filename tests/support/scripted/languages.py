"""What the scripted engines know: two languages, and how to wait for ever."""

from __future__ import annotations

from typing import Final

from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import READY, Readiness, ReadinessState

FOR_EVER_S: Final = 3_600
LANGUAGES: Final = frozenset({"en", "es"})


def readiness_in(language: Language) -> Readiness:
    """Return how ready an engine is that knows ``LANGUAGES``."""
    is_known = language.base in LANGUAGES
    return READY if is_known else Readiness(ReadinessState.UNAVAILABLE, f"There is no '{language}'.")
