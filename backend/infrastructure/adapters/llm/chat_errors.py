"""HTTP refusals of chat-completions servers, in the words of the domain.

Provider messages are not passed on: they quote keys and prompts. The HTTP status and the provider's own
error code say enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from backend.domain.errors import ProviderError
from backend.infrastructure.adapters.retry_after import retry_after_ms

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


def refusal(
    provider: str, status: int, provider_code: str | None, headers: Mapping[str, str]
) -> ProviderError:
    """Return what to raise when a server answers ``status`` with an error that it calls ``provider_code``."""
    if provider_code == _OUT_OF_CREDIT:
        return ProviderError(provider, "out of credit", code="quota-exceeded", retryable=False)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        detail = f"HTTP {status}: it is elsewhere, and redirects are not followed"
        return ProviderError(provider, detail, code="request-rejected", retryable=False)
    code, retryable = _BY_STATUS.get(status, ("provider-unavailable", True))
    wait_ms = retry_after_ms(headers) if retryable else None
    return ProviderError(provider, f"HTTP {status}", code=code, retryable=retryable, retry_after_ms=wait_ms)


def connection_failed(provider: str) -> ProviderError:
    """Return what to raise when the connection could not be made, or broke."""
    return ProviderError(provider, "the connection failed", code="connection-failed")


def answer_failed(provider: str) -> ProviderError:
    """Return what to raise when the server gives up within an answer."""
    return ProviderError(provider, "the server reported an error in mid-answer", code="answer-failed")


def not_understood(provider: str) -> ProviderError:
    """Return what to raise when the server talks nonsense."""
    return ProviderError(provider, "the answer could not be understood", code="bad-response")
