"""Whose Azure it is, and the official Speech SDK to reach it with.

The SDK is a native library behind ``ctypes``. It is loaded when it is first needed, in a thread; its objects
have no types, so they stay within ``Speaker`` and ``Listener``.
"""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Final

from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import READY, Readiness, ReadinessState

PROVIDER: Final = "azure"
LANGUAGES: Final = frozenset({"en", "es"})
_VOICES: Final = "cognitiveservices/voices/list"
_SDK: Final = "azure.cognitiveservices.speech"
# The service wants a region with every language; these are where most of each language's callers are.
_LOCALES: Final = {"en": "en-US", "es": "es-ES", "es-419": "es-MX"}


@dataclass(frozen=True, slots=True)
class AzureAccount:
    """A Speech resource: its key, and either its region or its own address (private endpoints)."""

    key: str = field(repr=False)
    region: str = ""
    endpoint: str = ""

    def readiness(self, language: Language) -> Readiness:
        """Whether ``language`` can be served, as far as can be known without asking the service."""
        if not _is_installed():
            return _unavailable("The package 'azure-cognitiveservices-speech' is not installed.")
        if not self.key or not (self.region or self.endpoint):
            return _unavailable("Azure needs a key, and a region or an endpoint.")
        if language.base not in LANGUAGES:
            return _unavailable(f"Azure is set up for Spanish and English, not for '{language}'.")
        return READY

    @property
    def voices_url(self) -> str:
        """Where the service lists its voices."""
        if not self.endpoint:
            return f"https://{self.region}.tts.speech.microsoft.com/{_VOICES}"
        scheme, _, address = self.endpoint.partition("://")
        scheme = {"ws": "http", "wss": "https"}.get(scheme, scheme)
        return f"{scheme}://{address.partition('/')[0]}/tts/{_VOICES}"

    def config(self) -> Any:
        """Return a new ``SpeechConfig`` for this account. Loads the SDK."""
        sdk = load_sdk()
        if self.endpoint:
            return sdk.SpeechConfig(subscription=self.key, endpoint=self.endpoint)
        return sdk.SpeechConfig(subscription=self.key, region=self.region)


def load_sdk() -> ModuleType:
    """Return the SDK's module. The first time takes tenths of a second: not for the event loop."""
    return importlib.import_module(_SDK)


def locale_of(language: Language) -> str:
    """Return the service's name for ``language``."""
    return _LOCALES.get(language.tag, language.tag)


def _is_installed() -> bool:
    try:
        return importlib.util.find_spec(_SDK) is not None
    except ModuleNotFoundError:  # there is nothing of Azure's at all
        return False


def _unavailable(detail: str) -> Readiness:
    return Readiness(ReadinessState.UNAVAILABLE, detail)
