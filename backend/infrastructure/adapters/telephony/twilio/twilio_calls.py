"""What is asked of Twilio's REST interface; no I/O.

Source: https://www.twilio.com/docs/voice/api/call-resource, …/voice/answering-machine-detection and
…/phone-numbers/api/incomingphonenumber-resource, as of November 2026.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from backend.domain.ports.telephony_port import DialRequest, MachineDetection
from backend.infrastructure.adapters.telephony.carrier_rest import RestOrder
from backend.infrastructure.adapters.telephony.public_address import PublicAddress
from backend.infrastructure.adapters.telephony.twilio.twilio_webhooks import Hook

_ALL_EVENTS: Final = ["initiated", "ringing", "answered", "completed"]
_DETECTION: Final = {MachineDetection.DETECT: "Enable", MachineDetection.GREETING_END: "DetectMessageEnd"}
_DIAL_S: Final = 10.0  # nobody hears this wait, and an answer that we miss is a call that we lose
MOST_SECONDS: Final = 14_400  # that Twilio lets a call last
_SIDE_S: Final = 1.5  # for what the caller should not wait for


class TwilioCalls:
    """The orders to the account ``account_sid``."""

    def __init__(self, account_sid: str, address: PublicAddress) -> None:
        self._root = f"/2010-04-01/Accounts/{quote(account_sid, safe='')}"
        self._address = address

    def dial(self, request: DialRequest) -> RestOrder:
        """Place a call. Speech begins at once, whatever the detection of machines finds later."""
        address, reference = self._address, request.reference
        form: dict[str, str | list[str]] = {
            "To": str(request.to),
            "From": str(request.caller_id),
            "Url": address.webhook(Hook.ANSWERED, reference),
            "Method": "POST",
            "StatusCallback": address.webhook(Hook.STATUS, reference),
            "StatusCallbackMethod": "POST",
            "StatusCallbackEvent": _ALL_EVENTS,
            "Timeout": str(request.ring_seconds),
            "TimeLimit": str(request.max_seconds),
        }
        if request.detection is not MachineDetection.OFF:
            form |= {
                "MachineDetection": _DETECTION[request.detection],
                "AsyncAmd": "true",
                "AsyncAmdStatusCallback": address.webhook(Hook.AMD, reference),
                "AsyncAmdStatusCallbackMethod": "POST",
            }
        return RestOrder(
            "POST", f"{self._root}/Calls.json", form=form, is_repeatable=False, deadline_s=_DIAL_S
        )

    def hang_up(self, call_sid: str) -> RestOrder:
        """End a call, answered or not."""
        return self._update(call_sid, {"Status": "completed"})

    def redirect(self, call_sid: str, document: bytes, *, unlimited: bool) -> RestOrder:
        """Have a call go on with the TwiML ``document``, which ends its media stream; ``unlimited``: as long
        as Twilio lets it, whatever limit it had. Told twice, the call would begin with it again."""
        limit = {"TimeLimit": str(MOST_SECONDS)} if unlimited else {}
        return self._update(call_sid, {"Twiml": document.decode(), **limit}, is_repeatable=False)

    def limit(self, call_sid: str, seconds: int) -> RestOrder:
        """End a call after ``seconds``."""
        return self._update(call_sid, {"TimeLimit": str(seconds)}, deadline_s=_SIDE_S)

    def account(self) -> RestOrder:
        """Ask about the account itself."""
        return RestOrder("GET", f"{self._root}.json")

    def number(self, number: str) -> RestOrder:
        """Ask about one of the account's numbers."""
        return RestOrder("GET", f"{self._root}/IncomingPhoneNumbers.json", params={"PhoneNumber": number})

    def application(self, application_sid: str) -> RestOrder:
        """Ask about a TwiML application, which a number may leave its calls to."""
        return RestOrder("GET", f"{self._root}/Applications/{quote(application_sid, safe='')}.json")

    def _update(
        self, call_sid: str, form: dict[str, str], *, is_repeatable: bool = True, deadline_s: float = 5.0
    ) -> RestOrder:
        path = f"{self._root}/Calls/{quote(call_sid, safe='')}.json"
        return RestOrder("POST", path, form=form, is_repeatable=is_repeatable, deadline_s=deadline_s)
