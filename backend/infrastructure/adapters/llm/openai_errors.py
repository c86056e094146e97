"""The ``openai`` SDK's errors, in the words of the domain."""

from __future__ import annotations

from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.infrastructure.adapters.llm.chat_errors import (
    answer_failed,
    connection_failed,
    not_understood,
    refusal,
)


def provider_error(provider: str, error: Exception) -> ProviderError:
    """Return what to raise for an ``error`` that came out of the SDK."""
    import openai  # noqa: PLC0415 (loaded already: the error came from it)

    match error:
        case openai.APITimeoutError():
            return ProviderTimeoutError(provider, "no answer from the server in time")
        case openai.APIConnectionError():
            return connection_failed(provider)
        case openai.APIStatusError(status_code=status, code=code):
            return refusal(provider, status, code)
        case openai.APIError():
            return answer_failed(provider)
        case _:
            return not_understood(provider)
