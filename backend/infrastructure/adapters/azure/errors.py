"""Azure's reasons for giving up, and its SDK's, in the words of the domain.

The details that come with them are not passed on: they quote addresses, and text to be spoken.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.infrastructure.adapters.azure.account import PROVIDER
from backend.infrastructure.adapters.service_errors import refusal

# Names of the SDK's CancellationErrorCode -> stable code, whether trying again may help, what to say
_BY_NAME: Final = {
    "AuthenticationFailure": ("auth-failed", False, "the key was not accepted"),
    "BadRequest": ("request-rejected", False, "the request was not accepted"),
    "Forbidden": ("quota-exceeded", False, "the subscription is used up"),
    "TooManyRequests": ("rate-limited", True, "too many requests"),
    "ConnectionFailure": ("connection-failed", True, "the connection failed"),
}

# What the SDK raises: the first when it is called, the others when it is loaded and is not whole, or when
# the system lacks a library that it needs.
SDK_ERRORS: Final = (RuntimeError, ImportError, OSError)


def sdk_error(error: Exception) -> ProviderError:
    """Return what to raise instead of one of ``SDK_ERRORS``, whose message holds a native stack."""
    if isinstance(error, RuntimeError):
        return ProviderError(PROVIDER, "the Speech SDK failed", code="provider-unavailable")
    message = f"the Speech SDK cannot be loaded ({type(error).__name__})"
    return ProviderError(PROVIDER, message, code="sdk-not-loaded", retryable=False)


def cancellation(name: str) -> ProviderError:
    """Return what to raise when the SDK cancels with the error code ``name``."""
    if name == "ServiceTimeout":
        return ProviderTimeoutError(PROVIDER, "no answer from the service in time")
    unavailable = ("provider-unavailable", True, "the service failed")
    code, retryable, message = _BY_NAME.get(name, unavailable)
    return ProviderError(PROVIDER, message, code=code, retryable=retryable)


def silent() -> ProviderTimeoutError:
    """Return what to raise when words should have come, and nothing came."""
    return ProviderTimeoutError(PROVIDER, "does not say anything", code="stt-silent")


def list_refused(status: int, headers: Mapping[str, str]) -> ProviderError:
    """Return what to raise when the service answers ``status`` instead of its list of voices."""
    if status == HTTPStatus.NOT_FOUND:  # it is no model that is missing: the address is wrong
        return cancellation("BadRequest")
    return refusal(PROVIDER, status, headers)
