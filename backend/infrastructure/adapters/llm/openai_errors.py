"""The ``openai`` SDK's errors, in the words of the domain.

Provider messages are not passed on: they quote keys and prompts. The HTTP status and the provider's own
error code say enough.
"""

from __future__ import annotations

from typing import Final

from backend.domain.errors import ProviderError, ProviderTimeoutError

# HTTP status -> stable code, whether the same request may succeed a moment later
_BY_STATUS: Final = {
    400: ("request-rejected", False),
    401: ("auth-failed", False),
    402: ("quota-exceeded", False),
    403: ("auth-failed", False),
    404: ("model-not-found", False),
    413: ("request-rejected", False),
    422: ("request-rejected", False),
    429: ("rate-limited", True),
}
_OUT_OF_CREDIT: Final = "insufficient_quota"  # OpenAI says 429, but waiting does not help


def provider_error(provider: str, error: Exception) -> ProviderError:
    """Return what to raise for an ``error`` that came out of the SDK."""
    import openai  # noqa: PLC0415 (loaded already: the error came from it)

    match error:
        case openai.APITimeoutError():
            return ProviderTimeoutError(provider, "no answer from the server in time")
        case openai.APIConnectionError():
            return ProviderError(provider, "the connection failed", code="connection-failed")
        case openai.APIStatusError(code=code) if code == _OUT_OF_CREDIT:
            return ProviderError(provider, "out of credit", code="quota-exceeded", retryable=False)
        case openai.APIStatusError(status_code=status):
            code, retryable = _BY_STATUS.get(status, ("provider-unavailable", True))
            return ProviderError(provider, f"HTTP {status}", code=code, retryable=retryable)
        case openai.APIError():
            return ProviderError(provider, "the server reported an error in mid-answer", code="answer-failed")
        case _:
            return ProviderError(provider, "the answer could not be understood", code="bad-response")
