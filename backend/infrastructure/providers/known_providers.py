"""All the sorts of providers that Victoria knows, and what can be done with an account at one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from backend.application.factories.engine_set import EngineSet
from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.errors import CallerError, ProviderError, ProviderTimeoutError
from backend.domain.ports.engine_port import Checkable
from backend.domain.ports.provider_kind_port import ProviderKind
from backend.domain.value_objects.language import ENGLISH
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.config.addresses import is_key
from backend.infrastructure.providers.azure import AZURE
from backend.infrastructure.providers.azure_openai import AZURE_OPENAI
from backend.infrastructure.providers.deepgram import DEEPGRAM
from backend.infrastructure.providers.elevenlabs import ELEVENLABS
from backend.infrastructure.providers.groq import GROQ
from backend.infrastructure.providers.openai import OPENAI
from backend.infrastructure.providers.openai_speech import OPENAI_SPEECH
from backend.infrastructure.providers.recipe import Recipe
from backend.infrastructure.providers.settings_check import check_settings
from backend.infrastructure.providers.unavailable import unavailable_engines

RECIPES: Final = (GROQ, OPENAI, AZURE, DEEPGRAM, ELEVENLABS, OPENAI_SPEECH, AZURE_OPENAI)
CHECK_TIMEOUT_S: Final = 8.0  # closing takes two seconds at most, so that all is over within ten


class KnownProviders:
    """``ProviderKinds`` and ``EngineBuilder``."""

    def __init__(self, recipes: Sequence[Recipe] = RECIPES) -> None:
        self._recipes = {recipe.kind.id: recipe for recipe in recipes}

    def all(self) -> Sequence[ProviderKind]:
        """See ``ProviderKinds``."""
        return tuple(recipe.kind for recipe in self._recipes.values())

    def of(self, account: ProviderAccount) -> ProviderKind:
        """See ``ProviderKinds``."""
        return self._recipe_of(account).kind

    def check(self, account: ProviderAccount) -> None:
        """See ``ProviderKinds``."""
        recipe = self._recipe_of(account)
        check_settings(account, recipe.kind)
        recipe.check(account)

    def build(self, account: ProviderAccount, key: Secret | None) -> EngineSet:
        """See ``EngineBuilder``."""
        self.check(account)
        recipe = self._recipe_of(account)
        if recipe.kind.needs_key and not key:
            return self.unavailable(account, f"{recipe.kind.name} needs a key.")
        secret = key.reveal() if key else ""
        if secret and not is_key(secret):
            return self.unavailable(account, "Its key is not one word of letters, digits and signs.")
        return replace(recipe.build(account, secret), name=_name(account, recipe.kind), kind=recipe.kind.id)

    def unavailable(self, account: ProviderAccount, detail: str) -> EngineSet:
        """See ``EngineBuilder``."""
        kind = self.of(account)
        model = account.settings.get("model", "")
        engines = unavailable_engines(account.id, kind.ports, detail)
        return replace(engines, name=_name(account, kind), kind=kind.id, model=model)

    async def try_out(self, account: ProviderAccount, key: Secret | None) -> None:
        """See ``ProviderKinds``; nothing is left behind."""
        engines = self.build(account, key)
        try:
            async with asyncio.timeout(CHECK_TIMEOUT_S):
                for engine in (engines.llm, engines.stt, engines.tts):
                    if engine is None:
                        continue
                    readiness = engine.readiness(ENGLISH)
                    if not readiness.is_ready:
                        raise ProviderError(account.id, readiness.detail, code="not-ready", retryable=False)
                    if isinstance(engine, Checkable):
                        await engine.check()
        except TimeoutError as error:
            raise ProviderTimeoutError(account.id, "did not answer in time") from error
        finally:
            await engines.aclose()

    def _recipe_of(self, account: ProviderAccount) -> Recipe:
        try:
            return self._recipes[account.kind]
        except KeyError:
            known = ", ".join(self._recipes)
            raise CallerError(
                f"There is no such kind of provider; there are {known}.", code="unknown-kind"
            ) from None


def _name(account: ProviderAccount, kind: ProviderKind) -> str:
    return kind.name if account.id == kind.id else f"{kind.name} ({account.id})"
