"""A sentence in a voice, to hear how it sounds."""

from __future__ import annotations

from pydantic import Field

from backend.application.services.voice_preview import MAX_TEXT
from backend.domain.value_objects.language import ENGLISH
from backend.interfaces.http.schemas.agents import LanguageTag
from backend.interfaces.http.schemas.base import TEXT_PATTERN, RequestModel
from backend.interfaces.http.schemas.engines import Voice


class VoicePreviewRequest(RequestModel):
    """Whose voice, and what it says; without a text it says who it is."""

    language: LanguageTag = ENGLISH.tag
    voice: Voice = Voice()
    text: str = Field("", max_length=MAX_TEXT, pattern=TEXT_PATTERN)
