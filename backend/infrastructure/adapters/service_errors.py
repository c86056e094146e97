"""What services over HTTP do instead of their work, in the words of the domain.

Their own messages are not passed on: they quote keys, prompts and texts. The status says enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.infrastructure.adapters.retry_after import retry_after_ms

# HTTP status -> stable code, whether the same request may succeed a moment later
_BY_STATUS: Final = {
    400: ("request-rejected", False),
    401: ("auth-failed", False),
    402: ("quota-exceeded", False),
    403: ("auth-failed", False),
    404: ("model-not-found", False),
    405: ("request-rejected", False),
    408: ("provider-timeout", True),
    413: ("request-rejected", False),
    415: ("request-rejected", False),
    422: ("request-rejected", False),
    429: ("rate-limited", True),
}

# What servers that speak OpenAI's wire call their errors.
_OUT_OF_CREDIT: Final = "insufficient_quota"  # with 429, but waiting does not help
_NO_MODEL: Final = "model_not_found"  # with 404, but also with 403 and 400


def refusal(
    provider: str, status: int, headers: Mapping[str, str], openai_code: str | None = None
) -> ProviderError:
    """Return what to raise when a service answers ``status``; ``headers`` ignore case.

    ``openai_code`` is what servers that speak OpenAI's wire call the error, if they do: it says more than the
    status, which is 429 for an account without credit. A redirect is a refusal: a key goes to no address but
    its own.
    """
    if openai_code == _OUT_OF_CREDIT:
        return out_of_credit(provider)
    if openai_code == _NO_MODEL:
        return model_not_found(provider)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        detail = f"HTTP {status}: it is elsewhere, and redirects are not followed"
        return ProviderError(provider, detail, code="request-rejected", retryable=False)
    code, retryable = _BY_STATUS.get(status, ("provider-unavailable", True))
    wait_ms = retry_after_ms(headers) if retryable else None
    return ProviderError(provider, f"HTTP {status}", code=code, retryable=retryable, retry_after_ms=wait_ms)


def out_of_credit(provider: str) -> ProviderError:
    """Return what to raise when the account is used up."""
    return ProviderError(provider, "out of credit", code="quota-exceeded", retryable=False)


def model_not_found(provider: str) -> ProviderError:
    """Return what to raise when there is no such model, or not for us."""
    return ProviderError(provider, "there is no such model", code="model-not-found", retryable=False)


def connection_failed(provider: str) -> ProviderError:
    """Return what to raise when the connection could not be made, or broke."""
    return ProviderError(provider, "the connection failed", code="connection-failed")


def connection_timed_out(provider: str) -> ProviderTimeoutError:
    """Return what to raise when the connection was not there in time."""
    return ProviderTimeoutError(provider, "there is no connection", code="connection-failed")


def not_understood(provider: str) -> ProviderError:
    """Return what to raise when the service talks nonsense."""
    return ProviderError(provider, "the answer could not be understood", code="bad-response")


def closed(provider: str) -> ProviderError:
    """Return what to raise when an adapter is asked for something after its end."""
    return ProviderError(provider, "has been closed", code="closed", retryable=False)
