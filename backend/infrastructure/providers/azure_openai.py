"""OpenAI's language models at Azure: a resource of one's own, with deployments that one names oneself."""

from __future__ import annotations

from typing import Final

from backend.application.factories.engine_set import EngineSet
from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.ports.provider_kind_port import FieldType, ProviderField, ProviderKind
from backend.infrastructure.adapters.llm.openai_adapter import OpenAiAdapter, OpenAiSettings
from backend.infrastructure.providers.recipe import Recipe, setting

ENDPOINT: Final = ProviderField("endpoint", FieldType.URL, required=True, is_address=True)
DEPLOYMENT: Final = ProviderField("model", required=True)
# The newest version that is not a preview, says learn.microsoft.com (api-version-lifecycle), 2025.
API_VERSION: Final = ProviderField("api_version", default="2024-10-21")


def _build(account: ProviderAccount, key: str) -> EngineSet:
    model = setting(account, DEPLOYMENT)
    llm = OpenAiAdapter(
        OpenAiSettings(
            model,
            key,
            setting(account, ENDPOINT),
            name=account.id,
            azure_api_version=setting(account, API_VERSION),
        )
    )
    return EngineSet(model=model, llm=llm, starters=(llm.start,), closers=(llm.aclose,))


AZURE_OPENAI: Final = Recipe(
    ProviderKind("azure_openai", "Azure OpenAI", ("llm",), (ENDPOINT, DEPLOYMENT, API_VERSION)), _build
)
