"""Twilio's refusals, in the words of the domain.

Codes: https://www.twilio.com/docs/api/errors, as of November 2026.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from backend.domain.errors import ProviderError
from backend.infrastructure.adapters.service_errors import refusal
from backend.infrastructure.adapters.telephony.carrier_rest import Refusal

PROVIDER: Final = "twilio"

# What a call that has ended is answered with, by how long ago that was.
CALL_IS_OVER: Final = frozenset({"not-found", "not-in-progress"})
_NOT_FOUND: Final = 20404
_NOT_IN_PROGRESS: Final = 21220
# Not a number; not on the account's list of countries; blocked; not verified, on a trial account …
_NUMBER_REFUSED: Final = frozenset({13223, 13224, 13225, 13227, 21211, 21214, 21215, 21216, 21217, 21219})
_CALLER_ID_REFUSED: Final = frozenset({21210, 21212, 21213})


def explain(refused: Refusal) -> ProviderError:
    """Return what to raise when Twilio answers with ``refused``."""
    number = refused.body.get("code")
    if number in _NUMBER_REFUSED:
        return _refused("number-refused", f"does not dial that number (error {number})")
    if number in _CALLER_ID_REFUSED:
        return _refused("caller-id-refused", f"the caller's number is not the account's (error {number})")
    if number == _NOT_IN_PROGRESS:
        return _refused("not-in-progress", "the call is not in progress")
    if number == _NOT_FOUND or refused.status == HTTPStatus.NOT_FOUND:
        return _refused("not-found", "the account, or the call, is not there")
    return refusal(PROVIDER, refused.status, refused.headers)


def _refused(code: str, message: str) -> ProviderError:
    return ProviderError(PROVIDER, message, code=code, retryable=False)
