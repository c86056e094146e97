"""OpenAI's language models, or those of anybody who speaks its wire (Ollama, llama.cpp, vLLM, OpenRouter)."""

from __future__ import annotations

from typing import Final

from backend.application.factories.engine_set import EngineSet
from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.ports.provider_kind_port import FieldType, ProviderField, ProviderKind
from backend.infrastructure.adapters.llm.openai_adapter import OPENAI_URL, OpenAiAdapter, OpenAiSettings
from backend.infrastructure.providers.recipe import Recipe, setting
from backend.infrastructure.providers.settings_check import complaint

MODEL: Final = ProviderField("model", required=True)
BASE_URL: Final = ProviderField("base_url", FieldType.URL, default=OPENAI_URL, is_address=True)
TIMEOUT_MS: Final = ProviderField("timeout_ms")
# What wants a key is a service, and ready; a model on the owner's machine may have to be loaded before it
# says its first word. A caller hears a filler in between, and an apology after this at the latest.
_SERVICE_MS: Final = 3_000
_OWN_MACHINE_MS: Final = 8_000
_TIMEOUTS_MS: Final = range(100, 60_001)


def _build(account: ProviderAccount, key: str) -> EngineSet:
    model = setting(account, MODEL)
    usual_ms = _SERVICE_MS if key else _OWN_MACHINE_MS
    patience_ms = int(setting(account, TIMEOUT_MS) or usual_ms)
    llm = OpenAiAdapter(
        OpenAiSettings(
            model, key, setting(account, BASE_URL), name=account.id, first_token_timeout_ms=patience_ms
        )
    )
    return EngineSet(model=model, llm=llm, starters=(llm.start,), closers=(llm.aclose,))


def _check(account: ProviderAccount) -> None:
    timeout = setting(account, TIMEOUT_MS)
    if timeout and not (timeout.isascii() and timeout.isdecimal() and int(timeout) in _TIMEOUTS_MS):
        first, last = _TIMEOUTS_MS[0], _TIMEOUTS_MS[-1]
        raise complaint(TIMEOUT_MS.name, f"this must be a number of milliseconds from {first} to {last}")


OPENAI: Final = Recipe(
    # A server of one's own may want no key.
    ProviderKind("openai", "OpenAI", ("llm",), (MODEL, BASE_URL, TIMEOUT_MS), needs_key=False),
    _build,
    _check,
)
