"""Groq: language models."""

from __future__ import annotations

from typing import Final

from backend.application.factories.engine_set import EngineSet
from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.ports.provider_kind_port import FieldType, ProviderField, ProviderKind
from backend.infrastructure.adapters.llm.groq_adapter import GROQ_URL, GroqAdapter, GroqSettings
from backend.infrastructure.providers.recipe import Recipe, setting

MODEL: Final = ProviderField("model", default="llama-3.3-70b-versatile")
BASE_URL: Final = ProviderField("base_url", FieldType.URL, default=GROQ_URL, is_address=True)


def _build(account: ProviderAccount, key: str) -> EngineSet:
    model = setting(account, MODEL)
    llm = GroqAdapter(GroqSettings(model, key, setting(account, BASE_URL)))
    return EngineSet(model=model, llm=llm, starters=(llm.start,), closers=(llm.aclose,))


GROQ: Final = Recipe(ProviderKind("groq", "Groq", ("llm",), (MODEL, BASE_URL)), _build)
