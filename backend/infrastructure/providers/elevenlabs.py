"""ElevenLabs: voices."""

from __future__ import annotations

from typing import Final

from backend.application.factories.engine_set import EngineSet
from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.ports.provider_kind_port import FieldType, ProviderField, ProviderKind
from backend.infrastructure.adapters.tts.elevenlabs_adapter import (
    ELEVENLABS_URL,
    ElevenLabsSettings,
    ElevenLabsTts,
)
from backend.infrastructure.providers.recipe import Recipe, setting

MODEL: Final = ProviderField("model", default="eleven_flash_v2_5")
BASE_URL: Final = ProviderField("base_url", FieldType.URL, default=ELEVENLABS_URL, is_address=True)


def _build(account: ProviderAccount, key: str) -> EngineSet:
    tts = ElevenLabsTts(ElevenLabsSettings(key, setting(account, BASE_URL), setting(account, MODEL)))
    return EngineSet(tts=tts, starters=(tts.start,), closers=(tts.aclose,))


ELEVENLABS: Final = Recipe(ProviderKind("elevenlabs", "ElevenLabs", ("tts",), (MODEL, BASE_URL)), _build)
