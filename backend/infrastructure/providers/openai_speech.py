"""Recognition and voices of OpenAI, or of anybody who speaks its wire (faster-whisper, Kokoro-FastAPI)."""

from __future__ import annotations

from typing import Final

from backend.application.factories.engine_set import EngineSet
from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.ports.provider_kind_port import FieldType, ProviderField, ProviderKind
from backend.infrastructure.adapters.stt.openai_stt_adapter import OpenAiStt
from backend.infrastructure.adapters.stt.openai_transcriber import OPENAI_URL, OpenAiSttSettings
from backend.infrastructure.adapters.tts.openai_tts_adapter import OpenAiTts, OpenAiTtsSettings
from backend.infrastructure.providers.recipe import Recipe, setting
from backend.infrastructure.providers.settings_check import complaint

BASE_URL: Final = ProviderField("base_url", FieldType.URL, default=OPENAI_URL, is_address=True)
# Each engine is there if its model is named.
STT_MODEL: Final = ProviderField("stt_model")
TTS_MODEL: Final = ProviderField("tts_model")
VOICE: Final = ProviderField("voice")


def _build(account: ProviderAccount, key: str) -> EngineSet:
    url, stt_model, tts_model = (setting(account, field) for field in (BASE_URL, STT_MODEL, TTS_MODEL))
    stt = OpenAiStt(OpenAiSttSettings(stt_model, key, url, account.id)) if stt_model else None
    tts = None
    if tts_model:
        tts = OpenAiTts(OpenAiTtsSettings(tts_model, key, url, setting(account, VOICE), account.id))
    there = [engine for engine in (stt, tts) if engine is not None]
    return EngineSet(
        stt=stt,
        tts=tts,
        starters=tuple(engine.start for engine in there),
        closers=tuple(engine.aclose for engine in there),
    )


def _check(account: ProviderAccount) -> None:
    if not setting(account, STT_MODEL) and not setting(account, TTS_MODEL):
        raise complaint(STT_MODEL.name, "name a model for recognition, for speech, or for both")


OPENAI_SPEECH: Final = Recipe(
    # A server of one's own may want no key.
    ProviderKind(
        "openai_speech",
        "OpenAI speech",
        ("stt", "tts"),
        (BASE_URL, STT_MODEL, TTS_MODEL, VOICE),
        needs_key=False,
    ),
    _build,
    _check,
)
