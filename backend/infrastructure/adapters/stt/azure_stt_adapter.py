"""Azure's speech recognition, over the official Speech SDK."""

from __future__ import annotations

from typing import Final
from weakref import WeakSet

from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import SttCapabilities, SttRequest
from backend.domain.value_objects.language import ENGLISH, Language
from backend.domain.value_objects.readiness import Readiness
from backend.infrastructure.adapters.azure.account import (
    LANGUAGES,
    PROVIDER,
    AzureAccount,
    load_sdk,
    locale_of,
)
from backend.infrastructure.adapters.azure.blocking import BlockingCalls
from backend.infrastructure.adapters.azure.listener import FORMATS
from backend.infrastructure.adapters.azure.trial import try_to_listen
from backend.infrastructure.adapters.service_errors import closed
from backend.infrastructure.adapters.stt.azure_stt_stream import AzureSttSettings, AzureSttStream

_CLOSE_TIMEOUT_S: Final = 1.5


class AzureStt:
    """``SttPort`` on Azure. Belongs to the event loop that first uses it."""

    def __init__(self, account: AzureAccount, settings: AzureSttSettings | None = None) -> None:
        self._account = account
        self._settings = settings or AzureSttSettings()
        self._calls = BlockingCalls()
        self._streams: WeakSet[AzureSttStream] = WeakSet()
        self._is_closed = False

    @property
    def capabilities(self) -> SttCapabilities:
        """Sentences with punctuation; the service hears everything, and finds the speech itself."""
        return SttCapabilities(
            languages=LANGUAGES,
            partials=True,
            punctuates=True,
            speech_only=False,
            local=False,
            detects_language=True,
            formats=FORMATS,
        )

    def start(self) -> None:
        """Load the SDK in the background, so that the first call does not wait for it."""
        self._calls.dismiss(load_sdk)

    async def check(self) -> None:
        """See ``Checkable``: connect as a call would."""
        await try_to_listen(self._account, locale_of(ENGLISH), self._calls)

    def readiness(self, language: Language) -> Readiness:
        """See ``SttPort``; nothing is sent to find out."""
        return self._account.readiness(language)

    async def open(self, request: SttRequest) -> AzureSttStream:
        """See ``SttPort``. A key that is refused fails the stream, a moment later."""
        readiness = self.readiness(request.language)
        if not readiness.is_ready:
            raise ProviderError(PROVIDER, readiness.detail, code="not-ready", retryable=False)
        if self._is_closed:
            raise closed(PROVIDER)
        if request.format not in FORMATS:
            raise ProviderError(PROVIDER, "cannot hear this", code="unknown-format", retryable=False)
        stream = AzureSttStream(self._calls, self._settings, request)
        self._streams.add(stream)
        try:
            await stream.begin(self._account)
        except BaseException:  # it did not start, or we were cancelled while the SDK was at it
            await stream.aclose()
            raise
        return stream

    async def aclose(self) -> None:
        """Disconnect within two seconds; streams under way fail. Idempotent."""
        self._is_closed = True
        for stream in list(self._streams):
            stream.shut_down()
        await self._calls.aclose(_CLOSE_TIMEOUT_S)
