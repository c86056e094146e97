"""The SDKs that speak chat completions: how they are loaded, and their errors in the words of the domain.

OpenAI's SDK and Groq's come from one generator: classes and errors have the same names in both. They take
half a second and more to import, so this happens when one is first needed. Once an answer has begun Groq's
does not wrap what its transport raises: the errors of the HTTP library come as they are.
"""

from __future__ import annotations

import importlib
import logging
from dataclasses import dataclass
from types import ModuleType

from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.infrastructure.adapters.llm.chat_errors import answer_failed
from backend.infrastructure.adapters.service_errors import connection_failed, not_understood, refusal


@dataclass(frozen=True, slots=True)
class ChatSdk:
    """An SDK, by the name of its ``module``."""

    module: str

    def load(self) -> ModuleType:
        """Return the SDK's module. The first time takes up to two seconds: not for the event loop."""
        sdk = importlib.import_module(self.module)
        # At DEBUG Groq's SDK writes whole requests, and with them what the caller said; as of other people's
        # libraries, only warnings are of interest.
        logging.getLogger(self.module).setLevel(logging.WARNING)
        return sdk

    def http(self) -> ModuleType:
        """Return the HTTP library under the SDK: ``httpx``, or ``httpx2`` for newer versions of OpenAI's."""
        return importlib.import_module(self.load().DefaultAsyncHttpxClient.__base__.__module__)

    def explain(self, provider: str, error: Exception) -> ProviderError:
        """Return what to raise for an ``error`` that came out of the SDK."""
        sdk, http = self.load(), self.http()
        match error:
            case sdk.APITimeoutError() | http.TimeoutException():
                return ProviderTimeoutError(provider, "no answer from the server in time")
            case sdk.APIConnectionError() | http.TransportError():
                return connection_failed(provider)
            case sdk.APIStatusError(status_code=status, response=response):
                code = getattr(error, "code", None)  # of the error in the body; Groq's SDK does not read it
                return refusal(provider, status, response.headers, code)
            case sdk.APIError():
                return answer_failed(provider)
            case _:
                return not_understood(provider)
