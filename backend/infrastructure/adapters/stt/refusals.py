"""What recognition services answer instead of words, in the words of the domain.

Their own messages are not passed on: they quote addresses, and sometimes keys. The status of an answer, or
the code of a closed WebSocket, says enough.
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
    408: ("provider-timeout", True),
    413: ("request-rejected", False),
    415: ("request-rejected", False),
    422: ("request-rejected", False),
    429: ("rate-limited", True),
}
# Codes of RFC 6455 (7.4.1) by which a service says that it is our messages that it cannot take.
_OUR_FAULT: Final = frozenset({1002, 1003, 1007, 1008, 1009, 1010})
_NO_CLOSE_FRAME: Final = 1006
_LONGEST_WAIT_S: Final = 3_600.0


def refusal(provider: str, status: int, *, retry_after: str | None = None) -> ProviderError:
    """Return what to raise when a service answers with the HTTP ``status``.

    ``retry_after`` is the header of that name; one that is a date is passed over. A redirection is a refusal:
    a key goes to no address but its own.
    """
    if status < 400:
        message = f"HTTP {status}, and redirections are not followed"
        return ProviderError(provider, message, code="request-rejected", retryable=False)
    code, retryable = _BY_STATUS.get(status, ("provider-unavailable", True))
    wait_ms = _milliseconds(retry_after) if retryable else None
    message = f"HTTP {status}"
    return ProviderError(provider, message, code=code, retryable=retryable, retry_after_ms=wait_ms)


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


def socket_closed(provider: str, close_code: int | None) -> ProviderError:
    """Return what to raise when the service has closed its WebSocket with ``close_code`` in mid-call."""
    if close_code is None or close_code == _NO_CLOSE_FRAME:
        return connection_failed(provider)
    message = f"the service closed the connection ({close_code})"
    if close_code in _OUR_FAULT:
        return ProviderError(provider, message, code="request-rejected", retryable=False)
    code = "stt-stopped" if close_code <= 1001 else "provider-unavailable"
    return ProviderError(provider, message, code=code)


def not_understood(provider: str) -> ProviderError:
    """Return what to raise when the service talks nonsense."""
    return ProviderError(provider, "the answer could not be understood", code="bad-response")


def overloaded(provider: str) -> ProviderError:
    """Return what to raise when audio comes faster than the service takes it."""
    return ProviderError(provider, "cannot keep up", code="stt-overloaded")


def not_read(provider: str) -> ProviderError:
    """Return what to raise when nobody takes the events of a stream."""
    return ProviderError(provider, "its events were not taken in time", code="overflow")


def not_ready(provider: str, detail: str) -> ProviderError:
    """Return what to raise when the owner has to do something first."""
    return ProviderError(provider, detail, code="not-ready", retryable=False)


def closed(provider: str) -> ProviderError:
    """Return what to raise when an adapter is asked for something after its end."""
    return ProviderError(provider, "has been closed", code="closed", retryable=False)


def _milliseconds(seconds: str | None) -> int | None:
    try:
        wait_s = float(seconds or "")
    except ValueError:
        return None
    return int(wait_s * 1_000) if 0 <= wait_s <= _LONGEST_WAIT_S else None
