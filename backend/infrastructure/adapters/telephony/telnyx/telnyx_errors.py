"""Telnyx' refusals, in the words of the domain.

Codes: https://developers.telnyx.com/development/api-fundamentals/api-errors, as of November 2026.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from backend.domain.errors import ProviderError
from backend.infrastructure.adapters.service_errors import refusal
from backend.infrastructure.adapters.telephony.carrier_rest import Refusal

PROVIDER: Final = "telnyx"

# What a call that has ended is answered with, by how long ago that was.
CALL_IS_OVER: Final = frozenset({"not-found", "call-is-over"})
_ENDED: Final = "90018"
_NOT_FOUND: Final = frozenset({"10005", "90015"})  # … and no such identifier of a call
_NUMBER_REFUSED: Final = frozenset({"10001", "10002", "10016"})


def explain(refused: Refusal) -> ProviderError:
    """Return what to raise when Telnyx answers with ``refused``."""
    codes = _codes(refused.body.get("errors"))
    if _ENDED in codes:
        return _refused("call-is-over", "the call has ended")
    if codes & _NOT_FOUND or refused.status == HTTPStatus.NOT_FOUND:
        return _refused("not-found", "the call, or the application, is not there")
    if codes & _NUMBER_REFUSED:
        return _refused("number-refused", f"does not dial that number (error {min(codes & _NUMBER_REFUSED)})")
    return refusal(PROVIDER, refused.status, refused.headers)


def _codes(errors: Any) -> frozenset[str]:
    found = errors if isinstance(errors, list) else []
    return frozenset(str(error.get("code")) for error in found if isinstance(error, dict))


def _refused(code: str, message: str) -> ProviderError:
    return ProviderError(PROVIDER, message, code=code, retryable=False)
