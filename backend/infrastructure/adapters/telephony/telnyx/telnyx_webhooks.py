"""Telnyx' requests, as events; no I/O.

All are JSON and come to one path. What a leg is for is told by its ``client_state``. Whose account it is, the
signature has told.

Event types and payloads: https://developers.telnyx.com/docs/voice/programmable-voice/voice-api-webhooks and
the types of Telnyx' own Python library (August 2026).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from backend.domain.ports.telephony_port import (
    AnswererTold,
    CallAnswered,
    CallOffered,
    CallProgressed,
    CallUnattended,
    CarrierEvent,
    CarrierStatus,
    TransferEnded,
)
from backend.domain.value_objects.answerer import Answerer
from backend.infrastructure.adapters.telephony.telnyx.telnyx_events import (
    ApologyDue,
    ApologySaid,
    DestinationAnswered,
    DestinationDecided,
)
from backend.infrastructure.adapters.telephony.telnyx.telnyx_state import ClientState, Leg, decoded
from backend.infrastructure.adapters.telephony.webhook_errors import bad_webhook

_MOST_IDENTIFIER: Final = 256
_MOST_CALLER: Final = 256  # a SIP address can be long
_STATUSES: Final = {
    "normal_clearing": CarrierStatus.COMPLETED,
    "time_limit": CarrierStatus.COMPLETED,
    "user_busy": CarrierStatus.BUSY,
    "timeout": CarrierStatus.NO_ANSWER,
    "no_answer": CarrierStatus.NO_ANSWER,
    "originator_cancel": CarrierStatus.CANCELLED,
}
# RFC 3261: busy here, busy everywhere, decline. ``hangup_cause`` calls the last "call_rejected", and so it
# calls what Telnyx itself rejects.
_BUSY_SIP: Final = frozenset({"486", "600", "603"})
_HAVE_SPOKEN: Final = frozenset({"normal_clearing", "time_limit"})
_ANSWERERS: Final = {
    "human": Answerer.HUMAN,
    "human_residence": Answerer.HUMAN,
    "human_business": Answerer.HUMAN,
    "machine": Answerer.MACHINE,
    "fax_detected": Answerer.FAX,
}


@dataclass(frozen=True, slots=True)
class _Told:
    """What an event says of ``call``."""

    call: str
    state: ClientState | None
    payload: Mapping[str, Any] = field(repr=False)

    @property
    def leg(self) -> Leg | None:
        return None if self.state is None else self.state.leg

    @property
    def reference(self) -> str:
        """The reference of the order that placed the call."""
        return self.state.reference if self.state is not None and self.state.leg is Leg.ORDER else ""

    def text(self, name: str) -> str:
        value = self.payload.get(name)
        return value if isinstance(value, str) else ""


def parse_request(body: bytes) -> CarrierEvent | None:
    """Return what a request with ``body`` tells, None if that is of no interest.

    Raises ``CallerError`` (``bad-webhook``).
    """
    try:
        envelope: Any = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise bad_webhook("JSON") from error
    event = _object(_object(envelope, "body").get("data"), "data")
    kind = event.get("event_type")
    if not isinstance(kind, str):
        raise bad_webhook("event_type")
    if (told := _PARSERS.get(kind)) is None:
        return None
    payload = _object(event.get("payload"), "payload")
    call = payload.get("call_control_id")
    if not isinstance(call, str) or not 0 < len(call) <= _MOST_IDENTIFIER:
        raise bad_webhook("call_control_id")
    return told(_Told(call, decoded(payload.get("client_state")), payload))


def _initiated(told: _Told) -> CarrierEvent | None:
    if told.text("direction") == "outgoing":
        if told.leg is not Leg.ORDER:
            return None
        return CallProgressed(told.call, CarrierStatus.RINGING, told.reference)
    called = told.text("to")
    if not called:
        raise bad_webhook("to")
    return CallOffered(told.call, told.text("from")[:_MOST_CALLER], called)


def _answered(told: _Told) -> CarrierEvent | None:
    match told.state:
        case ClientState(leg=Leg.ORDER, reference=reference):
            return CallAnswered(told.call, reference)
        case ClientState(leg=Leg.APOLOGY, text=text, language=language):
            return ApologyDue(told.call, CarrierStatus.ANSWERED, text=text, language=language)
        case ClientState(leg=Leg.WARM, reference=reference, caller=caller):
            return DestinationAnswered(reference, leg=told.call, caller=caller)
        case None:
            return CallProgressed(told.call, CarrierStatus.ANSWERED)
    return None


def _hung_up(told: _Told) -> CarrierEvent:
    cause = told.text("hangup_cause")
    match told.state:
        case ClientState(leg=Leg.BLIND, reference=reference, caller=caller):
            # Whoever answers is connected at once, so that a call that ended in order was one of two people.
            return TransferEnded(caller, reference, cause in _HAVE_SPOKEN)
        case ClientState(leg=Leg.WARM | Leg.JOINED as leg, reference=reference, caller=caller):
            return TransferEnded(caller, reference, leg is Leg.JOINED)
    is_busy = told.text("sip_hangup_cause") in _BUSY_SIP
    other = CarrierStatus.BUSY if is_busy else CarrierStatus.FAILED
    return CallProgressed(told.call, _STATUSES.get(cause, other), told.reference)


def _bridged(told: _Told) -> CarrierEvent | None:
    match told.state:
        case ClientState(leg=Leg.BLIND | Leg.JOINED, reference=reference, caller=caller):
            return TransferEnded(caller, reference, reached=True, leg_is_over=False)
    return None


def _gathered(told: _Told) -> CarrierEvent | None:
    match told.state:
        case ClientState(leg=Leg.WARM, reference=reference, caller=caller):
            is_accepted = told.text("status") == "valid"
            return DestinationDecided(
                told.call,
                CarrierStatus.ANSWERED,
                transfer=reference,
                caller=caller,
                is_accepted=is_accepted,
            )
    return None


def _spoken(told: _Told) -> CarrierEvent | None:
    return ApologySaid(told.call, CarrierStatus.ANSWERED) if told.leg is Leg.APOLOGY else None


def _stream_gone(told: _Told) -> CarrierEvent | None:
    return CallUnattended(told.call) if told.leg in (None, Leg.ORDER) else None


def _detected(told: _Told) -> CarrierEvent | None:
    if told.leg is not Leg.ORDER:
        return None
    answerer = _ANSWERERS.get(told.text("result"), Answerer.UNKNOWN)
    return AnswererTold(told.call, answerer, greeting_is_over=False)


def _greeted(told: _Told) -> CarrierEvent | None:
    """Also when Telnyx is "not sure" of it: it has waited for long enough."""
    return AnswererTold(told.call, Answerer.MACHINE, greeting_is_over=True) if told.leg is Leg.ORDER else None


_PARSERS: Final[Mapping[str, Callable[[_Told], CarrierEvent | None]]] = {
    "call.initiated": _initiated,
    "call.answered": _answered,
    "call.hangup": _hung_up,
    "call.bridged": _bridged,
    "call.gather.ended": _gathered,
    "call.speak.ended": _spoken,
    "call.machine.detection.ended": _detected,
    "call.machine.greeting.ended": _greeted,
    "call.machine.premium.detection.ended": _detected,
    "call.machine.premium.greeting.ended": _greeted,
    "streaming.stopped": _stream_gone,
    "streaming.failed": _stream_gone,
}


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise bad_webhook(name)
    return value
