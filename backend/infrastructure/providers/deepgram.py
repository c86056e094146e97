"""Deepgram: recognition."""

from __future__ import annotations

from typing import Final

from backend.application.factories.engine_set import EngineSet
from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.ports.provider_kind_port import FieldType, ProviderField, ProviderKind
from backend.infrastructure.adapters.stt.deepgram_adapter import DeepgramStt
from backend.infrastructure.adapters.stt.deepgram_stream import DeepgramSettings
from backend.infrastructure.providers.recipe import Recipe, setting

MODEL: Final = ProviderField("model", default="nova-3")
# An address as people know it; the adapter makes that of the WebSocket of it.
BASE_URL: Final = ProviderField(
    "base_url", FieldType.URL, default="https://api.deepgram.com", is_address=True
)


def _build(account: ProviderAccount, key: str) -> EngineSet:
    stt = DeepgramStt(DeepgramSettings(key, setting(account, BASE_URL), setting(account, MODEL), account.id))
    return EngineSet(stt=stt, starters=(stt.start,), closers=(stt.aclose,))


DEEPGRAM: Final = Recipe(ProviderKind("deepgram", "Deepgram", ("stt",), (MODEL, BASE_URL)), _build)
