"""The ``groq`` SDK's errors, in the words of the domain.

Once an answer has begun the SDK does not wrap what its transport raises: ``httpx`` errors come as they are.
"""

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
    import groq  # noqa: PLC0415 (loaded already: the error came from it)
    import httpx  # noqa: PLC0415 (as above)

    match error:
        case groq.APITimeoutError() | httpx.TimeoutException():
            return ProviderTimeoutError(provider, "no answer from the server in time")
        case groq.APIConnectionError() | httpx.TransportError():
            return connection_failed(provider)
        case groq.APIStatusError(status_code=status):
            return refusal(provider, status)
        case groq.APIError():
            return answer_failed(provider)
        case _:
            return not_understood(provider)
