"""What recognition services do instead of giving words, besides what ``service_errors`` has for all."""

from __future__ import annotations

from typing import Final

from backend.domain.errors import ProviderError
from backend.infrastructure.adapters.service_errors import connection_failed

# Codes of RFC 6455 (7.4.1) by which a service says that it is our messages that it cannot take.
_OUR_FAULT: Final = frozenset({1002, 1003, 1007, 1008, 1009, 1010})
_NO_CLOSE_FRAME: Final = 1006
_GOING_AWAY: Final = 1001  # 1000 and 1001 are how a connection ends that has not failed


def socket_closed(provider: str, close_code: int | None) -> ProviderError:
    """Return what to raise when the service has closed its WebSocket with ``close_code`` in mid-call."""
    if close_code is None or close_code == _NO_CLOSE_FRAME:
        return connection_failed(provider)
    message = f"the service closed the connection ({close_code})"
    if close_code in _OUR_FAULT:
        return ProviderError(provider, message, code="request-rejected", retryable=False)
    code = "stt-stopped" if close_code <= _GOING_AWAY else "provider-unavailable"
    return ProviderError(provider, message, code=code)


def overloaded(provider: str) -> ProviderError:
    """Return what to raise when audio comes faster than the service takes it."""
    return ProviderError(provider, "cannot keep up", code="stt-overloaded")


def not_read(provider: str) -> ProviderError:
    """Return what to raise when nobody takes the events of a stream."""
    return ProviderError(provider, "its events were not taken in time", code="overflow")


def not_ready(provider: str, detail: str) -> ProviderError:
    """Return what to raise when the owner has to do something first."""
    return ProviderError(provider, detail, code="not-ready", retryable=False)
