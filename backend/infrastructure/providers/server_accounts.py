"""The accounts of the server itself, which every tenant may use: those that the settings name.

They are made by the same recipes as the tenants' own. ``auto`` prefers them in this order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import SecretStr

from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.config.settings import Settings

SERVER: Final = ""  # no tenant


def server_accounts(settings: Settings) -> Iterator[tuple[ProviderAccount, Secret | None]]:
    """Yield the accounts that the settings name, each with its key."""
    if settings.azure_speech_key is not None:
        yield _account(
            "azure",
            settings.azure_speech_key,
            region=settings.azure_speech_region,
            endpoint=settings.azure_speech_endpoint,
        )
    if settings.deepgram_api_key is not None:
        yield _account(
            "deepgram",
            settings.deepgram_api_key,
            model=settings.deepgram_model,
            base_url=settings.deepgram_base_url,
        )
    if settings.elevenlabs_api_key is not None:
        yield _account(
            "elevenlabs",
            settings.elevenlabs_api_key,
            model=settings.elevenlabs_model,
            base_url=settings.elevenlabs_base_url,
        )
    if settings.stt_model is not None:
        yield _account(
            "openai_speech",
            settings.stt_api_key,
            name="openai-stt",
            stt_model=settings.stt_model,
            base_url=settings.stt_base_url,
        )
    if settings.tts_model is not None:
        yield _account(
            "openai_speech",
            settings.tts_api_key,
            name="openai-tts",
            tts_model=settings.tts_model,
            base_url=settings.tts_base_url,
            voice=settings.tts_voice,
        )
    if settings.groq_api_key is not None:
        yield _account(
            "groq", settings.groq_api_key, model=settings.groq_model, base_url=settings.groq_base_url
        )
    if settings.llm_model is not None:
        yield _account(
            "openai",
            settings.llm_api_key,
            model=settings.llm_model,
            base_url=settings.llm_base_url,
            timeout_ms=None if settings.llm_timeout_ms is None else str(settings.llm_timeout_ms),
        )


def _account(
    kind: str, key: SecretStr | None, *, name: str = "", **given: str | None
) -> tuple[ProviderAccount, Secret | None]:
    account = ProviderAccount(
        id=name or kind,
        tenant=SERVER,
        kind=kind,
        settings={field: value for field, value in given.items() if value},
        has_key=key is not None,
    )
    return account, None if key is None else Secret(key.get_secret_value())
